// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The end of a link at the member of the request. It sends the body of the request and receives the response. */
final class RequesterLink extends Link implements Running, BodySource {
    private final ResponseSink sink;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final ClosingReference<BodySource> request = new ClosingReference<>(BodySource::cancel);
    private volatile @Nullable BodySink receiver;
    private volatile boolean confirms;

    RequesterLink(Transport transport, String peer, String name, ResponseSink sink) {
        super(transport, peer, name);
        this.sink = sink;
    }

    /** Sends a request. It sends the first window of its body without a request for it. */
    void start(String worker, Assignment given, @Nullable RequestBody body) {
        // Opened first: if the request is declined at once, another origin opens the body next.
        BodySource opened = body == null ? BodySource.NONE : body.open(new Outgoing());
        request.set(opened);
        send(new Message.Start(worker, given.token(), given.secret(), given.order()));
        opened.request(WINDOW);
    }

    /** Takes the answer to a leased request, and confirms it. */
    void accept(ResponseHead head) {
        confirms = true;
        receiver = sink.head(head, this);
    }

    @Override
    void onMessage(Message message) {
        BodySink body = receiver;
        if (message instanceof Message.Head head)
            receiver = sink.head(new ResponseHead(head.status(), new Headers(head.headers()), head.length()), this);
        else if (message instanceof Message.Piece piece && body != null) body.piece(ByteBuffer.wrap(piece.bytes()));
        else if (message instanceof Message.End && body != null) {
            if (!confirms) close();
            body.end();
        } else if (message instanceof Message.More more) requestBody(more.bytes());
        else if (message instanceof Message.Progress progress) sink.progress(progress.state());
        else if (message instanceof Message.Fail fail) {
            close();
            fail(new Failure(fail.kind(), fail.detail()));
        } else if (!(message instanceof Message.Answer)) lose();
    }

    private void close() {
        request.close();
        end();
    }

    private void requestBody(long bytes) {
        BodySource from = request.get();
        if (from != null) from.request(bytes);
    }

    private void fail(Failure why) {
        BodySink body = receiver;
        if (body != null) body.fail(why);
        else sink.fail(why);
    }

    @Override
    void onRefused() {
        request.close();
        fail(new Failure(Kind.DECLINED, "the worker was not there"));
    }

    @Override
    void onLost() {
        request.close();
        fail(new Failure(Kind.DIED, "the member that its worker was attached to is gone"));
    }

    /** The first window comes without being requested. */
    @Override
    public void request(long bytes) {
        if (requested.getAndSet(true)) send(new Message.More(bytes));
    }

    @Override
    public void cancel() {
        request.close();
        send(new Message.Cancel(), true);
    }

    @Override
    public void confirm() {
        if (confirms) send(new Message.Confirm(), true);
    }

    private final class Outgoing implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            send(new Message.Piece(BodySink.bytes(bytes)));
        }

        @Override
        public void end() {
            send(new Message.End());
        }

        @Override
        public void fail(Exception why) {
            cancel();
        }
    }
}
