// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.config.SettingsException;
import io.holdfast.proxy.routes.WatchedFile.Stamp;
import io.holdfast.time.Timer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The routes of a file, which is checked every second. The file is read when it has changed and then stayed the same for a second. Either
 * all of its routes replace the old ones, or the old ones stay in use and the log says why.
 */
public final class RoutesWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RoutesWatch.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final WatchedFile file;
    private final Runnable stop;
    private final Timer.Scheduled looking;
    private volatile RouteTable current;
    private Consumer<RouteTable> listener = table -> {}; // guarded by this
    private volatile boolean closed;
    private Optional<Stamp> seen; // guarded by this
    private Optional<Stamp> settled; // guarded by this
    private List<String> lines; // guarded by this
    private String told = ""; // guarded by this

    /**
     * Reads the file now, on this thread, and from now on checks it on a thread of its own.
     *
     * @throws SettingsException naming every problem of the file
     */
    public static RoutesWatch open(Path file, Timer timer) {
        BackgroundTask task = new BackgroundTask("holdfast-routes");
        return new RoutesWatch(file, timer, task::start, task::close);
    }

    /** As {@link #open}, with checks that run on that executor, one at a time, until this is closed. */
    RoutesWatch(Path path, Timer timer, Executor looks, Runnable stop) {
        this.stop = stop;
        file = new WatchedFile(path);
        settled = file.stamp();
        seen = settled;
        lines = firstLines();
        current = firstTable(parsed(file, lines));
        looking = timer.every(PAUSE, () -> looks.execute(this::look));
    }

    /** The faults of a routes file, a sentence each; empty if it can be used. */
    public static List<String> faults(Path path) {
        WatchedFile file = new WatchedFile(path);
        try {
            return faults(file, parsed(file, file.lines())).toList();
        } catch (IOException e) {
            return List.of(fault(file, e));
        }
    }

    private static String fault(WatchedFile file, IOException why) {
        return "The routes file " + file.path() + " " + why.getMessage() + ".";
    }

    private List<String> firstLines() {
        try {
            return file.lines();
        } catch (IOException e) {
            throw new SettingsException(List.of(fault(file, e)), e);
        }
    }

    private static RoutesFile.Parsed parsed(WatchedFile file, List<String> text) {
        return RoutesFile.parse(file.path().resolveSibling(""), text);
    }

    private RouteTable firstTable(RoutesFile.Parsed parsed) {
        if (parsed.problems().isEmpty()) return loaded(parsed);
        throw new SettingsException(faults(file, parsed).toList(), null);
    }

    private static Stream<String> faults(WatchedFile file, RoutesFile.Parsed parsed) {
        return parsed.problems().stream().map(problem -> file.path() + ", " + problem);
    }

    private RouteTable loaded(RoutesFile.Parsed parsed) {
        LOG.log(
                Level.INFO,
                () -> "Routes are in use file=" + file.path() + " routes="
                        + parsed.routes().size());
        return new RouteTable(parsed.routes());
    }

    /** The present routes. A request must use the same table from beginning to end. */
    public RouteTable current() {
        return current;
    }

    /** Sets the listener. It gets the present routes at once, and new routes as soon as they are in use. */
    public synchronized void onChange(Consumer<RouteTable> told) {
        listener = told;
        told.accept(current);
    }

    private synchronized void look() {
        Optional<Stamp> now = file.stamp();
        boolean still = now.equals(seen);
        seen = now;
        if (now.equals(settled)) told = "";
        else if (still) reload(now);
    }

    private void reload(Optional<Stamp> now) {
        try {
            List<String> found = file.lines();
            settled = now;
            told = "";
            if (found.equals(lines)) return;
            lines = found;
            RoutesFile.Parsed parsed = parsed(file, found);
            if (parsed.problems().isEmpty()) {
                current = loaded(parsed);
                listener.accept(current);
            } else stays(String.join("\n  ", faults(file, parsed).toList()));
        } catch (IOException e) {
            // The file stays unsettled, so that the next check reads it again.
            stays(file.path() + " " + e.getMessage() + ".");
        }
    }

    private void stays(String why) {
        if (closed || why.equals(told)) return;
        told = why;
        LOG.log(Level.WARNING, () -> "The routes in use stay, because of their file:\n  " + why);
    }

    /** Stops checking the file. The routes stay in use. */
    @Override
    public void close() {
        closed = true;
        looking.cancel();
        stop.run();
    }
}
