// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * The output of a held response: written without blocking by one thread at a time, and given back to the server once. It may not be
 * touched afterwards.
 */
public class ResponseOutput {
    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Server server;

    ResponseOutput(AsyncContext context, Server server) throws IOException {
        this.context = context;
        this.server = server;
        this.out = context.getResponse().getOutputStream();
    }

    /** Has the server call when it takes bytes; before it does, nothing may be written. */
    public void listen(WriteListener listener) {
        out.setWriteListener(listener);
    }

    /** To be called first in {@code onWritePossible}, which fails if this fails. */
    public void onWritePossible() throws IOException {
        // Only a response that was broken off fails here, and only on Tomcat.
    }

    /** Whether the server takes more now; otherwise it will call. */
    public boolean isReady() {
        return out.isReady();
    }

    /** Writes bytes, when ready. */
    public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
    }

    /** Sends what was written, when ready. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Gives the response back, which is whole. */
    public void end() {
        server.resetUnlessWhole((HttpServletRequest) context.getRequest(), false);
        complete();
    }

    /** Gives the response back as it is, because its client has left. */
    public void complete() {
        Server.complete(context);
    }

    /** Gives the response back to be broken off, whether the server waits for the client to take a chunk or not. */
    public void breakOff() {
        Server.dispatch(context);
    }

    /** The same when the time of the response is up. */
    public void breakOffExpired() {
        Server.dispatch(context);
    }
}
