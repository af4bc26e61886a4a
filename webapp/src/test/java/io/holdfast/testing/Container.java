// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.Servlet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.xnio.Options;

/** The servers whose asynchronous input and output differ, each with one servlet and few threads. */
public enum Container {
    JETTY {
        @Override
        public Running start(Servlet servlet) throws Exception {
            Server server = new Server(new QueuedThreadPool(THREADS));
            ServerConnector connector = new ServerConnector(server, 1, 1);
            connector.setHost(LOCAL);
            connector.setAcceptQueueSize(BACKLOG);
            connector.setIdleTimeout(IDLE_MILLIS);
            connector.setAcceptedSendBufferSize(SEND_BUFFER);
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler("/");
            ServletHolder holder = new ServletHolder(servlet);
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/");
            ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
            errors.addErrorPage(ErrorPageErrorHandler.GLOBAL_ERROR_PAGE, "/error");
            context.setErrorHandler(errors);
            server.setHandler(context);
            server.start();
            return new Running(connector.getLocalPort(), server::stop);
        }
    },

    TOMCAT {
        @Override
        public Running start(Servlet servlet) throws Exception {
            Path home = Files.createTempDirectory("tomcat");
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(home.toString());
            tomcat.setPort(0);
            tomcat.getConnector().setProperty("address", LOCAL);
            tomcat.getConnector().setProperty("maxThreads", Integer.toString(THREADS));
            tomcat.getConnector().setProperty("acceptCount", Integer.toString(BACKLOG));
            tomcat.getConnector().setProperty("connectionTimeout", Integer.toString(STUCK_MILLIS));
            tomcat.getConnector().setProperty("socket.txBufSize", Integer.toString(SEND_BUFFER));
            Context context = tomcat.addContext("", home.toString());
            quieten(context);
            Wrapper front = Tomcat.addServlet(context, "front", servlet);
            front.setAsyncSupported(true);
            front.addMapping("/");
            ErrorPage errors = new ErrorPage();
            errors.setLocation("/error");
            context.addErrorPage(errors);
            tomcat.getHost().getPipeline().addValve(silent());
            tomcat.start();
            return new Running(tomcat.getConnector().getLocalPort(), () -> {
                tomcat.stop();
                tomcat.destroy();
            });
        }
    },

    UNDERTOW {
        @Override
        public Running start(Servlet servlet) throws Exception {
            DeploymentInfo info = Servlets.deployment()
                    .setClassLoader(Container.class.getClassLoader())
                    .setContextPath("/")
                    .setDeploymentName("test")
                    .addErrorPage(new io.undertow.servlet.api.ErrorPage("/error"))
                    .addServlet(Servlets.servlet("front", Servlet.class, new ImmediateInstanceFactory<>(servlet))
                            .setAsyncSupported(true)
                            .addMapping("/"));
            DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
            deployment.deploy();
            Undertow server = Undertow.builder()
                    .addHttpListener(0, LOCAL)
                    .setIoThreads(2)
                    .setWorkerThreads(THREADS)
                    .setHandler(deployment.start())
                    .setServerOption(UndertowOptions.MAX_HEADER_SIZE, LONGEST_HEAD)
                    .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                    .setSocketOption(Options.BACKLOG, BACKLOG)
                    .setSocketOption(Options.SEND_BUFFER, SEND_BUFFER)
                    .build();
            server.start();
            int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
            return new Running(port, server::stop);
        }
    };

    /** The most threads that serve requests. */
    public static final int THREADS = 8;

    private static final int BACKLOG = 1_024;
    private static final int SEND_BUFFER = 64 * 1024;
    /** After how long Tomcat gives up a client that reads none of the bytes it is sent. */
    private static final int STUCK_MILLIS = 3_000;

    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int IDLE_MILLIS = 200_000;
    private static final String LOCAL = InetAddress.getLoopbackAddress().getHostAddress();

    /** As in {@code tomcat-conf}. */
    private static ErrorReportValve silent() {
        ErrorReportValve valve = new ErrorReportValve();
        valve.setShowReport(false);
        valve.setShowServerInfo(false);
        return valve;
    }

    /** Spares us the warnings about an application that is not one of its own class loader. */
    private static void quieten(Context context) {
        StandardContext standard = (StandardContext) context;
        standard.setClearReferencesObjectStreamClassCaches(false);
        standard.setClearReferencesRmiTargets(false);
        standard.setClearReferencesThreadLocals(false);
    }

    /** Starts a server with the servlet at every path. */
    public abstract Running start(Servlet servlet) throws Exception;

    /** How a server is stopped. */
    @FunctionalInterface
    public interface Stop {

        /** Stops it. */
        void run() throws Exception;
    }

    /**
     * A server that runs.
     *
     * @param port where it listens
     * @param stop ends it
     */
    public record Running(int port, Stop stop) implements AutoCloseable {

        @Override
        public void close() {
            try {
                stop.run();
            } catch (Exception e) {
                throw new IllegalStateException("The server did not stop", e);
            }
        }
    }
}
