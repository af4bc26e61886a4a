// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the holds whose clients have left, by a sweep of the kernel's table now and then, and ends them. */
public final class Departures implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Departures.class.getName());
    private static final Path LINUX = Path.of("/proc/self/net");

    /** Up to so many rows, two sweeps come within ten seconds, however slow the machine is. */
    private static final int USUAL_ROWS = 15_000;

    private static final Duration SHORTEST = Duration.ofSeconds(1), LONGEST = Duration.ofSeconds(4);
    /** The sweeps cost half a percent of a processor, and more, up to five percent, where the pauses would be too long. */
    private static final int PAUSE_PER_COST = 200, LEAST_PAUSE_PER_COST = 20;

    private static final int BATCH = 64, PORTS = 1 << Character.SIZE;

    private final ConcurrentHashMap<TcpPair, Watched> connections = new ConcurrentHashMap<>();
    private final TcpTable table;
    private final boolean keepsHalfClosed;
    private final Timer timer;
    private final Executor executor;
    private final LongSupplier cost;
    private volatile int number;
    private volatile int unwatched;
    private volatile boolean showsAll, closed;
    private volatile @Nullable Scheduled next;

    // Of the thread that sweeps.
    private final BitSet listening = new BitSet(PORTS);
    private boolean warned;

    /** How a client is treated that closes its side of the connection while its request is held. */
    public enum HalfClosed {
        /** It has left. */
        GONE,
        /** It may still read. */
        KEEP
    }

    Departures(TcpTable table, HalfClosed halfClosed, Timer timer, Executor executor, LongSupplier cost) {
        this.table = table;
        this.keepsHalfClosed = halfClosed == HalfClosed.KEEP;
        this.timer = timer;
        this.executor = executor;
        this.cost = cost;
    }

    /**
     * Begins to sweep.
     *
     * @param executor runs the sweeps, and what ends the holds
     */
    public static Departures open(HalfClosed halfClosed, Timer timer, Executor executor) {
        Departures opened = new Departures(
                new TcpTable(LINUX, ByteOrder.nativeOrder()), halfClosed, timer, executor, Departures::processorTime);
        opened.start();
        return opened;
    }

    private static long processorTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : System.nanoTime();
    }

    void start() {
        arm(SHORTEST);
    }

    /** Says that requests show the true ends of their connections. So a connection that is not in the table is none. */
    public void trustAddresses() {
        showsAll = true;
    }

    /**
     * Watches the connection with these ends.
     *
     * @param whenLeft runs, on the executor, at most once, if the client has left
     */
    public Watched watch(InetAddress remote, int remotePort, int localPort, Runnable whenLeft) {
        Watched watched = new Watched(this, TcpPair.of(remote, remotePort, localPort), number, whenLeft);
        connections.compute(watched.pair, (pair, first) -> {
            watched.next = first;
            return watched;
        });
        return watched;
    }

    void forget(Watched watched) {
        connections.computeIfPresent(watched.pair, (pair, first) -> {
            if (first == watched) return watched.next;
            for (Watched each = first; each != null; each = each.next)
                if (each.next == watched) each.next = watched.next;
            return first;
        });
    }

    /** How many holds there are of which only a write can tell whether the client is still there. */
    public int unwatched() {
        return unwatched;
    }

    private void arm(Duration pause) {
        if (!closed) next = timer.after(pause, () -> executor.execute(this::sweepAgain));
    }

    private void sweepAgain() {
        Duration pause = LONGEST;
        try {
            pause = sweep();
        } finally {
            arm(pause);
        }
    }

    /** Sweeps once; returns the pause until the next sweep. */
    private Duration sweep() {
        if (closed || connections.isEmpty()) {
            unwatched = 0;
            return SHORTEST;
        }
        long before = cost.getAsLong();
        int now = number + 1;
        number = now;
        int rows;
        try {
            rows = read(now);
        } catch (IOException e) {
            watchNone(e);
            return LONGEST;
        }
        List<Watched> left = new ArrayList<>();
        int hidden = 0;
        for (Watched first : connections.values())
            for (Watched each = first; each != null; each = each.next) {
                boolean shown = showsAll && listening.get(each.pair.localPort());
                if (each.isLeftAfter(now, keepsHalfClosed, shown)) left.add(each);
                else if (each.isUnwatched()) hidden++;
            }
        count(hidden, "their connections are not in the kernel's table, as behind a valve that puts another address");
        for (int from = 0; from < left.size(); from += BATCH)
            end(left.subList(from, Math.min(left.size(), from + BATCH)));
        return pause(cost.getAsLong() - before, rows);
    }

    private int read(int now) throws IOException {
        listening.clear();
        return table.read((pair, state) -> {
            if (state == TcpTable.LISTEN) listening.set(pair.localPort());
            else if (state == TcpTable.ESTABLISHED || state == TcpTable.CLOSE_WAIT)
                for (Watched each = connections.get(pair); each != null; each = each.next) each.note(now, state);
        });
    }

    private void watchNone(IOException why) {
        int all = 0;
        for (Watched first : connections.values())
            for (Watched each = first; each != null; each = each.next, all++) each.becomeUnwatched();
        count(all, "the kernel's table of connections cannot be read: " + why.getMessage());
    }

    private void count(int hidden, String why) {
        unwatched = hidden;
        if (hidden == 0 || warned) return;
        warned = true;
        LOG.log(
                Level.WARNING,
                () -> "Holdfast does not notice when some clients leave, because " + why
                        + ". Their holds end when something is written, or in time. holdfast_holds_unwatched="
                        + hidden);
    }

    private void end(List<Watched> batch) {
        executor.execute(() -> {
            for (Watched each : batch) {
                try {
                    each.leave();
                } catch (RuntimeException e) {
                    // The others have left, too.
                    LOG.log(Level.ERROR, "A hold whose client has left did not end", e);
                }
            }
        });
    }

    static Duration pause(long cost, int rows) {
        Duration fair = Duration.ofNanos(cost * PAUSE_PER_COST), least = Duration.ofNanos(cost * LEAST_PAUSE_PER_COST);
        if (fair.compareTo(SHORTEST) < 0) return SHORTEST;
        if (fair.compareTo(LONGEST) < 0) return fair;
        return rows <= USUAL_ROWS || least.compareTo(LONGEST) < 0 ? LONGEST : least;
    }

    @Override
    public void close() {
        closed = true;
        Scheduled waiting = next;
        if (waiting != null) waiting.cancel();
        try {
            table.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The kernel's table of connections was not closed", e);
        }
    }
}
