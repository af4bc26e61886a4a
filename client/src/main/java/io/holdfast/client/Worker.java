// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.http.Activities;
import io.holdfast.client.http.Names;
import io.holdfast.client.worker.ActiveWorker;
import io.holdfast.client.worker.ForwardHandler;
import io.holdfast.client.worker.WorkerPlan;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A queue to work for, and how to work; {@link #serve} or {@link #forward} begins. Made by {@link Holdfast#worker}. */
public final class Worker {
    private static final int MOST_PERCENT = 100;

    private final String queue;
    private final Activities activities;
    private int concurrency = 1;
    private @Nullable Attachment attachment;
    private int mostCpu = MOST_PERCENT;

    Worker(String queue, Activities activities) {
        Names.check("queue", queue);
        this.queue = queue;
        this.activities = activities;
    }

    /** Sets the most requests at a time; 1 unless given. Each of that many threads begins at the next of the addresses. */
    public Worker concurrency(int number) {
        if (number < 1)
            throw new IllegalArgumentException("A worker's concurrency must be 1 or more, not " + number + ".");
        concurrency = number;
        return this;
    }

    /** Attaches the worker in this way; unless given, by TCP to addresses that begin with {@code tcp:}, and by pull to others. */
    public Worker by(@Nullable Attachment how) {
        attachment = how;
        return this;
    }

    /** Takes nothing new while the processors of the machine are busier than that, 1 to 100 percent; 100, no limit, unless given. */
    public Worker maxCpu(int percent) {
        if (percent < 1 || percent > MOST_PERCENT)
            throw new IllegalArgumentException("A worker's CPU must be from 1 to 100 percent, not " + percent + ".");
        mostCpu = percent;
        return this;
    }

    /** As {@link #forward(URI, WorkerListener)}, with failures logged. */
    public RunningWorker forward(URI application) {
        return serve(new ForwardHandler(application));
    }

    /**
     * Begins, and forwards each request to an HTTP application.
     *
     * @param application its address, {@code http} or {@code https}; the path of a request is appended to the path of the address
     * @throws IllegalArgumentException as {@link #serve(Handler, WorkerListener)}, or if the address is malformed
     */
    public RunningWorker forward(URI application, WorkerListener listener) {
        return serve(new ForwardHandler(application), listener);
    }

    /** As {@link #serve(Handler, WorkerListener)}, with failures logged. */
    public RunningWorker serve(Handler handler) {
        return serve(handler, new WorkerListener() {});
    }

    /**
     * Begins, and performs each request by the handler.
     *
     * @throws IllegalArgumentException if attachment, queue and addresses do not fit: worker ports take {@link Attachment#TCP} or
     *     {@link Attachment#AUTO} and the queue {@code default} only
     * @throws IllegalStateException if the client is closed
     */
    public RunningWorker serve(Handler handler, WorkerListener listener) {
        WorkerPlan plan = WorkerPlan.of(queue, handler, concurrency, attachment, mostCpu);
        return activities.start(new ActiveWorker(plan, activities.addresses(), activities.transport(), listener));
    }
}
