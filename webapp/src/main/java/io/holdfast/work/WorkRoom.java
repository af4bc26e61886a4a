// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Json;
import io.holdfast.http.Routes;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.Job.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** The room as the composition root sees it: what it brings to the member, then its life. */
public final class WorkRoom implements AutoCloseable {
    private static final int THREADS = 2;

    private final Hub hub;
    private final Jobs jobs;
    private final WorkResource resource;
    private final LeaseResource leases;
    private final JobResource jobResource;
    private final UpgradedWorkers upgraded;
    private final Optional<WorkerPort> port;
    private final List<Scheduled> sweeps;

    private WorkRoom(
            Hub hub,
            Jobs jobs,
            Access access,
            Json json,
            Semaphore places,
            Optional<WorkerPort> port,
            List<Scheduled> sweeps) {
        this.hub = hub;
        this.jobs = jobs;
        this.jobResource = new JobResource(jobs, access, json);
        this.leases = new LeaseResource(hub, access, json);
        this.upgraded = new UpgradedWorkers(hub, access, json, places);
        this.resource = new WorkResource(hub, jobResource, json);
        this.port = port;
        this.sweeps = sweeps;
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
    public static WorkRoom open(Kernel kernel, WorkOptions options, WorkObserver observer) {
        Hub hub = new Hub(options, kernel.cluster(), kernel.waiters(), kernel.clocks(), kernel.executor(), observer);
        Jobs jobs = new Jobs(hub, kernel.cluster(), kernel.waiters());
        Duration sweep = kernel.cluster().sweep();
        List<Scheduled> sweeps = List.of(hub.open(sweep), jobs.open(sweep));
        Semaphore places = new Semaphore(options.connections());
        try {
            Optional<WorkerPort> port =
                    options.port() == 0 ? Optional.empty() : Optional.of(new WorkerPort(hub, options, places, THREADS));
            return new WorkRoom(hub, jobs, kernel.access(), kernel.json(), places, port, sweeps);
        } catch (RuntimeException e) {
            sweeps.forEach(Scheduled::cancel);
            jobs.close();
            hub.close();
            throw e;
        }
    }

    /** How many workers are idle here. */
    public long idle() {
        return hub.idle();
    }

    /** What there is of each queue at this member. */
    public Map<String, QueueNumbers> queues() {
        return hub.numbers();
    }

    /** How many requests of clients of this member wait or are being performed. */
    public long requests() {
        return hub.requests();
    }

    /** How many requests pass between this member and others now. */
    public long talks() {
        return hub.talks();
    }

    /** How many jobs this member looks after that have not ended. */
    public long jobs() {
        return jobs.here();
    }

    /** How many of them have a worker. */
    public long running() {
        return jobs.running();
    }

    /** How many jobs have succeeded at this member. */
    public long succeeded() {
        return jobs.ended(State.SUCCEEDED);
    }

    /** How many have failed. */
    public long failed() {
        return jobs.ended(State.FAILED);
    }

    /** How many are dead. */
    public long dead() {
        return jobs.ended(State.DEAD);
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        routes.beneath("/work/{queue}", resource::serve);
        routes.add("/workers/{queue}", Map.of("POST", upgraded::dial));
        routes.add("/workers/{queue}/next", Map.of("GET", leases::next));
        routes.add("/workers/{queue}/{id}/ack", Map.of("POST", leases::ack));
        routes.add("/workers/{queue}/{id}/extend", Map.of("POST", leases::extend));
        routes.add("/workers/{queue}/{id}/progress", Map.of("POST", leases::progress));
        routes.add("/workers/{queue}/{id}/release", Map.of("POST", leases::release));
        routes.add("/workers/{queue}/{id}/response", Map.of("POST", leases::response));
        routes.add("/jobs/", Map.of("GET", jobResource::list));
        routes.add("/jobs/{job}", Map.of("GET", jobResource::get, "DELETE", jobResource::cancel));
        routes.add("/jobs/{job}/result", Map.of("GET", jobResource::result));
        routes.add("/jobs/{job}/requeue", Map.of("POST", jobResource::requeue));
    }

    /** Lets go of the workers. */
    @Override
    public void close() {
        upgraded.close();
        port.ifPresent(WorkerPort::close);
        sweeps.forEach(Scheduled::cancel);
        jobs.close();
        hub.close();
    }
}
