// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.exchange.Connections;
import io.holdfast.exchange.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncRequester;
import org.apache.hc.core5.http.impl.nio.ClientHttp1IOEventHandlerFactory;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** The connections to backends, and the threads that serve all of them. Adds nothing to a request, follows and retries nothing. */
final class Upstream implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(20), SLOW = Duration.ofMinutes(10);

    private final HttpAsyncRequester requester;
    private final Executor executor;
    private final SSLContext trusting;

    /** Who wants a connection; told on a thread that serves connections. */
    interface Caller {
        void connected(IOSession session);

        void unreached(Exception why);
    }

    Upstream(int threads, Executor executor) {
        this.executor = executor;
        this.trusting = trusting();
        this.requester = new HttpAsyncRequester(
                IOReactorConfig.custom()
                        .setIoThreadCount(threads)
                        .setTcpNoDelay(true)
                        .setSoKeepAlive(true)
                        .build(),
                new ClientHttp1IOEventHandlerFactory(Connections.http1(), null, null),
                null,
                null,
                null,
                new StrictConnPool<>(1, 1),
                null,
                null,
                null,
                null);
        requester.start();
    }

    /** Connects to the target anew. */
    void connect(Target target, Duration patience, Caller caller) {
        executor.execute(() -> request(target, Timeout.of(patience), caller));
    }

    /** May ask the name service, and so wait for it. */
    private void request(Target target, Timeout timeout, Caller caller) {
        try {
            HttpHost host = new HttpHost("http", InetAddress.getByName(target.host()), target.host(), target.port());
            Future<IOSession> unused = requester.requestSession(host, timeout, null, new Answers<>(caller) {
                @Override
                public void completed(IOSession session) {
                    if (target.tls()) encrypt(session, target, timeout, caller);
                    else caller.connected(session);
                }
            });
        } catch (IOException | RuntimeException e) {
            caller.unreached(e);
        }
    }

    private void encrypt(IOSession session, Target target, Timeout timeout, Caller caller) {
        boolean anybody = target.insecure();
        String name = target.hostHeader().map(Upstream::host).orElse(target.host());
        try {
            ((TransportSecurityLayer) session)
                    .startTls(
                            anybody ? trusting : SSLContext.getDefault(),
                            named(target.trustConnectHost() ? target.host() : name, target.port()),
                            SSLBufferMode.STATIC,
                            (endpoint, engine) -> {
                                SSLParameters parameters = engine.getSSLParameters();
                                if (!anybody) parameters.setEndpointIdentificationAlgorithm("HTTPS");
                                engine.setSSLParameters(parameters);
                            },
                            null,
                            timeout,
                            new Answers<>(caller) {
                                @Override
                                public void completed(TransportSecurityLayer layer) {
                                    caller.connected(session);
                                }

                                @Override
                                void release() {
                                    session.close(CloseMode.IMMEDIATE);
                                }
                            });
        } catch (GeneralSecurityException | RuntimeException e) {
            session.close(CloseMode.IMMEDIATE);
            caller.unreached(e);
        }
    }

    private static String host(String header) {
        int colon = header.lastIndexOf(':');
        return colon > header.lastIndexOf(']') ? header.substring(0, colon) : header;
    }

    private static NamedEndpoint named(String host, int port) {
        return new HttpHost("https", host, port);
    }

    /** Sends a request on a connection that is free. What takes longer than that between two signs of life has failed. */
    void execute(IOSession session, Exchange exchange, Duration silence) {
        session.setSocketTimeout(Timeout.of(silence));
        session.enqueue(new RequestExecutionCommand(exchange, HttpCoreContext.create()), Command.Priority.NORMAL);
        // It may have been closed meanwhile, and nobody would look at the command.
        if (!session.isOpen()) exchange.failed(new java.nio.channels.ClosedChannelException());
    }

    /** The head of the response has come: what follows may come slowly, or be taken slowly. */
    void answers(IOSession session, Duration silence) {
        session.setSocketTimeout(Timeout.of(silence.compareTo(SLOW) > 0 ? silence : SLOW));
    }

    /** Keeps a connection for later, if it is good for that. */
    void keep(IOSession session, Backend backend, boolean reusable) {
        session.setSocketTimeout(Timeout.of(IDLE.toMillis(), TimeUnit.MILLISECONDS));
        if (!reusable || !session.isOpen() || !backend.keepIdle(session)) session.close(CloseMode.GRACEFUL);
    }

    @Override
    public void close() {
        requester.close(CloseMode.IMMEDIATE);
        try {
            requester.awaitShutdown(TimeValue.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private abstract static class Answers<T> implements FutureCallback<T> {
        private final Caller caller;

        Answers(Caller caller) {
            this.caller = caller;
        }

        /** What there was is not of use any more. */
        void release() {}

        @Override
        public void failed(Exception why) {
            release();
            caller.unreached(why);
        }

        @Override
        public void cancelled() {
            release();
            caller.unreached(new IOException("The proxy is closed"));
        }
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For targets that are marked {@code insecure}. */
    private static final class Anybody extends javax.net.ssl.X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
