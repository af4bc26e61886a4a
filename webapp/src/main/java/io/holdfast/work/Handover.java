// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Download;
import io.holdfast.http.Answer;
import io.holdfast.http.Headers;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Relayed;
import io.holdfast.time.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A request on its way to the worker that asked for it, as the answer to that. */
final class Handover implements Performer, Download.Client {
    /** How much of its body is on its way. */
    private static final int WINDOW = 128 * 1024;
    /** What is not longer is given as a whole. */
    private static final int SHORT = 64 * 1024;

    private static final int OK = 200;

    private final Hub hub;
    private final HeldResponse response;
    private final Order order;
    private final long token;
    private final Asking asking;
    private final String location;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Download download;

    Handover(Hub hub, HeldResponse response, Order order, long token, Asking asking, String location) {
        this.hub = hub;
        this.response = response;
        this.order = order;
        this.token = token;
        this.asking = asking;
        this.location = location;
    }

    /** Answers with its head, and then with its body; whether the worker is there. */
    boolean begin() {
        asking.by(this);
        WorkHeaders.Given given = WorkHeaders.of(order, token, location, hub.options());
        byte[] begin = given.begin();
        if (order.hasBody()) {
            Download coming = order.length() >= 0 && begin.length + order.length() <= SHORT
                    ? Download.gathered(OK, given.headers(), SHORT, asking::want, this)
                    : Download.streamed(OK, given.headers(), asking::want, this);
            download = coming;
            if (begin.length > 0) coming.piece(ByteBuffer.wrap(begin));
            asking.want(WINDOW);
        } else whole(OK, given.headers(), begin);
        return true;
    }

    @Override
    public void piece(byte[] bytes) {
        Download coming = download;
        if (coming != null) coming.piece(ByteBuffer.wrap(bytes));
    }

    @Override
    public void end() {
        Download coming = download;
        if (coming != null) coming.complete();
    }

    @Override
    public void taken(int bytes) {
        // It is answered elsewhere.
    }

    @Override
    public void cancel() {
        if (!over.compareAndSet(false, true)) return;
        Download coming = download;
        // As far as the worker knows, there was none.
        if (coming == null || !coming.failed()) response.answer(Answer.empty(204));
    }

    private void lost() {
        if (over.compareAndSet(false, true))
            asking.failed(Caller.Failure.DIED, "the connection of its worker broke while it was given");
    }

    @Override
    public void whole(int status, Headers headers, byte[] body) {
        if (response.answer(new Relayed(status, headers, body), stall(), timer())) over();
        else lost();
    }

    @Override
    public void tooLong() {
        lost();
    }

    @Override
    public @Nullable HeldStream stream(Relayed head) {
        Optional<HeldStream> stream = response.stream(head);
        if (stream.isEmpty()) lost();
        else stream.get().onGone(this::lost);
        return stream.orElse(null);
    }

    @Override
    public void over() {
        if (over.compareAndSet(false, true)) asking.handed();
    }

    @Override
    public void broken() {
        lost();
    }

    @Override
    public Duration stall() {
        return hub.options().stall();
    }

    @Override
    public Timer timer() {
        return hub.clocks().timer();
    }
}
