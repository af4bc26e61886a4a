// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Payara. */
final class PayaraServer extends Server {

    @Override
    public RequestInput input(HttpServletRequest request) throws IOException {
        return new Input(
                request.getInputStream(),
                request.getContentLengthLong(),
                request.getProtocol().startsWith("HTTP/1"));
    }

    /**
     * A body on Payara, which reports that it has received all of a body before all of it is read. Asked for more after the last
     * byte, it would read on, and take the next request for a part of this body.
     */
    static final class Input extends RequestInput {
        private final ServletInputStream in;
        private final long length;
        /** Whether a body of known length ends with its last byte, not with a mark that follows. */
        private final boolean measured;

        Input(ServletInputStream in, long length, boolean http1) {
            super(in);
            this.in = in;
            this.length = length;
            this.measured = http1 && length >= 0;
        }

        @Override
        public void listen(ReadListener listener) {
            if (in.isFinished()) setReceived();
            super.listen(listener);
        }

        @Override
        boolean mayAsk() {
            return !(measured && bytesRead() == length);
        }

        /** Payara reports the end of every body by itself. */
        @Override
        boolean isSilentlyFinished() {
            return false;
        }

        @Override
        boolean hasMore() throws IOException {
            return length < 0 ? in.available() > 0 : bytesRead() < length;
        }
    }
}
