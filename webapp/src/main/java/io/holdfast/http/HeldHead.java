// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/** The head of a held request, which counts in the {@link Backlog} if it is long. Short ones are part of the bytes of the hold. */
final class HeldHead implements AsyncListener {
    private final HttpServletRequest request;
    private final Backlog backlog;
    private final int bytes;
    private final AtomicBoolean counts = new AtomicBoolean(true);

    /** The head of a request that is about to be held. Refuses the request while the backlog has no room for it. */
    HeldHead(HttpServletRequest request, Setup setup) {
        Asynchrony.require(request);
        this.request = request;
        this.backlog = setup.backlog();
        int all = setup.server().headBytes(request);
        this.bytes = all > Backlog.LEAST ? all : 0;
        if (bytes > 0 && !backlog.add(bytes, backlog.mostFor(request))) throw Backlog.refusal();
    }

    /** Holds the request. To be called once, if the head was not {@linkplain #release released} before. */
    AsyncContext hold() {
        try {
            AsyncContext context = request.startAsync();
            if (bytes > 0) context.addListener(this);
            return context;
        } catch (IllegalStateException e) {
            release();
            throw e;
        }
    }

    /** The request is not held, or not any more. */
    void release() {
        if (counts.getAndSet(false)) backlog.remove((long) bytes);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        release();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The request is answered, and then complete.
    }

    @Override
    public void onError(AsyncEvent event) {
        release();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // The answer was cut, and its request dispatched to fail; nobody tells of its end.
        release();
    }
}
