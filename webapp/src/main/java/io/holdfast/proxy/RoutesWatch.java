// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.config.SettingsException;
import io.holdfast.proxy.WatchedFile.Stamp;
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
 * The routes of a file that is looked at every second. When it has changed, and then stayed as it is for a second, it is read:
 * either its routes are in use from then on, all of them, or the old ones stay in use and the log says why.
 */
final class RoutesWatch implements AutoCloseable {
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
     * Reads the file now, on this thread, and looks at it from now on, on a thread of its own.
     *
     * @throws SettingsException naming everything that is wrong with the file
     */
    static RoutesWatch open(Path file, Timer timer) {
        BackgroundTask task = new BackgroundTask("holdfast-routes");
        return new RoutesWatch(file, timer, task::start, task::close);
    }

    /** As {@link #open}, with looks that run there, one at a time, until stopped. */
    RoutesWatch(Path path, Timer timer, Executor looks, Runnable stop) {
        this.stop = stop;
        file = new WatchedFile(path);
        settled = file.stamp();
        seen = settled;
        lines = firstLines();
        current = firstTable(parsed(lines));
        looking = timer.every(PAUSE, () -> looks.execute(this::look));
    }

    private List<String> firstLines() {
        try {
            return file.lines();
        } catch (IOException e) {
            throw new SettingsException(List.of("The routes file " + file.path() + " " + e.getMessage() + "."), e);
        }
    }

    private RoutesFile.Parsed parsed(List<String> text) {
        return RoutesFile.parse(file.path().resolveSibling(""), text);
    }

    private RouteTable firstTable(RoutesFile.Parsed parsed) {
        if (parsed.problems().isEmpty()) return loaded(parsed);
        throw new SettingsException(faults(parsed).toList(), null);
    }

    private Stream<String> faults(RoutesFile.Parsed parsed) {
        return parsed.problems().stream().map(problem -> file.path() + ", " + problem);
    }

    private RouteTable loaded(RoutesFile.Parsed parsed) {
        LOG.log(
                Level.INFO,
                () -> "Routes are in use file=" + file.path() + " routes="
                        + parsed.routes().size());
        return new RouteTable(parsed.routes());
    }

    /** The routes as they are now. Whoever serves a request keeps to one table. */
    RouteTable current() {
        return current;
    }

    /** Names the one who is given the routes: those of now at once, and others as soon as they are in use. */
    synchronized void onChange(Consumer<RouteTable> told) {
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
            RoutesFile.Parsed parsed = parsed(found);
            if (parsed.problems().isEmpty()) {
                current = loaded(parsed);
                listener.accept(current);
            } else stays(String.join("\n  ", faults(parsed).toList()));
        } catch (IOException e) {
            // It stays unsettled, so that the next look reads it again.
            stays(file.path() + " " + e.getMessage() + ".");
        }
    }

    private void stays(String why) {
        if (closed || why.equals(told)) return;
        told = why;
        LOG.log(Level.WARNING, () -> "The routes in use stay, because of their file:\n  " + why);
    }

    /** Looks no more; the routes stay as they are. */
    @Override
    public void close() {
        closed = true;
        looking.cancel();
        stop.run();
    }
}
