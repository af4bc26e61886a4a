// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Call;
import io.holdfast.http.Routes;
import io.holdfast.jobs.Job.State;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.WorkQueues;
import io.holdfast.work.relay.Order;
import java.io.IOException;
import java.util.Map;

/** The room as the composition root sees it: its part of the member, then its life. */
public final class JobRoom implements AutoCloseable {
    private final Jobs jobs;
    private final JobResource resource;
    private final Scheduled sweep;

    private JobRoom(Jobs jobs, JobResource resource, Scheduled sweep) {
        this.jobs = jobs;
        this.resource = resource;
        this.sweep = sweep;
    }

    /** The part of the cluster that the room needs before the member starts. */
    public static ClusterPart part() {
        return JobWire.part();
    }

    /** Opens the room on a running member. */
    public static JobRoom open(Kernel kernel, JobOptions options, WorkQueues queues) {
        Jobs jobs = new Jobs(kernel, options, queues);
        return new JobRoom(
                jobs,
                new JobResource(jobs, kernel.access(), kernel.json()),
                jobs.open(kernel.cluster().sweep()));
    }

    /** How many jobs this member looks after that have not ended. */
    public long unended() {
        return jobs.active();
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

    /** Makes the request a job. */
    public void submit(Call call, Order order) throws IOException {
        resource.submit(call, order);
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        routes.add("/jobs/", Map.of("GET", resource::list), "state", "queue", "limit", "after");
        routes.add("/jobs/{job}", Map.of("GET", resource::get, "DELETE", resource::cancel), "after", "wait");
        routes.add("/jobs/{job}/result", Map.of("GET", resource::result), "wait");
        routes.add("/jobs/{job}/requeue", Map.of("POST", resource::requeue));
    }

    @Override
    public void close() {
        sweep.cancel();
        jobs.close();
    }
}
