// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Json;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.queue.Queues;
import io.holdfast.work.relay.Relay;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** The room as the composition root sees it: its part of the cluster, then its life. */
public final class WorkRoom implements AutoCloseable {
    private static final int THREADS = 2;

    private final Matchmaker matchmaker;
    private final Access access;
    private final Json json;
    private final LeaseResource leases;
    private final UpgradedWorkers upgraded;
    private final Optional<WorkerPort> port;
    private final Scheduled sweep;

    private WorkRoom(
            Matchmaker matchmaker,
            Access access,
            Json json,
            Semaphore places,
            Optional<WorkerPort> port,
            Scheduled sweep) {
        this.matchmaker = matchmaker;
        this.access = access;
        this.json = json;
        this.leases = new LeaseResource(matchmaker, access, json);
        this.upgraded = new UpgradedWorkers(matchmaker, access, json, places);
        this.port = port;
        this.sweep = sweep;
    }

    /** The part of the cluster that the room needs before the member starts. */
    public static ClusterPart part() {
        return WorkWire.part().and(Queues.part()).and(Relay.part());
    }

    /**
     * Opens the room on a running member.
     *
     * @throws IllegalStateException if its port is taken
     */
    public static WorkRoom open(Kernel kernel, WorkOptions options, WorkObserver observer) {
        Matchmaker matchmaker = new Matchmaker(
                options, kernel.cluster(), kernel.waiters(), kernel.clocks(), kernel.executor(), observer);
        Scheduled sweep = matchmaker.open(kernel.cluster().sweep());
        Semaphore places = new Semaphore(options.connections());
        try {
            Optional<WorkerPort> port = options.port() == 0
                    ? Optional.empty()
                    : Optional.of(new WorkerPort(matchmaker, options, places, THREADS));
            return new WorkRoom(matchmaker, kernel.access(), kernel.json(), places, port, sweep);
        } catch (RuntimeException e) {
            sweep.cancel();
            matchmaker.close();
            throw e;
        }
    }

    /** The number of idle workers of this member. */
    public long idle() {
        return matchmaker.idle();
    }

    /** The numbers of each queue at this member. */
    public Map<String, QueueNumbers> queues() {
        return matchmaker.numbers();
    }

    /** The number of requests of this member's clients that wait or are being performed. */
    public long requests() {
        return matchmaker.requests();
    }

    /** The number of requests that are passed between this member and others now. */
    public long talks() {
        return matchmaker.talks();
    }

    /** The access to the queues for another room. */
    public WorkQueues queuesForOthers() {
        return new WorkQueues(matchmaker);
    }

    /** Adds the room's paths. Requests whose clients do not wait go to {@code async}. */
    public void addTo(Routes routes, AsyncRequests async) {
        routes.beneath("/work/{queue}", new WorkResource(matchmaker, access, async, json)::serve);
        routes.add("/workers/{queue}", Map.of("POST", upgraded::dial));
        routes.add("/workers/{queue}/next", Map.of("GET", leases::next), "wait");
        routes.add("/workers/{queue}/{id}/ack", Map.of("POST", leases::ack), "token");
        routes.add("/workers/{queue}/{id}/extend", Map.of("POST", leases::extend), "token");
        routes.add("/workers/{queue}/{id}/progress", Map.of("POST", leases::progress), "token");
        routes.add("/workers/{queue}/{id}/release", Map.of("POST", leases::release), "token");
        routes.add("/workers/{queue}/{id}/response", Map.of("POST", leases::response), "token");
    }

    /** Closes the connections of the workers. */
    @Override
    public void close() {
        upgraded.close();
        port.ifPresent(WorkerPort::close);
        sweep.cancel();
        matchmaker.close();
    }
}
