// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** Tomcat. None of its classes is named here: {@link TomcatUpgrade}, which needs them, is loaded when it is used. */
final class TomcatServer extends Server {
    private static final ObjectName HANDLERS = handlers();
    private static final String[] TO_SOCKET = {
        "request", "getCoyoteRequest", "hook", "getSocketWrapper", "getSocket", "getIOChannel"
    };
    private static final int USUAL_HEAD = 8192;
    private static final String CUT = "The stream was cut";
    /** Set by {@code RemoteIpValve} and {@code RemoteIpFilter}. */
    private static final String FORWARDED = "org.apache.tomcat.request.forwarded";

    @Override
    public boolean isOnBehalf(HttpServletRequest request) {
        return request.getAttribute(FORWARDED) != null;
    }

    private final Map<Integer, Integer> longestHeads = new ConcurrentHashMap<>(); // by port

    @Override
    public ResponseOutput output(AsyncContext context) throws IOException {
        return new Output(context, this);
    }

    /**
     * After a timeout, Tomcat would wait for the client to take the rest. It does not wait after a listener has failed, which it calls
     * when the client takes the rest, or has not within the connector's {@code connectionTimeout}.
     */
    @Override
    public void fail(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.startAsync().setTimeout(0);
        response.getOutputStream().setWriteListener(new Failing());
    }

    @Override
    void setReset(HttpServletRequest request, boolean atTheEnd) throws ReflectiveOperationException {
        Internals.setReset(Internals.of(request, TO_SOCKET), atTheEnd);
    }

    /** The limit of the connector; there is none with HTTP/2. */
    @Override
    public int longestHead(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1")
                ? longestHeads.computeIfAbsent(request.getLocalPort(), TomcatServer::longestHead)
                : Integer.MAX_VALUE;
    }

    /** The limit of the connectors at this port, as their beans say. */
    private static int longestHead(int port) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        int least = Integer.MAX_VALUE, leastOfAll = Integer.MAX_VALUE;
        for (ObjectName name : beans.queryNames(HANDLERS, null)) {
            if (!(attribute(beans, name, "maxHttpResponseHeaderSize") instanceof Integer most)) continue;
            leastOfAll = Math.min(leastOfAll, most);
            if (attribute(beans, name, "localPort") instanceof Integer at && at == port) least = Math.min(least, most);
        }
        if (least == Integer.MAX_VALUE) least = leastOfAll; // A valve may have changed the port.
        return least == Integer.MAX_VALUE ? USUAL_HEAD : least;
    }

    private static @Nullable Object attribute(MBeanServer beans, ObjectName name, String attribute) {
        try {
            return beans.getAttribute(name, attribute);
        } catch (JMException e) {
            return null; // A connector of AJP has no such limit.
        }
    }

    private static ObjectName handlers() {
        try {
            return new ObjectName("*:type=ProtocolHandler,*");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    Class<? extends UpgradeHandler> upgradeHandler() {
        return TomcatUpgrade.class;
    }

    /** Breaks off through the call that Tomcat owes its listener, where it owes one. */
    private static final class Output extends ResponseOutput {
        private final AtomicReference<Call> call = new AtomicReference<>(Call.MADE);

        /** Whether Tomcat is still to report that more can be written, and whether that call fails. */
        private enum Call {
            MADE,
            OWED,
            FAILS
        }

        Output(AsyncContext context, Server server) throws IOException {
            super(context, server);
        }

        @Override
        public void onWritePossible() throws IOException {
            if (call.getAndSet(Call.MADE) == Call.FAILS) throw new IOException(CUT);
        }

        @Override
        public void breakOff() {
            if (!failsWithNextCall()) super.breakOff();
        }

        /**
         * Whether the call that Tomcat owes breaks the response off. A dispatch could overtake the call, which would then find no
         * listener and never be made again.
         */
        private boolean failsWithNextCall() {
            try {
                do {
                    call.set(Call.OWED);
                    if (isReady()) return false;
                    // Race: the call against this line; a call that came first has left MADE, and one more is asked
                    // for.
                } while (!call.compareAndSet(Call.OWED, Call.FAILS));
                return true;
            } catch (RuntimeException ended) {
                // Tomcat has taken its response back.
                return false;
            }
        }
    }

    private static final class Failing implements WriteListener {

        @Override
        public void onWritePossible() throws IOException {
            throw new IOException(CUT);
        }

        @Override
        public void onError(Throwable cut) {
            // As intended.
        }
    }
}
