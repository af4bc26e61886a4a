// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.access.Access;
import io.holdfast.camera.CameraOptions;
import io.holdfast.camera.CameraRoom;
import io.holdfast.channel.ChannelCounts;
import io.holdfast.channel.ChannelOptions;
import io.holdfast.channel.ChannelRoom;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.counter.CounterOptions;
import io.holdfast.counter.CounterRoom;
import io.holdfast.counter.Counters;
import io.holdfast.grip.GripOptions;
import io.holdfast.grip.GripRoom;
import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Json;
import io.holdfast.http.Routes;
import io.holdfast.ops.Metrics;
import io.holdfast.ops.Metrics.Part;
import io.holdfast.ops.OpsRoom;
import io.holdfast.proxy.ProxyOptions;
import io.holdfast.proxy.ProxyRoom;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.QueueNumbers;
import io.holdfast.work.WorkObserver;
import io.holdfast.work.WorkOptions;
import io.holdfast.work.WorkRoom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjLongConsumer;

/** All the rooms of one process, opened in order and closed in reverse. */
public final class Holdfast implements AutoCloseable {
    private static final String QUEUE = "queue";
    private static final Logger LOG = System.getLogger(Holdfast.class.getName());

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Counters counters;
    private final FrontServlet servlet;
    private final AutoCloseable drain;

    private Holdfast(
            ProcessOptions process,
            ClusterOptions member,
            CounterOptions counting,
            ChannelOptions channels,
            CameraOptions filming,
            GripOptions gripping,
            ProxyOptions passing,
            WorkOptions working,
            Access access,
            String context) {
        Routes routes = new Routes();
        Json json = open(new Json());
        Backlog backlog = new Backlog(process.backlog(), json);
        servlet = new FrontServlet(routes, process.waits(), backlog, json);
        try {
            SystemTimer timer = open(new SystemTimer("holdfast-timer"));
            Clocks clocks = new Clocks(InstantSource.system(), Ticker.system(), timer);
            ExecutorService executor = ReleaseThreads.start(process.releaseThreads());
            open(() -> ReleaseThreads.stop(executor));
            Metrics metrics = new Metrics();
            Waiters waiters = new Waiters(process.limits(), clocks.ticker(), timer, executor, metrics);
            Cluster cluster = open(Cluster.open(
                    member,
                    List.of(CounterRoom.part(), ChannelRoom.part(), CameraRoom.part(), WorkRoom.part()),
                    clocks.ticker(),
                    timer));
            OpsRoom ops = open(OpsRoom.open(waiters, cluster.standing(), metrics, json, context));
            CounterRoom counter =
                    open(CounterRoom.open(counting, member.sweep(), cluster, waiters, json, clocks, executor));
            ChannelRoom channel =
                    open(ChannelRoom.open(channels, access, member.sweep(), cluster, waiters, json, clocks, executor));
            CameraRoom camera =
                    open(CameraRoom.open(filming, access, member.sweep(), cluster, waiters, json, clocks, executor));
            WorkRoom work = open(WorkRoom.open(
                    working, access, member.sweep(), cluster, waiters, json, clocks, executor, times(metrics)));
            GripRoom grip =
                    open(GripRoom.open(gripping, channel.journal("grip"), access, waiters, json, clocks, executor));
            ProxyRoom proxy = open(ProxyRoom.open(passing, grip, json, clocks, executor));
            drain = open(() -> drain(waiters, process.drainWindow()));
            counter.addTo(routes);
            channel.addTo(routes);
            camera.addTo(routes);
            work.addTo(routes);
            ops.addTo(routes);
            grip.addTo(routes);
            proxy.addTo(routes);
            metrics.gauge("holdfast.backlog.bytes", "Bytes kept for slow clients now", backlog::bytes);
            report(channel.counts(), metrics);
            metrics.gauge("holdfast.proxy.waiting", "Requests that wait for a backend now", proxy::waiting);
            metrics.gauge("holdfast.grip.topics", "GRIP topics followed at this member now", grip::topics);
            metrics.gauge(
                    "holdfast.work.talks",
                    "Requests whose client is at another member than their worker, at this one",
                    work::talks);
            metrics.gauge("holdfast.work.idle", "Workers of this member that are idle now", work::idle);
            metrics.gauge(
                    "holdfast.work.requests",
                    "Requests of clients of this member that wait for a worker or are being performed",
                    work::requests);
            report(work, metrics);
            metrics.gauge("holdfast.cameras.held", "Cameras whose polls are held now", camera::held);
            metrics.count("holdfast.camera.dumps", "Dumps that cameras delivered to this member", camera::delivered);
            counters = counter.counters();
        } catch (Throwable e) {
            // Also where a class is missing: what is open has threads, and may have joined a cluster.
            closeRooms();
            throw e;
        }
    }

