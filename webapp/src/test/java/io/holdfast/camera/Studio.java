// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.access.Access;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Json;
import io.holdfast.kernel.Kernel;
import io.holdfast.testing.Container;
import io.holdfast.testing.ManualTime;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The room of cameras alone, on a member of its own. Its time passes when the test says so, it does one thing after the other, and
 * its server knows every user who asks.
 */
final class Studio implements AutoCloseable {
    private static final int MOST_HELD = 100;

    /** Runs its tasks in order, one after the other. */
    final ExecutorService executor = Executors.newSingleThreadExecutor();

    final Cameras cameras;
    final Cluster cluster;
    final Backlog backlog;
    private final ManualTime time;
    private final SystemTimer timer = new SystemTimer("studio");
    private final Json json = new Json();
    private final CameraResource resource;

    /** A member with these settings that may keep so many bytes for slow clients. */
    Studio(Map<String, String> options, long mostBacklog, ManualTime time) {
        Settings settings = settings(options);
        CameraOptions filming = CameraOptions.read(settings);
        this.time = time;
        this.backlog = new Backlog(mostBacklog, json);
        this.cluster = Cluster.open(ClusterOptions.read(settings), List.of(CameraRoom.part()), Clocks.system(timer));
        Waiters waiters =
                new Waiters(new WaiterLimits(MOST_HELD, 1), time, time, executor, (ending, held, release) -> {});
        Kernel kernel = new Kernel(cluster, waiters, Access.read(settings), json, time.clocks(), executor);
        this.cameras = new Cameras(kernel, filming);
        this.resource = new CameraResource(kernel, cameras, filming);
    }

    private static Settings settings(Map<String, String> options) {
        Properties properties = new Properties();
        options.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    /** Starts a server with the paths of cameras. */
    Container.Running serve(Container container) throws Exception {
        Routes routes = new Routes();
        for (String camera : new String[] {"", "/cameras/{camera}"}) {
            routes.add(camera + "/updates/", Map.of("GET", resource::updates));
            routes.add(camera + "/logs/", Map.of("GET", resource::logs));
            routes.add(camera + "/dump/", Map.of("POST", resource::dump));
        }
        WaitLimits waits = new WaitLimits(Duration.ofMinutes(2), Duration.ofSeconds(5));
        return container.start(new Known(new FrontServlet(routes, waits, backlog, json)));
    }

    /** Lets so much time pass, and runs the tasks that fall due. */
    void pass(Duration step) throws InterruptedException, ExecutionException {
        time.advance(step);
        settle();
    }

    /** Waits for the tasks that this member has begun. */
    void settle() throws InterruptedException, ExecutionException {
        executor.submit(() -> {}).get();
    }

    /** The camera {@code default} after all steps that were begun. */
    Camera camera() throws InterruptedException, ExecutionException {
        return cameras.camera("default").toCompletableFuture().get();
    }

    @Override
    public void close() {
        cameras.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
        json.close();
    }

    /** In front of the servlet: a server that knows every user. */
    private static final class Known extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Servlet front;

        Known(Servlet front) {
            this.front = front;
        }

        @Override
        public void init() throws ServletException {
            front.init(getServletConfig());
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
            front.service(new OfSomebody((HttpServletRequest) request), (HttpServletResponse) response);
        }
    }

    private static final class OfSomebody extends HttpServletRequestWrapper {

        OfSomebody(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> "somebody";
        }
    }
}
