// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.tomcat;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Tomcat's HTTP connector with smaller response buffers: 1 KiB of bytes and of characters in place of 8, which no attribute of
 * {@code server.xml} can change. A third less memory for each held request; an answer longer than that without a content length
 * becomes chunked. And the head of a request must come as a whole within {@code connectionTimeout}.
 */
public final class SmallBufferProtocol extends Http11NioProtocol {
    private static final int SIZE = Integer.getInteger("tomcat.http.responseBuffer", 1024);

    @Override
    public int getDesiredBufferSize() {
        return SIZE;
    }

    @Override
    protected Processor createProcessor() {
        return new HeadTimeProcessor(this);
    }
}
