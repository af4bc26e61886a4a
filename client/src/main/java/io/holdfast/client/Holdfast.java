// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of Holdfast, by the addresses of its members or of what stands before them. The first address is used until it fails, then
 * the next.
 *
 * <pre>{@code
 * try (Holdfast holdfast = Holdfast.at(URI.create("http://localhost:8080/"))) {
 *     Following orders = holdfast.follow("orders").after(stored).start(event -> System.out.println(event.text()));
 *     holdfast.publish("orders").type("created").send("any bytes").thenAccept(receipt -> System.out.println(receipt.id()));
 *     ...
 * }
 * }</pre>
 *
 * Its threads are daemons: a process that only follows must wait for {@link Following#done}, one that only plays a camera for
 * {@link RunningCamera#done}, one that only works for {@link RunningWorker#done}.
 */
public final class Holdfast implements AutoCloseable {
    private static final AtomicInteger THREADS = new AtomicInteger();
    private static final int IDLE_SECONDS = 10;

    private final Addresses addresses;
    private final Connection connection;
    private final Runnable closer;
    private final Set<Runnable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Holdfast(Addresses addresses, Connection connection, Runnable closer) {
        this.addresses = addresses;
        this.connection = connection;
        this.closer = closer;
    }

    /** The cluster at these addresses, {@code http} or {@code https}; for a {@link Worker}, {@code tcp://HOST:PORT} of worker ports, too. */
    public static Holdfast at(URI... addresses) {
        return open(List.of(addresses), null);
    }

    /** The same for a caller with a name and password, sent as HTTP Basic with every request: use {@code https}. */
    public static Holdfast as(String name, String password, URI... addresses) {
        if (name.indexOf(':') >= 0) throw new IllegalArgumentException("A user's name must not contain a colon.");
        return open(List.of(addresses), Connection.basic(name, password));
    }

    private static Holdfast open(Collection<URI> addresses, @Nullable String authorization) {
        Addresses checked = Addresses.of(addresses);
        SystemTimer timer = new SystemTimer("holdfast-client-timer");
        Connection connection = Connection.of(pool(), Surroundings.real(timer), authorization);
        return new Holdfast(checked, connection, timer::close);
    }

    static ExecutorService pool() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "holdfast-client-" + THREADS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Channels to follow as one, up to 32. */
    public Follow follow(String... channels) {
        return new Follow(List.of(channels), this::start);
    }

    private Following start(Plan plan, Listener listener) {
        Follower follower = new Follower(plan, addresses.fresh(), connection, listener);
        keepUntilDone(follower::stop, follower.done());
        follower.begin();
        return new Following(follower);
    }

    /** A channel to publish to. */
    public Publish publish(String channel) {
        return new Publish(channel, this::call);
    }

    private <T> CompletionStage<T> call(Call.Question<T> question, Duration giveUp) {
        Call<T> call = new Call<>(question, addresses.fresh(), connection, giveUp);
        keepUntilDone(call::abandon, call.outcome());
        call.begin();
        return call.outcome();
    }

    /** A camera to play. */
    public Camera camera(String name) {
        return new Camera(name, this::play);
    }

    private RunningCamera play(CameraPlan plan, CameraListener listener) {
        CameraPoller poller = new CameraPoller(plan, addresses.fresh(), connection, listener);
        return play(poller, poller::begin);
    }

    /** A camera to play that makes up what it sees. */
    public SimulatedCamera simulatedCamera(String name) {
        return new SimulatedCamera(name, this::simulate);
    }

    private RunningCamera simulate(CameraName name, Duration every, boolean plain, CameraListener listener) {
        Simulation simulation = new Simulation(name, every, plain, addresses.fresh(), connection, listener);
        return play(simulation.poller(), simulation::begin);
    }

    private RunningCamera play(CameraPoller poller, Runnable beginning) {
        keepUntilDone(poller::stop, poller.done());
        beginning.run();
        return new RunningCamera(poller);
    }

    /** The logs of a camera that is played elsewhere. */
    public Logs logs(String name) {
        return new Logs(name, this::call);
    }

    /** A queue to work for. */
    public Worker worker(String queue) {
        return new Worker(queue, this::work);
    }

    private RunningWorker work(WorkerPlan plan, WorkerListener listener) {
        Crew crew = new Crew(plan, addresses, connection, listener);
        keepUntilDone(crew::abandon, crew.done());
        crew.begin();
        return new RunningWorker(crew);
    }

    private void keepUntilDone(Runnable ending, CompletionStage<?> done) {
        if (closed) throw new IllegalStateException("This client is closed.");
        open.add(ending);
        done.whenComplete((value, error) -> open.remove(ending));
        // Closing may have looked before.
        if (closed) ending.run();
    }

    /** Stops what is followed and played, abandons what is worked at, and gives up what is not yet published or answered. */
    @Override
    public void close() {
        closed = true;
        open.forEach(Runnable::run);
        closer.run();
    }
}
