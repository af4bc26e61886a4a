// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import io.holdfast.http.FrontServlet;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens Holdfast with the web application and closes it with it, on every server. */
public final class Startup implements ServletContextListener {
    private static final Logger LOG = System.getLogger(Startup.class.getName());

    private final Supplier<Settings> settings;
    private final Consumer<String> faults;
    private @Nullable Holdfast holdfast;

    /** The listener of a server, where a fault of the start is logged. Tomcat logs it where operators do not look. */
    public Startup() {
        this(SettingsSources::open, fault -> LOG.log(Level.ERROR, fault));
    }

    /** A listener with these settings, which tells the fault that keeps it from starting. */
    Startup(Supplier<Settings> settings, Consumer<String> faults) {
        this.settings = settings;
        this.faults = faults;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        try {
            open(context);
        } catch (RuntimeException | Error fault) {
            faults.accept("Holdfast does not start context=" + shown(context) + ": "
                    + explain(fault).replaceAll("\\s*\\n\\s*", " "));
            throw fault;
        }
    }

    private void open(ServletContext context) {
        Holdfast opened = Holdfast.open(settings.get(), context.getContextPath(), FrontServlet.heldBytes(context));
        holdfast = opened;
        ServletRegistration.Dynamic front = context.addServlet("holdfast", opened.servlet());
        front.setAsyncSupported(true);
        front.addMapping("/");
        offer(opened);
        LOG.log(Level.INFO, () -> "Holdfast is up server=" + context.getServerInfo() + " context=" + shown(context));
    }

    private static String shown(ServletContext context) {
        return context.getContextPath().isEmpty() ? "/" : context.getContextPath();
    }

    /** The reason of a failure: the faults of the settings, or the message of its first cause. */
    static String explain(Throwable thrown) {
        Throwable cause = thrown;
        while (!(cause instanceof SettingsException) && cause.getCause() != null) cause = cause.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
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
