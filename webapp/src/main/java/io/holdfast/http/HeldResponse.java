// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response kept open: {@linkplain #answer answered} at most once, from any thread, or given up when the container says that
 * the client is gone.
 *
 * <p>Whoever takes the {@code AsyncContext} out of its reference owns it; afterwards nothing here can reach a response that the
 * container may hand to somebody else's request. The container's own timeout is a backstop only: deadlines are the caller's.
 */
public final class HeldResponse {
    /** What the backstop says when nobody else did, so that silence is not taken for success. */
    private static final Answer NEVER_ANSWERED = Answer.empty(503);

    private static final Runnable NOBODY = () -> {};
    private static final Runnable TOLD = () -> {};

    private final boolean withBody;
    private final AtomicReference<@Nullable AsyncContext> open;
    private final AtomicReference<Runnable> whenGone = new AtomicReference<>(NOBODY);

    private HeldResponse(AsyncContext context, boolean withBody) {
        this.open = new AtomicReference<>(context);
        this.withBody = withBody;
    }

    static HeldResponse of(HttpServletRequest request, Duration backstop, boolean withBody) {
        AsyncContext context = request.startAsync();
        context.setTimeout(backstop.toMillis());
        HeldResponse held = new HeldResponse(context, withBody);
        context.addListener(held.new Container());
        return held;
    }

    /** Names the one to be told, once, when the container gives this response up without an answer. */
    public void onGone(Runnable listener) {
        // The container may have been faster than the caller.
        if (!whenGone.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** Writes the answer and completes; false when it was answered before, or the client is found to be gone. */
    public boolean answer(Answer answer) {
        AsyncContext context = open.getAndSet(null);
        if (context == null) return false;
        boolean written = write(context, answer);
        complete(context);
        return written;
    }

    private boolean write(AsyncContext context, Answer answer) {
        try {
            answer.writeTo((HttpServletResponse) context.getResponse(), withBody);
            return true;
        } catch (IOException | IllegalStateException gone) {
            // Each server reports a client that has left in its own way; none of them is news.
            return false;
        }
    }

    private static void complete(AsyncContext context) {
        Thread thread = Thread.currentThread();
        ClassLoader ours = thread.getContextClassLoader();
        // The server may start a thread of its pool here, which would inherit the application's class loader and keep
        // it.
        thread.setContextClassLoader(context.getClass().getClassLoader());
        try {
            context.complete();
        } catch (IllegalStateException ended) {
            // The container completed it after the failed write, as Tomcat does.
        } finally {
            thread.setContextClassLoader(ours);
        }
    }

    private void gone() {
        whenGone.getAndSet(TOLD).run();
    }

    /** What the container reports, all of it leading to one place. */
    private final class Container implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            answer(NEVER_ANSWERED);
            gone();
        }

        @Override
        public void onError(AsyncEvent event) {
            AsyncContext context = open.getAndSet(null);
            if (context != null) complete(context);
            gone();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            open.set(null);
            gone();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Never: nothing dispatches a held request.
        }
    }
}