    /**
     * Opens every room.
     *
     * @param context the context path, to tell this deployment from others
     * @throws io.holdfast.config.SettingsException if settings are wrong, before anything was opened
     */
    public static Holdfast open(Settings settings, String context) {
        ProcessOptions process = ProcessOptions.read(settings);
        ClusterOptions member = ClusterOptions.read(settings);
        CounterOptions counting = CounterOptions.read(settings);
        ChannelOptions channels = ChannelOptions.read(settings);
        CameraOptions filming = CameraOptions.read(settings);
        GripOptions gripping = GripOptions.read(settings);
        ProxyOptions passing = ProxyOptions.read(settings);
        WorkOptions working = WorkOptions.read(settings);
        Access access = Access.read(settings);
        settings.refuseFaults();
        return Aside.call(
                "holdfast-start",
                () -> new Holdfast(
                        process, member, counting, channels, filming, gripping, passing, working, access, context));
    }

    /** The servlet that serves every path. */
    public FrontServlet servlet() {
        return servlet;
    }

    /** The counters. */
    public Counters counters() {
        return counters;
    }

    /** Answers whoever is held, and holds nobody any more; everything else goes on. */
    public void drain() {
        close(drain);
    }

    /** Answers whoever is held, leaves the cluster, and stops every thread. */
    @Override
    public void close() {
        Aside.call("holdfast-stop", () -> {
            closeRooms();
            return true;
        });
    }

    private void closeRooms() {
        while (!opened.isEmpty()) close(opened.pop());
    }

    private static void close(AutoCloseable room) {
        try {
            room.close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "A room did not close; the others follow", e);
        }
    }

    private static void report(ChannelCounts counts, Metrics metrics) {
        metrics.count("holdfast.channel.events", "Events published through this member", counts::events);
        metrics.count("holdfast.channel.bytes", "Bytes of data in them", counts::bytes);
        metrics.count("holdfast.channel.gaps", "Times that a reader was told of a gap", counts::gaps);
        metrics.count("holdfast.channel.cut", "Streams cut because their clients took too little", counts::cut);
        metrics.gauge("holdfast.channel.streams", "Streams open now", counts::streams);
        metrics.gauge("holdfast.channels", "Channels in the cluster when last counted", counts::kept);
        metrics.gauge("holdfast.channels.bytes", "Bytes kept in them", counts::keptBytes);
    }

    private static WorkObserver times(Metrics metrics) {
        ObjLongConsumer<String> waits = metrics.times(
                "holdfast.queue.wait", "How long requests of a queue waited until they were given to a worker", QUEUE);
        ObjLongConsumer<String> runs = metrics.times(
                "holdfast.queue.run", "How long workers had requests of a queue, until the end of the response", QUEUE);
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

    private static void report(WorkRoom work, Metrics metrics) {
        metrics.gauges(
                "holdfast.queue",
                QUEUE,
                work::queues,
                List.of(
                        new Part<>(
                                "waiting",
                                "Requests of clients of this member that wait for a worker",
                                QueueNumbers::waiting),
                        new Part<>(
                                "oldest",
                                "For how many seconds the first of them has waited",
                                QueueNumbers::oldestSeconds),
                        new Part<>("busy", "Requests of clients of this member that a worker has", QueueNumbers::busy),
                        new Part<>("idle", "Workers of this member that are idle", QueueNumbers::idle)));
        metrics.gauge("holdfast.jobs", "Jobs that this member looks after and that have not ended", work::jobs);
        metrics.gauge("holdfast.jobs.running", "Those of them that have a worker", work::running);
        metrics.count("holdfast.jobs.succeeded", "Jobs that this member has seen succeed", work::succeeded);
        metrics.count("holdfast.jobs.failed", "Jobs that it has seen fail", work::failed);
        metrics.count("holdfast.jobs.dead", "Jobs that it has tried as often as it may", work::dead);
    }

    private static void drain(Waiters waiters, Duration window) throws InterruptedException, ExecutionException {
        int held = waiters.stats().held();
        if (held > 0) LOG.log(Level.INFO, () -> "Draining holds=" + held + " window=" + window);
        try {
            waiters.drain(window).toCompletableFuture().get(window.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Some held requests were not answered in time holds="
                            + waiters.stats().held());
        }
    }

    private <T extends AutoCloseable> T open(T room) {
        opened.push(room);
        return room;
    }
}
