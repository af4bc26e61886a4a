// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkerListener;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener of a worker that records its calls. */
final class RecordingWorkerListener implements WorkerListener {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Trouble> troubles = new CopyOnWriteArrayList<>();

    @Override
    public void attached(URI at, Attachment how) {
        calls.add("attached by " + how);
    }

    @Override
    public void answered(WorkRequest request, int status, Duration took) {
        calls.add("answered " + request + " " + status);
    }

    @Override
    public void lost(WorkRequest request, String why) {
        calls.add("lost " + request + ": " + why);
    }

    @Override
    public void busy(boolean isBusy) {
        calls.add(isBusy ? "busy" : "free");
    }

    @Override
    public void trouble(Trouble trouble) {
        troubles.add(trouble);
    }

    List<String> whats() {
        return troubles.stream().map(Trouble::what).toList();
    }
}
