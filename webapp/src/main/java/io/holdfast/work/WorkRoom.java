// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Json;
import io.holdfast.http.Routes;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The room as the composition root sees it: what it brings to the member, then its life. */
public final class WorkRoom implements AutoCloseable {
    private static final int THREADS = 2;

    private final Hub hub;
    private final WorkResource resource;
    private final LeaseResource leases;
    private final Scheduled sweep;
    private final Optional<WorkerPort> port;

    private WorkRoom(Hub hub, WorkResource resource, LeaseResource leases, Scheduled sweep, Optional<WorkerPort> port) {
        this.hub = hub;
        this.resource = resource;
        this.leases = leases;
        this.sweep = sweep;
        this.port = port;
    }

    /** What the member needs to know before it starts. */
    public static ClusterPart part() {
        return WorkWire.part();
    }

    /**
     * Opens the room on a running member.
     *
     * @throws IllegalStateException if its port is taken
     */
    public static WorkRoom open(
            WorkOptions options,
            Access access,
            Duration sweep,
            Cluster cluster,
            Waiters waiters,
            Json json,
            Clocks clocks,
            Executor executor) {
        Hub hub = new Hub(options, cluster, waiters, clocks, executor);
        Scheduled sweeping = hub.open(sweep);
        try {
            Optional<WorkerPort> port =
                    options.port() == 0 ? Optional.empty() : Optional.of(new WorkerPort(hub, options, THREADS));
            return new WorkRoom(hub, new WorkResource(hub, json), new LeaseResource(hub, access, json), sweeping, port);
        } catch (RuntimeException e) {
            sweeping.cancel();
            hub.close();
            throw e;
        }
    }

    /** How many workers are idle here. */
    public long idle() {
        return hub.idle();
    }

    /** How many requests of clients of this member wait or are being performed. */
    public long requests() {
        return hub.requests();
    }

    /** How many requests pass between this member and others now. */
    public long talks() {
        return hub.talks();
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        routes.beneath("/work/{queue}", resource::serve);
        routes.add("/workers/{queue}/next", Map.of("GET", leases::next));
        routes.add("/workers/{queue}/{id}/ack", Map.of("POST", leases::ack));
        routes.add("/workers/{queue}/{id}/extend", Map.of("POST", leases::extend));
        routes.add("/workers/{queue}/{id}/progress", Map.of("POST", leases::progress));
        routes.add("/workers/{queue}/{id}/release", Map.of("POST", leases::release));
        routes.add("/workers/{queue}/{id}/response", Map.of("POST", leases::response));
    }

    /** Lets go of the workers. */
    @Override
    public void close() {
        port.ifPresent(WorkerPort::close);
        sweep.cancel();
        hub.close();
    }
}
