// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.Connections;
import io.holdfast.flow.HttpExchange;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** Asks on a connection of its own: whoever answers with a status from 200 to 299, and all of it, within two seconds, is well. */
final class HealthProbe implements HealthChecks.Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Upstream upstream;
    private final Timer timer;

    HealthProbe(Upstream upstream, Timer timer) {
        this.upstream = upstream;
        this.timer = timer;
    }

    @Override
    public void ask(Target target, String path, Consumer<Boolean> verdict) {
        new Question(target, path, verdict).begin();
    }

    private final class Question implements Upstream.Caller, HttpExchange.Listener {
        private final Target target;
        private final String path;
        private final Consumer<Boolean> verdict;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Scheduled alarm;
        private volatile @Nullable HttpExchange exchange;
        private volatile boolean passed;

        Question(Target target, String path, Consumer<Boolean> verdict) {
            this.target = target;
            this.path = path;
            this.verdict = verdict;
        }

        void begin() {
            alarm = timer.after(PATIENCE, this::late);
            upstream.connect(target, PATIENCE, this);
        }

        private void late() {
            HttpExchange going = exchange;
            if (going != null) going.abort();
            end(false);
        }

        private void end(boolean well) {
            if (!over.compareAndSet(false, true)) return;
            Scheduled waiting = alarm;
            if (waiting != null) waiting.cancel();
            verdict.accept(well);
        }

        @Override
        public void connected(IOSession session) {
            BasicHttpRequest request = new BasicHttpRequest("GET", "/");
            request.setPath(path);
            request.addHeader("Host", target.hostHeader().orElse(target.address()));
            request.addHeader("User-Agent", "Holdfast");
            request.addHeader("Connection", "close");
            HttpExchange going = new HttpExchange(session, request, null, -1, this);
            exchange = going;
            Connections.send(session, going, PATIENCE);
            if (over.get()) going.abort();
        }

        @Override
        public void unreached(Exception why) {
            end(false);
        }

        @Override
        public void head(HttpResponse head, long length) {
            passed = head.getCode() / 100 == 2;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            int length = bytes.remaining();
            bytes.position(bytes.limit());
            HttpExchange going = exchange;
            if (going != null) going.taken(length);
        }

        @Override
        public void complete() {
            end(passed);
        }

        @Override
        public void released(boolean reusable) {
            HttpExchange going = exchange;
            if (going != null) going.session().close(CloseMode.GRACEFUL);
        }

        @Override
        public void failed(Exception why) {
            end(false);
        }
    }
}
