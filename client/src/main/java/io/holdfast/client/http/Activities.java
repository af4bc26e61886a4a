// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The activities of one client, and what they need: its addresses and its transport. Safe for use by several threads. */
public final class Activities implements AutoCloseable {
    private final Addresses addresses;
    private final Transport transport;
    private final Set<Activity> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public Activities(Addresses addresses, Transport transport) {
        this.addresses = addresses;
        this.transport = transport;
    }

    public Addresses addresses() {
        return addresses;
    }

    public Transport transport() {
        return transport;
    }

    /** Starts the activity, which ends with this client at the latest. */
    public <A extends Activity> A start(A activity) {
        if (closed) throw new IllegalStateException("This client is closed.");
        open.add(activity);
        activity.done().whenComplete((value, error) -> open.remove(activity));
        // Race: start() against close(); if close() looked at the set first, this thread abandons the activity.
        if (closed) activity.abandon();
        activity.start();
        return activity;
    }

    /** Starts a call of that request, for at most that time; its outcome. */
    public <T> CompletionStage<T> call(Call.Request<T> request, Duration giveUp) {
        return start(new Call<>(request, addresses.copy(), transport, giveUp)).outcome();
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(Activity::abandon);
    }
}
