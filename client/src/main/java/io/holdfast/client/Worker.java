// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A queue that this process is to work for, until {@link #serve}: it is given requests, performs them, and answers. */
public final class Worker {
    private static final int MOST_PERCENT = 100;

    private final String queue;
    private final BiFunction<WorkerPlan, WorkerListener, RunningWorker> starter;
    private int concurrency = 1;
    private @Nullable Attachment attachment;
    private int mostCpu = MOST_PERCENT;

    Worker(String queue, BiFunction<WorkerPlan, WorkerListener, RunningWorker> starter) {
        Addresses.check("queue", queue);
        this.queue = queue;
        this.starter = starter;
    }

    /** How many requests it performs at a time; each wait begins at the next of the addresses. 1 unless given. */
    public Worker concurrency(int number) {
        if (number < 1)
            throw new IllegalArgumentException("A worker's concurrency must be 1 or more, not " + number + ".");
        concurrency = number;
        return this;
    }

    /** How it is attached; unless given, by TCP to addresses that begin with {@code tcp:}, and to others by pull. */
    public Worker by(@Nullable Attachment how) {
        attachment = how;
        return this;
    }

    /** Takes nothing new while the machine's processors are busy to more than so many percent. */
    public Worker maxCpu(int percent) {
        if (percent < 1 || percent > MOST_PERCENT)
            throw new IllegalArgumentException("A worker's CPU must be from 1 to 100 percent, not " + percent + ".");
        mostCpu = percent;
        return this;
    }

    /** Performs requests by asking an HTTP application for them, {@code http} or {@code https}; what goes wrong is logged. */
    public RunningWorker forward(URI application) {
        return serve(new Forward(application));
    }

    /** Performs requests by asking an HTTP application for them. */
    public RunningWorker forward(URI application, WorkerListener listener) {
        return serve(new Forward(application), listener);
    }

    /** Performs requests by this handler; what goes wrong is logged. */
    public RunningWorker serve(Handler handler) {
        return serve(handler, new WorkerListener() {});
    }

    /** Performs requests by this handler. */
    public RunningWorker serve(Handler handler, WorkerListener listener) {
        return starter.apply(new WorkerPlan(queue, handler, concurrency, attachment, mostCpu, Cpu::busy), listener);
    }
}
