// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.StallLimit;
import io.holdfast.http.Answer;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A request on its way to the worker that asked for it, as the answer to that. */
final class Handover implements Performer, ClientResponse.Owner, BodySource {
    private static final int OK = 200;

    private final Hub hub;
    private final HeldResponse response;
    private final Order order;
    private final long token;
    private final Asking asking;
    private final String location;
    private final StallLimit stall;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ClientResponse download;

    Handover(Hub hub, HeldResponse response, Order order, long token, Asking asking, String location) {
        this.hub = hub;
        this.response = response;
        this.order = order;
        this.token = token;
        this.asking = asking;
        this.location = location;
        this.stall = new StallLimit(hub.options().stall(), hub.clocks().timer());
    }

    /** Answers with its head, and then with its body; whether the worker is there. */
    boolean begin() {
        asking.by(this);
        WorkHeaders.Given given = WorkHeaders.of(order, token, location, hub.options());
        byte[] begin = given.begin();
        long length = order.length() < 0 ? -1 : begin.length + order.length();
        ClientResponse coming = ClientResponse.begin(
                response,
                new ResponseHead(OK, given.headers(), order.hasBody() ? length : begin.length),
                this,
                stall,
                this);
        download = coming;
        if (begin.length > 0) coming.piece(ByteBuffer.wrap(begin));
        if (!order.hasBody()) coming.end();
        return true;
    }

    @Override
    public void piece(byte[] bytes) {
        ClientResponse coming = download;
        if (coming != null) coming.piece(ByteBuffer.wrap(bytes));
    }

    @Override
    public void end() {
        ClientResponse coming = download;
        if (coming != null) coming.end();
    }

    @Override
    public void taken(int bytes) {
        // It is answered elsewhere.
    }

    @Override
    public void cancel() {
        if (!over.compareAndSet(false, true)) return;
        ClientResponse coming = download;
        if (coming != null) coming.fail(new IOException("Nobody wants it any more"));
    }

    private void lost() {
        if (over.compareAndSet(false, true))
            asking.failed(Caller.Failure.DIED, "the connection of its worker broke while it was given");
    }

    @Override
    public void request(long bytes) {
        if (order.hasBody()) asking.want(bytes);
    }

    /** As far as the worker knows, there was no request. */
    @Override
    public Reply answerTo(Exception why) {
        return Answer.empty(204);
    }

    @Override
    public void onWritten() {
        if (over.compareAndSet(false, true)) asking.handed();
    }

    @Override
    public void onBroken() {
        lost();
    }
}
