// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.tomcat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Closes a connection if the head of a request has not come as a whole within {@code connectionTimeout} after its first byte. Tomcat itself
 * gives that time to each byte.
 */
final class HeadTimeProcessor extends Http11Processor {
    private static final int UNSET = -1;

    private final AbstractHttp11Protocol<?> protocol;

    /** One that serves no connection yet. */
    HeadTimeProcessor(AbstractHttp11Protocol<?> protocol) {
        super(protocol, protocol.getAdapter());
        this.protocol = protocol;
    }

    /** Reads heads, or parts of them. It is called for nothing else. */
    @Override
    public SocketState service(SocketWrapperBase<?> connection) throws IOException {
        int most = protocol.getConnectionTimeout();
        // Each read of the body that may follow has all of it again.
        if (isWithinHead()) connection.setReadTimeout(most);
        SocketState state = super.service(connection);
        boolean isToRead = state == SocketState.LONG || state == SocketState.OPEN;
        if (most <= 0 || !isToRead || isAsync() || !isWithinHead()) return state;
        long left = most - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getStartTimeNanos());
        if (left <= 0) return SocketState.CLOSED;
        connection.setReadTimeout(left);
        // After blank lines alone, Tomcat would begin anew with the next byte.
        return SocketState.LONG;
    }

    /** Tomcat sets the start of a request at its first byte, a blank line included, and takes it back at its end. */
    private boolean isWithinHead() {
        return request.getStartTimeNanos() != UNSET;
    }
}
