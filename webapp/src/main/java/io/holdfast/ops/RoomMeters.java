// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import io.holdfast.camera.CameraRoom;
import io.holdfast.channel.ChannelRoom;
import io.holdfast.channel.core.ChannelCounts;
import io.holdfast.departure.Departures;
import io.holdfast.grip.GripRoom;
import io.holdfast.http.Backlog;
import io.holdfast.jobs.JobRoom;
import io.holdfast.ops.Metrics.Part;
import io.holdfast.proxy.ProxyRoom;
import io.holdfast.work.QueueNumbers;
import io.holdfast.work.WorkObserver;
import io.holdfast.work.WorkRoom;
import java.util.List;
import java.util.function.ObjLongConsumer;

/** Registers the meters of each room. The rooms keep the numbers; a scrape reads them. */
public final class RoomMeters {
    private static final String QUEUE = "queue";

    private final Metrics metrics;

    public RoomMeters(Metrics metrics) {
        this.metrics = metrics;
    }

    public void add(Backlog backlog) {
        metrics.gauge("holdfast.backlog.bytes", "Bytes buffered in this member for slow clients", backlog::bytes);
    }

    public void add(Departures departures) {
        metrics.gauge(
                "holdfast.holds.unwatched",
                "Held requests whose clients may leave unnoticed, because their connections cannot be watched",
                departures::unwatched);
    }

    public void add(ChannelRoom channel) {
        ChannelCounts counts = channel.counts();
        metrics.count("holdfast.channel.events", "Events published through this member", counts::events);
        metrics.count(
                "holdfast.channel.bytes", "Bytes of data in the events published through this member", counts::bytes);
        metrics.count(
                "holdfast.channel.gaps",
                "Reads answered with a gap, because events were no longer retained",
                counts::gaps);
        metrics.count("holdfast.channel.cut", "Streams cut because their clients read too slowly", counts::cut);
        metrics.gauge("holdfast.channel.streams", "Event streams open at this member", counts::streams);
        metrics.gauge("holdfast.channels", "Channels in the cluster at the last count", counts::kept);
        metrics.gauge("holdfast.channels.bytes", "Bytes retained in all channels at the last count", counts::keptBytes);
    }

    public void add(CameraRoom camera) {
        metrics.gauge("holdfast.cameras.held", "Cameras whose polls this member holds", camera::held);
        metrics.count("holdfast.camera.dumps", "Dumps delivered by cameras to this member", camera::delivered);
    }

    public void add(GripRoom grip) {
        metrics.gauge(
                "holdfast.grip.topics", "GRIP channels that held requests of this member subscribe to", grip::topics);
    }

    public void add(ProxyRoom proxy) {
        metrics.gauge(
                "holdfast.proxy.waiting", "Proxied requests at this member that wait for a backend", proxy::waiting);
    }

    public void add(WorkRoom work) {
        metrics.gauge(
                "holdfast.work.talks",
                "Requests passing between this member and another, where the client is at one and the worker at the other",
                work::talks);
        metrics.gauge("holdfast.work.idle", "Idle workers connected to this member", work::idle);
        metrics.gauge(
                "holdfast.work.requests",
                "Requests from clients of this member that wait for a worker or are being performed",
                work::requests);
        metrics.gauges(
                "holdfast.queue",
                QUEUE,
                work::queues,
                List.of(
                        new Part<>(
                                "waiting",
                                "Requests from clients of this member that wait for a worker",
                                QueueNumbers::waiting),
                        new Part<>(
                                "oldest",
                                "Seconds that the oldest waiting request from a client of this member has waited",
                                QueueNumbers::oldestSeconds),
                        new Part<>(
                                "busy",
                                "Requests from clients of this member that a worker is performing",
                                QueueNumbers::busy),
                        new Part<>("idle", "Idle workers connected to this member, by queue", QueueNumbers::idle)));
    }

    public void add(JobRoom jobs) {
        metrics.gauge("holdfast.jobs", "Unfinished jobs that this member looks after", jobs::unended);
        metrics.gauge(
                "holdfast.jobs.running", "Jobs that this member looks after and a worker is performing", jobs::running);
        metrics.count(
                "holdfast.jobs.succeeded",
                "Succeeded jobs, counted at the member that looked after each job",
                jobs::succeeded);
        metrics.count(
                "holdfast.jobs.failed", "Failed jobs, counted at the member that looked after each job", jobs::failed);
        metrics.count(
                "holdfast.jobs.dead",
                "Jobs that ran out of attempts, counted at the member that looked after each job",
                jobs::dead);
    }

    /** Times the requests of each queue: how long they wait, and how long workers take. */
    public WorkObserver queueTimes() {
        ObjLongConsumer<String> waits = metrics.times(
                "holdfast.queue.wait", "Time that a request of the queue waited until a worker received it", QUEUE);
        ObjLongConsumer<String> runs = metrics.times(
                "holdfast.queue.run",
                "Time from the delivery of a request of the queue to a worker until the end of the response",
                QUEUE);
        return new WorkObserver() {
            @Override
            public void waited(String queue, long nanos) {
                waits.accept(queue, nanos);
            }

            @Override
            public void ran(String queue, long nanos) {
                runs.accept(queue, nanos);
            }
        };
    }
}
