// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks the targets of routes with {@code health} regularly, with one check at a time for each target. */
public final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HealthChecks.class.getName());

    private final BackendQueues queues;
    private final Probe probe;
    private final Timer timer;
    private final Map<Subject, Check> checks = new HashMap<>(); // guarded by this

    /** Makes one check of a target. It reports its verdict once, and soon. */
    interface Probe {
        void ask(Target target, String path, Consumer<Boolean> verdict);
    }

    /** A target, its check, and the most requests that it gets at a time. */
    private record Subject(Target target, Route.Health health, int concurrency) {}

    public HealthChecks(BackendQueues queues, Probe probe, Timer timer) {
        this.queues = queues;
        this.probe = probe;
        this.timer = timer;
    }

    /** From now on, only the targets of these routes are checked. */
    public synchronized void keep(List<Route> routes) {
        Set<Subject> wanted = new HashSet<>();
        for (Route route : routes)
            for (Target target : route.targets())
                if (!target.test())
                    route.health()
                            .ifPresent(health -> wanted.add(
                                    new Subject(target, health, route.patience().concurrency())));
        checks.entrySet()
                .removeIf(entry ->
                        !wanted.contains(entry.getKey()) && entry.getValue().stop());
        for (Subject subject : wanted)
            if (!checks.containsKey(subject)) {
                Check check = new Check(subject);
                checks.put(subject, check);
                check.ask();
            }
    }

    @Override
    public synchronized void close() {
        keep(List.of());
    }

    private final class Check {
        private final Subject subject;
        private boolean well = true, stopped; // guarded by this
        private @Nullable Scheduled next; // guarded by this

        Check(Subject subject) {
            this.subject = subject;
        }

        void ask() {
            // A busy target would fail the check, and gets no further request anyway.
            if (queues.isFull(subject.target, subject.concurrency)) later();
            else probe.ask(subject.target, subject.health.path(), this::found);
        }

        private synchronized void found(boolean passed) {
            if (stopped) return;
            if (passed != well)
                LOG.log(
                        passed ? Level.INFO : Level.WARNING,
                        () -> "A target " + (passed ? "passes its check again" : "does not pass its check") + " target="
                                + subject.target.address() + " health=" + subject.health.path());
            well = passed;
            queues.healed(subject.target, subject.health, passed);
            later();
        }

        private synchronized void later() {
            if (!stopped) next = timer.after(subject.health.interval(), this::ask);
        }

        synchronized boolean stop() {
            stopped = true;
            if (next != null) next.cancel();
            if (!well) queues.healed(subject.target, subject.health, true);
            return true;
        }
    }
}
