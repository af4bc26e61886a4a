// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Settings;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Opens Holdfast with the web application and closes it with it, on every server. */
public final class Startup implements ServletContextListener {
    private static final Logger LOG = System.getLogger(Startup.class.getName());

    private @Nullable Holdfast holdfast;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        Settings settings = SettingsSources.open();
        Holdfast opened = Holdfast.open(settings, context.getContextPath());
        holdfast = opened;
        ServletRegistration.Dynamic front = context.addServlet("holdfast", opened.servlet());
        front.setAsyncSupported(true);
        front.addMapping("/");
        offer(opened);
        LOG.log(
                Level.INFO,
                () -> "Holdfast is up server=" + context.getServerInfo() + " context="
                        + (context.getContextPath().isEmpty() ? "/" : context.getContextPath()));
    }

    /** Gives the rooms to CDI, if the application has it. */
    private static void offer(Holdfast opened) {
        try {
            Instance<Rooms> rooms = CDI.current().select(Rooms.class);
            if (rooms.isResolvable()) rooms.get().opened(opened);
        } catch (IllegalStateException none) {
            LOG.log(Level.DEBUG, () -> "There is no CDI here: " + none.getMessage());
        }
    }

    /**
     * Goes out of service: serves everything for a while, then closes the door, then answers all held requests. The server may go on
     * afterwards, but holds no more requests.
     */
    void drain(Runnable door) {
        Holdfast opened = holdfast;
        if (opened != null) opened.drain(door);
    }

    /** Ends the time for which everything is served. */
    void hasten() {
        Holdfast opened = holdfast;
        if (opened != null) opened.draining().begin(Duration.ZERO);
    }

    /** Whether it is going out of service. */
    boolean isLeaving() {
        Holdfast opened = holdfast;
        return opened == null || opened.draining().hasBegun();
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        Holdfast opened = holdfast;
        // Servers may keep this listener in memory longer.
        holdfast = null;
        if (opened != null) opened.close();
    }
}
