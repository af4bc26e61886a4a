// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.drain.program.DrainCommand;
import io.holdfast.drain.program.SecondSignal;
import io.holdfast.http.FrontServlet;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** One member without an application server: the same listener and servlet on an embedded Undertow, bound to loopback. */
@Command(
        name = "java -jar holdfast.war",
        mixinStandardHelpOptions = true,
        versionProvider = Standalone.Version.class,
        sortOptions = false,
        subcommands = DrainCommand.class,
        abbreviateSynopsis = true,
        description = "Holds HTTP requests open and lets any cluster member release them.",
        footer = {
            "",
            "Every other setting: a system property before -jar, or a line in the file of",
            "--config. For example, -Dholdfast.hold.limit=20000, or hold.limit=20000.",
            "Ctrl-C drains and stops; a second one does so without delay.",
            "",
            "A cluster of two on this machine:",
            "  java -jar holdfast.war --port 8080 --cluster demo --cluster-port 5701 \\",
            "      --peers 127.0.0.1:5701,127.0.0.1:5702",
            "  java -jar holdfast.war --port 8081 --cluster demo --cluster-port 5702 \\",
            "      --peers 127.0.0.1:5701,127.0.0.1:5702"
        })
public final class Standalone implements Callable<Integer> {
    private static final String USERS = "HOLDFAST_USERS";
    private static final int LONGEST_HEAD_TIME = 3_600;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "HTTP port (default 8080).")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to bind (default 127.0.0.1; 0.0.0.0 for all).")
    private String bind = "";

    @Option(names = "--config", paramLabel = "FILE", description = "Settings file, a line KEY=VALUE each.")
    private @Nullable Path config;

    @Option(
            names = "--routes",
            paramLabel = "FILE",
            description = "Routes file: which requests are passed on to which backends.")
    private @Nullable Path routes;

    @Option(
            names = "--worker-port",
            paramLabel = "PORT",
            description = "Port where workers connect that are given the requests of the queue default.")
    private @Nullable Integer workerPort;

    @Option(names = "--cluster", paramLabel = "NAME", description = "Name of the cluster; needed with --peers.")
    private @Nullable String cluster;

    @Option(names = "--cluster-port", paramLabel = "PORT", description = "Member port (default 5701 with --peers).")
    private @Nullable Integer clusterPort;

    @Option(names = "--peers", paramLabel = "HOST:PORT,...", description = "Member addresses to join.")
    private @Nullable String peers;

    @Option(
            names = "--connections",
            paramLabel = "NUMBER",
            description = "Most connections at once (default: as many as the process may open files for).")
    private @Nullable Integer connections;

    @Option(
            names = "--head-time",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "Time within which the head of a request must come (default 20).")
    private int headTime;

    @Option(
            names = "--user",
            paramLabel = "NAME:PASSWORD",
            description = {
                "Somebody whom the server knows by HTTP Basic, in every role; may be given more than once. Others on this machine can "
                        + "read it here; the variable " + USERS + " is private, its users separated by commas."
            })
    private List<String> users = List.of();

    @Option(names = "--demo", description = "Connects a simulated camera, and says what to ask it.")
    private boolean demo;

    private String firstUser = "";
    private final StandaloneUsers known = new StandaloneUsers();
    private final PrintStream out = System.out;
    private final Consumer<Runnable> whenStopped;

    /** A run that is not started. */
    Standalone(Consumer<Runnable> whenStopped) {
        this.whenStopped = whenStopped;
    }

    /**
     * Runs until it is stopped. Returns the exit code.
     *
     * @param whenStopped receives the task to run when the process ends, before the archive's classes are removed
     */
    public static int run(String[] arguments, Consumer<Runnable> whenStopped) {
        NameCache.shorten();
        MemoryGuard.stand();
        return new CommandLine(new Standalone(whenStopped)).execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65535) return refuse("--port must be a number from 0 to 65535, not " + port + ".");
        if (connections != null && connections < 1)
            return refuse("--connections must be a number from 1 on, not " + connections + ".");
        if (headTime < 1 || headTime > LONGEST_HEAD_TIME)
            return refuse("--head-time must be a number from 1 to " + LONGEST_HEAD_TIME + ", not " + headTime + ".");
        if (config != null && !(Files.isRegularFile(config) && Files.isReadable(config)))
            return refuse("--config must name a file that can be read, not " + config
                    + (Files.isDirectory(config) ? ", which is a folder. Name the file in it." : "."));
        if (routes != null && !(Files.isRegularFile(routes) && Files.isReadable(routes)))
            return refuse("--routes must name a file that can be read, not " + routes + ".");
        List<String> all = new ArrayList<>(users);
        String variable = System.getenv(USERS);
        if (variable != null && !variable.isBlank()) all.addAll(List.of(variable.split(",")));
        if (demo && all.isEmpty()) all.add(Demo.CREDENTIALS);
        for (String user : all)
            if (!known.add(user))
                return refuse("--user, or each in " + USERS + ", must be NAME:PASSWORD, neither of them empty.");
        firstUser = all.isEmpty() ? "" : all.get(0);
        set("holdfast.config", config);
        set("holdfast.proxy.routes", routes);
        set("holdfast.work.port", workerPort);
        set("holdfast.cluster.name", cluster);
        set("holdfast.cluster.port", clusterPort);
        set("holdfast.cluster.peers", peers);
        try {
            return serve();
        } catch (RuntimeException | ServletException e) {
            return refuse(Startup.explain(e));
        }
    }

    private static void set(String property, @Nullable Object value) {
        if (value != null) System.setProperty(property, value.toString());
    }

    private int serve() throws ServletException, InterruptedException {
        // The port comes first: if it is taken, the member must not join a cluster.
        InetSocketAddress address;
        ReservedPort reserved;
        try {
            address = new InetSocketAddress(InetAddress.getByName(bind), port);
            reserved = new ReservedPort(address);
        } catch (IOException | RuntimeException e) {
            return refuse(whyNotBound(e));
        }
        // This program tells its faults itself.
        Startup startup = new Startup(SettingsSources::open, fault -> {});
        Gate gate = new Gate(startup::isLeaving);
        DeploymentManager deployment = Servlets.defaultContainer()
                .addDeployment(deployment()
                        .addListener(new ListenerInfo(Startup.class, new ImmediateInstanceFactory<>(startup)))
                        .setIdentityManager(known)
                        .setSecurityContextFactory(StandaloneUsers::context));
        CountDownLatch stopped = new CountDownLatch(1);
        try (reserved) {
            deployment.deploy();
            gate.open(deployment.start());
        }
        // Clients and load balancers try again if they are refused the connection, but not after every answer.
        HttpPort server;
        try {
            server = HttpPort.open(
                    address,
                    connections == null ? OpenFiles.connections() : connections,
                    Duration.ofSeconds(headTime),
                    gate);
        } catch (IOException | RuntimeException e) {
            undeploy(deployment);
            return refuse(whyNotBound(e));
        }
        whenStopped.accept(() -> stop(startup, gate, deployment, server, stopped));
        out.println("Holdfast is up at http://" + bind + ":" + server.number() + "/  (Ctrl-C drains and stops)");
        if (demo) demonstrate(server.number(), stopped);
        else stopped.await();
        return 0;
    }

    @SuppressWarnings("try") // it only has to run in the meantime
    private void demonstrate(int boundPort, CountDownLatch stopped) throws InterruptedException {
        String host = isAnyAddress(bind) ? "127.0.0.1" : bind.contains(":") ? "[" + bind + "]" : bind;
        URI server = URI.create("http://" + host + ":" + boundPort + "/");
        try (Demo running = Demo.start(server, firstUser)) {
            out.println(Demo.toTry(server, firstUser));
            stopped.await();
        }
    }

    private static boolean isAnyAddress(String address) {
        try {
            return InetAddress.getByName(address).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private String whyNotBound(Exception failure) {
        if (!isOfThisMachine(bind))
            return bind + " is no address of this machine. Name one of its addresses with --bind, or 0.0.0.0 for all.";
        return "Port " + port + " on " + bind + " cannot be used: " + Startup.explain(failure)
                + ". Stop what holds it, or choose another with --port.";
    }

    private static boolean isOfThisMachine(String address) {
        try {
            InetAddress found = InetAddress.getByName(address);
            return found.isAnyLocalAddress()
                    || found.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(found) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }

    /** The application as it is deployed, without the servlet. */
    static DeploymentInfo deployment() {
        return Servlets.deployment()
                .setClassLoader(Standalone.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("holdfast")
                .addInnerHandlerChainWrapper(Gate::withTargets)
                .addInitParameter(FrontServlet.TRUE_ADDRESSES, "")
                .addErrorPage(new ErrorPage("/error"));
    }

    /** Answers all requests before the servlet stops. Otherwise, the server would answer the remaining ones with an empty 500. */
    private void stop(
            Startup startup, Gate gate, DeploymentManager deployment, HttpPort server, CountDownLatch stopped) {
        out.println(
                "Stopping: load balancers are told first, then held requests are answered. A second signal hastens that.");
        SecondSignal.on(startup::hasten);
        startup.drain(server::stopAccepting);
        gate.close(LAST_ANSWERS);
        server.closeIdle();
        undeploy(deployment);
        server.close();
        stopped.countDown();
    }

    private void undeploy(DeploymentManager deployment) {
        try {
            deployment.stop();
            deployment.undeploy();
        } catch (ServletException e) {
            out.println(Startup.explain(e));
        }
    }

    /** The version in the manifest of the archive, which the launcher keeps with the classes. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Standalone.class.getPackage().getImplementationVersion();
            return new String[] {"Holdfast " + (version == null ? "of no version" : version)};
        }
    }

    private int refuse(@Nullable String sentence) {
        System.err.println(sentence);
        return 2;
    }
}
