// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.tomcat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.ProtocolHandler;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * Drains Holdfast before Tomcat stops. Tomcat itself pauses its connectors first, and tells its applications last.
 *
 * <p>A listener of {@code <Server>}. Each copy of Holdfast in this Tomcat goes out of service: it says that it is not ready, and serves
 * everything for {@code drain.delay}. Meanwhile each connection ends with its next answer. Then the ports close, where
 * {@code bindOnInit="false"} lets them, and the held requests are answered.
 */
public final class DrainFirst implements LifecycleListener {
    private static final Logger LOG = System.getLogger(DrainFirst.class.getName());
    private static final long BETWEEN_MILLIS = 50;
    private static final String DRAINED = "drained";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private int mostSeconds = 60;

    /** After so many seconds, Tomcat stops although requests are still held (default 60). */
    public void setMostSeconds(int seconds) {
        mostSeconds = seconds;
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (!event.getType().equals(Lifecycle.BEFORE_STOP_EVENT) || !(event.getLifecycle() instanceof Server server))
            return;
        try {
            Set<ObjectName> copies = beans.queryNames(new ObjectName("io.holdfast:type=Drain,*"), null);
            if (copies.isEmpty()) return;
            onPorts(server, DrainFirst::endConnections);
            AtomicInteger open = new AtomicInteger(copies.size());
            Runnable door = () -> {
                if (open.decrementAndGet() == 0) onPorts(server, ProtocolHandler::closeServerSocketGraceful);
            };
            for (ObjectName copy : copies)
                beans.invoke(copy, "drainBehind", new Object[] {door}, new String[] {Runnable.class.getName()});
            await(copies);
        } catch (JMException | RuntimeException e) {
            LOG.log(Level.WARNING, "Holdfast is not drained before Tomcat stops", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(Set<ObjectName> copies) throws JMException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + Duration.ofSeconds(mostSeconds).toNanos();
        for (ObjectName copy : copies)
            while (!beans.getAttribute(copy, "State").equals(DRAINED)) {
                boolean isOver = never.await(BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
                if (isOver || System.nanoTime() - end > 0) {
                    LOG.log(Level.WARNING, () -> "Requests are still held, and Tomcat stops copy=" + copy);
                    return;
                }
            }
    }

    private static void onPorts(Server server, Consumer<ProtocolHandler> task) {
        for (Service service : server.findServices())
            for (Connector connector : service.findConnectors()) task.accept(connector.getProtocolHandler());
    }

    /** A connection that a balancer keeps would be closed by the stop, perhaps under a request. */
    private static void endConnections(ProtocolHandler port) {
        if (port instanceof AbstractHttp11Protocol<?> http) http.setMaxKeepAliveRequests(1);
    }
}
