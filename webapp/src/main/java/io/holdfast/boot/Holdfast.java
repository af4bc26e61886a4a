// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.camera.CameraRoom;
import io.holdfast.channel.ChannelRoom;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.config.PortFault;
import io.holdfast.config.Settings;
import io.holdfast.counter.CounterRoom;
import io.holdfast.counter.Counters;
import io.holdfast.departure.Departures;
import io.holdfast.drain.Drain;
import io.holdfast.drain.DrainOptions;
import io.holdfast.drain.DrainResource;
import io.holdfast.grip.GripRoom;
import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Json;
import io.holdfast.jobs.JobRoom;
import io.holdfast.kernel.Kernel;
import io.holdfast.ops.Metrics;
import io.holdfast.ops.OpsRoom;
import io.holdfast.ops.RoomMeters;
import io.holdfast.pace.Pace;
import io.holdfast.proxy.ProxyRoom;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.WorkRoom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** All the rooms of one process, opened in order and closed in reverse. */
public final class Holdfast implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Holdfast.class.getName());
    /** So large a part of the backlog, a quarter, is kept for publishers and operators. */
    private static final int KEPT = 4;

    private static final int DRAIN_GRACE_MILLIS = 2_000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Counters counters;
    private final FrontServlet servlet;
    private final Drain drain;
    private final DrainOptions timing;

    private Holdfast(Options options, String context) {
        Routes routes = new Routes();
        Json json = open(new Json());
        Backlog backlog =
                new Backlog(options.process().backlog(), options.process().backlog() / KEPT, json);
        servlet = new FrontServlet(
                routes,
                options.process().waits(),
                backlog,
                json,
                options.process().proxies(),
                options.crossOrigin());
        try {
            Metrics metrics = new Metrics();
            RoomMeters meters = new RoomMeters(metrics);
            Kernel kernel = openKernel(options, json, metrics);
            Departures departures = open(Departures.open(
                    options.process().halfClosed(), kernel.clocks().timer(), kernel.executor()));
            servlet.watch(departures);
            servlet.watch(
                    open(Pace.open(options.process().bodyRate(), kernel.clocks().timer(), kernel.executor())));
            timing = options.process().drain();
            drain = new Drain(kernel.waiters(), kernel.clocks(), kernel.executor(), timing);
            DrainResource switches = open(DrainResource.open(drain, options.access(), json, context));
            OpsRoom ops = open(OpsRoom.open(drain, kernel.cluster(), metrics, json, servlet::obstacle, context));
            CounterRoom counter = open(CounterRoom.open(kernel, options.counter()));
            ChannelRoom channel = open(ChannelRoom.open(kernel, options.channel()));
            CameraRoom camera = open(CameraRoom.open(kernel, options.camera()));
            WorkRoom work = open(WorkRoom.open(kernel, options.work(), meters.queueTimes()));
            JobRoom jobs = open(JobRoom.open(kernel, options.jobs(), work.queuesForOthers()));
            GripRoom grip = open(GripRoom.open(kernel, options.grip(), channel.journal("grip")));
            ProxyRoom proxy = open(ProxyRoom.open(options.proxy(), grip, json, kernel.clocks(), kernel.executor()));
            open(this::awaitDrain);
            counter.addTo(routes);
            channel.addTo(routes);
            camera.addTo(routes);
            work.addTo(routes, jobs::submit);
            jobs.addTo(routes);
            ops.addTo(routes);
            switches.addTo(routes);
            grip.addTo(routes);
            proxy.addTo(routes);
            meters.add(backlog);
            meters.add(departures);
            meters.add(channel);
            meters.add(camera);
            meters.add(work);
            meters.add(jobs);
            meters.add(grip);
            meters.add(proxy);
            counters = counter.counters();
        } catch (Throwable e) {
            // This also covers errors such as a missing class: open rooms have threads, and the member may have joined
            // a cluster.
            closeRooms();
            throw e;
        }
    }

    private Kernel openKernel(Options options, Json json, Metrics metrics) {
        SystemTimer timer = open(new SystemTimer("holdfast-timer"));
        Clocks clocks = Clocks.system(timer);
        ExecutorService executor = ReleaseThreads.start(options.process().releaseThreads());
        open(() -> ReleaseThreads.stop(executor));
        Waiters waiters = new Waiters(options.process().limits(), clocks.ticker(), timer, executor, metrics);
        Cluster cluster = open(Cluster.open(
                options.cluster(),
                List.of(
                        CounterRoom.part(),
                        ChannelRoom.part(),
                        CameraRoom.part(),
                        WorkRoom.part(),
                        JobRoom.part(),
                        ClusterPart.agreeing(options.agreed())),
                clocks));
        return new Kernel(cluster, waiters, options.access(), json, cluster.clocks(), executor);
    }

    /** Opens every room on the server of the standalone run. */
    public static Holdfast open(Settings settings, String context) {
        return open(settings, context, HeldResponse.BYTES);
    }

    /**
     * Opens every room.
     *
     * @param context the context path, which distinguishes this deployment from others on the same server
     * @param heldBytes the heap that a held request takes on this server
     * @throws io.holdfast.config.SettingsException if settings are wrong, before anything was opened
     * @throws PortFault if a port is taken; nothing stays open
     */
    static Holdfast open(Settings settings, String context, int heldBytes) {
        Options options = Options.read(settings, heldBytes);
        try {
            return OneShotThread.call("holdfast-start", () -> new Holdfast(options, context));
        } catch (PortFault fault) {
            String others = OpsRoom.others();
            throw others.isEmpty() ? fault : fault.beside(others);
        }
    }

    /** The servlet that serves every path. */
    public FrontServlet servlet() {
        return servlet;
    }

    /** The counters. */
    public Counters counters() {
        return counters;
    }

    /** Answers all held requests and holds no more requests, without a delay. Everything else continues. */
    public void drain() {
        close(this::awaitDrain);
    }

    /** Goes out of service with the delay of the settings. Then it closes the door, by which requests come, and answers the held ones. */
    void drain(Runnable door) {
        close(() -> await(drain.begin(door), timing.delay()));
        door.run(); // It was drained before, or was slow.
    }

    /** How far it is out of service. */
    Drain draining() {
        return drain;
    }

    /** Answers all held requests, leaves the cluster, and stops every thread. */
    @Override
    public void close() {
        OneShotThread.call("holdfast-stop", () -> {
            closeRooms();
            return true;
        });
        RecordCaches.clear();
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

    private void awaitDrain() throws InterruptedException, ExecutionException {
        await(drain.begin(Duration.ZERO), Duration.ZERO);
    }

    private void await(CompletionStage<Void> drained, Duration delay) throws InterruptedException, ExecutionException {
        long most = delay.plus(timing.window()).toMillis() + DRAIN_GRACE_MILLIS;
        try {
            drained.toCompletableFuture().get(most, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Some held requests were not answered in time holds="
                            + drain.progress().holds());
        }
    }

    private <T extends AutoCloseable> T open(T room) {
        opened.push(room);
        return room;
    }
}
