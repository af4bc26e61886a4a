// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Connections;
import io.holdfast.flow.Failure;
import io.holdfast.flow.HttpExchange;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.proxy.routes.Target;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;

/**
 * Checks a target on a connection of its own. The target is healthy if it sends a whole response with a status from 200 to 299 within
 * two seconds.
 */
public final class HealthProbe implements HealthChecks.Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Connector connector;
    private final Timer timer;

    public HealthProbe(Connector connector, Timer timer) {
        this.connector = connector;
        this.timer = timer;
    }

    @Override
    public void ask(Target target, String path, Consumer<Boolean> verdict) {
        new Question(target, path, verdict).begin();
    }

    private final class Question implements ResponseSink {
        private final Target target;
        private final String path;
        private final Consumer<Boolean> verdict;
        private final AtomicBoolean over = new AtomicBoolean();
        private final ClosingReference<Scheduled> alarm = new ClosingReference<>(Scheduled::cancel);
        private final ClosingReference<HttpExchange> exchange = new ClosingReference<>(HttpExchange::abort);

        Question(Target target, String path, Consumer<Boolean> verdict) {
            this.target = target;
            this.path = path;
            this.verdict = verdict;
        }

        void begin() {
            alarm.set(timer.after(PATIENCE, () -> {
                exchange.close();
                end(false);
            }));
            connector.connect(target, PATIENCE).whenComplete((session, error) -> {
                if (session == null) end(false);
                else ask(session);
            });
        }

        private void end(boolean well) {
            if (!over.compareAndSet(false, true)) return;
            alarm.close();
            verdict.accept(well);
        }

        private void ask(IOSession session) {
            BasicHttpRequest request = new BasicHttpRequest("GET", "/");
            request.setPath(path);
            request.addHeader("Host", target.hostHeader().orElse(target.address()));
            request.addHeader("User-Agent", "Holdfast");
            request.addHeader("Connection", "close");
            HttpExchange going = new HttpExchange(
                    session, request, null, this, done -> done.session().close(CloseMode.GRACEFUL));
            if (exchange.set(going)) Connections.send(going, PATIENCE);
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            source.request(BodySource.WINDOW);
            return new BodySink() {
                @Override
                public void piece(ByteBuffer bytes) {
                    source.request(bytes.remaining());
                }

                @Override
                public void end() {
                    Question.this.end(head.status() / 100 == 2);
                }

                @Override
                public void fail(Exception why) {
                    Question.this.end(false);
                }
            };
        }

        @Override
        public void fail(Failure why) {
            end(false);
        }
    }
}
