// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.flow.Connections;
import io.holdfast.proxy.routes.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Makes the connections to backends, and owns the threads that serve them. */
public final class Connector implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(20), SLOW = Duration.ofMinutes(10);

    /** The most addresses of a host that are tried. */
    private static final int MOST_ADDRESSES = 4;

    private final Names names;
    private final DefaultConnectingIOReactor connections;
    private final SSLContext trusting = trusting();

    public Connector(int threads, Names.Service service) {
        names = new Names(service);
        connections = new DefaultConnectingIOReactor(
                Connections.http1(),
                IOReactorConfig.custom()
                        .setIoThreadCount(threads)
                        .setTcpNoDelay(true)
                        .setSoKeepAlive(true)
                        .build(),
                new DefaultThreadFactory("holdfast-proxy", true),
                null,
                null,
                null,
                null);
        connections.start();
    }

    /**
     * Makes a new connection to the target, at the first of its addresses that accepts it. The addresses share the patience; TLS then has
     * the whole patience again. Dependents of the stage run on a thread that serves connections.
     */
    CompletionStage<IOSession> connect(Target target, Duration patience) {
        CompletableFuture<IOSession> connected = new CompletableFuture<>();
        names.find(target.host()).whenComplete((found, unknown) -> {
            if (found == null) {
                connected.completeExceptionally(new IOException("The host has no address", unknown));
                return;
            }
            List<InetAddress> addresses = found.stream()
                    .filter(address -> !target.untrusted() || !isInside(address))
                    .limit(MOST_ADDRESSES)
                    .toList();
            if (addresses.isEmpty())
                connected.completeExceptionally(new IOException("The address is denied to outsiders"));
            else connect(target, addresses.iterator(), patience.dividedBy(addresses.size()), patience, connected);
        });
        return connected;
    }

    /** Whether the address belongs to this machine or to a private network. */
    private static boolean isInside(InetAddress address) {
        boolean local = address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
        return local
                || address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
    }

    private void connect(
            Target target,
            Iterator<InetAddress> addresses,
            Duration each,
            Duration patience,
            CompletableFuture<IOSession> connected) {
        InetAddress address = addresses.next();
        try {
            Future<IOSession> unused = connections.connect(
                    new HttpHost("http", address, target.host(), target.port()),
                    new InetSocketAddress(address, target.port()),
                    null,
                    Timeout.of(each),
                    null,
                    new Outcome<>(connected) {
                        @Override
                        public void completed(IOSession session) {
                            if (target.tls()) encrypt(session, target, Timeout.of(patience), connected);
                            else connected.complete(session);
                        }

                        @Override
                        public void failed(Exception why) {
                            if (addresses.hasNext()) connect(target, addresses, each, patience, connected);
                            else super.failed(why);
                        }
                    });
        } catch (RuntimeException e) {
            connected.completeExceptionally(e);
        }
    }

    private void encrypt(IOSession session, Target target, Timeout timeout, CompletableFuture<IOSession> connected) {
        boolean anybody = target.insecure();
        try {
            ((TransportSecurityLayer) session)
                    .startTls(
                            anybody ? trusting : SSLContext.getDefault(),
                            named(target.certified(), target.port()),
                            SSLBufferMode.STATIC,
                            (endpoint, engine) -> {
                                SSLParameters parameters = engine.getSSLParameters();
                                if (!anybody) parameters.setEndpointIdentificationAlgorithm("HTTPS");
                                engine.setSSLParameters(parameters);
                            },
                            null,
                            timeout,
                            new Outcome<>(connected) {
                                @Override
                                public void completed(TransportSecurityLayer layer) {
                                    connected.complete(session);
                                }

                                @Override
                                void release() {
                                    session.close(CloseMode.IMMEDIATE);
                                }
                            });
        } catch (GeneralSecurityException | RuntimeException e) {
            session.close(CloseMode.IMMEDIATE);
            connected.completeExceptionally(e);
        }
    }

    private static NamedEndpoint named(String host, int port) {
        return new HttpHost("https", host, port);
    }

    /** Allows a slow body, or a slow reader of it, after the head of the response has come. */
    void allowSlowBody(IOSession session, Duration silence) {
        session.setSocketTimeout(Timeout.of(silence.compareTo(SLOW) > 0 ? silence : SLOW));
    }

    /** Keeps a connection for later requests if it is reusable, and else closes it. */
    void keep(IOSession session, Backend backend, boolean reusable) {
        session.setSocketTimeout(Timeout.of(IDLE.toMillis(), TimeUnit.MILLISECONDS));
        if (!reusable || !session.isOpen() || !backend.keepIdle(session)) session.close(CloseMode.GRACEFUL);
    }

    @Override
    public void close() {
        names.close();
        connections.close(CloseMode.IMMEDIATE);
        try {
            connections.awaitShutdown(TimeValue.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private abstract static class Outcome<T> implements FutureCallback<T> {
        private final CompletableFuture<IOSession> connected;

        Outcome(CompletableFuture<IOSession> connected) {
            this.connected = connected;
        }

        /** Releases the resources. */
        void release() {}

        @Override
        public void failed(Exception why) {
            release();
            connected.completeExceptionally(why);
        }

        @Override
        public void cancelled() {
            release();
            connected.completeExceptionally(new IOException("The proxy is closed"));
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

    /** Accepts any certificate, for targets that are marked {@code insecure}. */
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
