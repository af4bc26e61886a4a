// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.Call;
import io.holdfast.http.Handler;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.server.Upgraded;
import io.holdfast.time.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.reactor.IOEventHandlerFactory;

/** A minimal relay that gives requests to workers: an idle worker answers, and a worker that leaves is replaced. */
final class PtthRelay {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST = 10_000_000;

    private final Deque<UpgradedSession> idle = new ConcurrentLinkedDeque<>();
    private final Deque<Job> waiting = new ConcurrentLinkedDeque<>();
    private final IOEventHandlerFactory handlers = Connections.http1();
    private final Clocks clocks;
    private final Executor executor;

    PtthRelay(Clocks clocks, Executor executor) {
        this.clocks = clocks;
        this.executor = executor;
    }

    /** Where workers dial in. */
    Map<String, Handler> workers() {
        return Map.of("POST", call -> call.upgrade("PTTH/1.0", this::dialled));
    }

    /** Where requests come. */
    Map<String, Handler> requests() {
        return Map.of("GET", this::ask, "POST", this::ask);
    }

    private void dialled(Upgraded connection) {
        UpgradedSession session = UpgradedSession.open(connection, handlers, clocks, executor);
        session.whenOver(() -> idle.remove(session));
        idle.add(session);
        match();
    }

    private void ask(Call call) throws IOException {
        HeldResponse response = call.hold(PATIENCE);
        String method = call.head().method();
        response.body(MOST).thenAccept(body -> {
            waiting.add(new Job(method, body, response));
            match();
        });
    }

    private synchronized void match() {
        while (!waiting.isEmpty() && !idle.isEmpty()) new Asked(idle.remove(), waiting.remove()).send();
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Job(String method, byte[] body, HeldResponse response) {}

    private final class Asked implements ResponseSink {
        private final UpgradedSession session;
        private final Job job;
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        private int status;

        Asked(UpgradedSession session, Job job) {
            this.session = session;
            this.job = job;
        }

        void send() {
            byte[] body = job.body;
            BasicHttpRequest request = new BasicHttpRequest(job.method, "/job");
            request.addHeader("Host", "worker");
            if (body.length > 0) request.addHeader("Content-Length", body.length);
            ReplayableBody whole = body.length == 0 ? null : ReplayableBody.of(body);
            Connections.send(new HttpExchange(session, request, whole, this, this::released), PATIENCE);
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            status = head.status();
            source.request(BodySource.WINDOW);
            return new BodySink() {
                @Override
                public void piece(ByteBuffer bytes) {
                    byte[] copy = BodySink.bytes(bytes);
                    answer.writeBytes(copy);
                    source.request(copy.length);
                }

                @Override
                public void end() {
                    // It is answered when the worker is free again.
                }

                @Override
                public void fail(Exception why) {
                    job.response.answer(OwnResponse.text(502, why.toString()));
                    match();
                }
            };
        }

        private void released(HttpExchange done) {
            if (done.isReusable()) {
                session.rest();
                idle.addFirst(session);
            }
            job.response.answer(new PassedResponse(status, Headers.NONE, answer.toByteArray()));
            match();
        }

        @Override
        public void fail(Failure why) {
            waiting.addFirst(job);
            match();
        }
    }
}
