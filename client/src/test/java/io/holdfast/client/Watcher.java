// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener of a worker that writes down what it is told. */
final class Watcher implements WorkerListener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<Trouble> troubles = new CopyOnWriteArrayList<>();

    @Override
    public void attached(URI at, Attachment how) {
        told.add("attached by " + how);
    }

    @Override
    public void answered(WorkRequest request, int status, Duration took) {
        told.add("answered " + request + " " + status);
    }

    @Override
    public void lost(WorkRequest request, String why) {
        told.add("lost " + request + ": " + why);
    }

    @Override
    public void busy(boolean isBusy) {
        told.add(isBusy ? "busy" : "free");
    }

    @Override
    public void trouble(Trouble trouble) {
        troubles.add(trouble);
    }

    List<String> whats() {
        return troubles.stream().map(Trouble::what).toList();
    }
}
