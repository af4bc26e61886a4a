// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.Origin;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a link at the member of the worker. It receives the body of the request and sends the response. */
final class WorkerLink extends Link implements ResponseSink, RequestBody {
    private final AtomicBoolean requested = new AtomicBoolean();
    private final ClosingReference<Running> running = new ClosingReference<>(Running::cancel);
    private final CompletableFuture<Optional<BodySink>> accepted = new CompletableFuture<>();
    private final boolean confirmed;
    private volatile BodySource response = BodySource.NONE;
    private volatile BodySink request = BodySink.DISCARD;

    /** An end for a link that another member has opened with a request. */
    WorkerLink(Transport transport, String peer, String name) {
        super(transport, peer, name);
        this.confirmed = false;
    }

    /** An end that opens a link with the answer to a lease, with this body. */
    WorkerLink(Transport transport, String peer, String name, BodySource body) {
        super(transport, peer, name);
        this.confirmed = true;
        this.response = body;
        running.set(body::cancel);
    }

    /** Gives the request to the worker. */
    void start(Origin<Assignment> worker, Assignment given) {
        running.set(worker.start(given, given.order().hasBody() ? this : null, this));
    }

    /** Sends the answer to a lease. */
    CompletionStage<Optional<BodySink>> answer(Message.Answer answer) {
        send(answer);
        return accepted;
    }

    @Override
    void onOpened() {
        if (!confirmed) return;
        accepted.complete(Optional.of(new Outgoing()));
        response.request(BodySource.WINDOW);
    }

    @Override
    void onMessage(Message message) {
        if (message instanceof Message.Piece piece) request.piece(ByteBuffer.wrap(piece.bytes()));
        else if (message instanceof Message.End) request.end();
        else if (message instanceof Message.More more) response.request(more.bytes());
        else if (message instanceof Message.Cancel) {
            end();
            running.close();
        } else if (message instanceof Message.Confirm) {
            end();
            response.confirm();
        } else if (!(message instanceof Message.Start)) lose();
    }

    @Override
    void onRefused() {
        accepted.complete(Optional.empty());
    }

    @Override
    void onLost() {
        if (!accepted.completeExceptionally(new IllegalStateException("The member of the lease is gone")) || !confirmed)
            running.close();
    }

    @Override
    public BodySink head(ResponseHead head, BodySource source) {
        response = source;
        send(new Message.Head(head.status(), head.headers().list(), head.length()));
        source.request(BodySource.WINDOW);
        return new Outgoing();
    }

    @Override
    public void fail(Failure why) {
        send(new Message.Fail(why.kind(), why.detail()), true);
    }

    @Override
    public void progress(byte[] state) {
        send(new Message.Progress(state));
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    /** The first window comes without being requested. */
    @Override
    public BodySource open(BodySink sink) {
        request = sink;
        return new BodySource() {
            @Override
            public void request(long bytes) {
                if (requested.getAndSet(true)) send(new Message.More(bytes));
            }

            @Override
            public void cancel() {
                request = BodySink.DISCARD;
            }
        };
    }

    @Override
    public void close() {
        request = BodySink.DISCARD;
    }

    private final class Outgoing implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            send(new Message.Piece(BodySink.bytes(bytes)));
        }

        /** Ends the body. The answer to a lease waits for its confirmation; for any other response, this is the last message. */
        @Override
        public void end() {
            send(new Message.End(), !confirmed);
        }

        @Override
        public void fail(Exception why) {
            WorkerLink.this.fail(
                    why instanceof Failure failure ? failure : new Failure(Kind.DIED, "its body broke off"));
        }
    }
}
