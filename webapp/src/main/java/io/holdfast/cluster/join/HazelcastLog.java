// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.ILogger;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.logging.LoggerFactory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The log of Hazelcast on every server: its usual loggers, but only from a level on. Hazelcast makes one by its class name. Therefore it
 * is public, and all that it knows is static.
 */
public final class HazelcastLog implements LoggerFactory {
    private static final Map<System.Logger.Level, Level> LEVELS = Map.of(
            System.Logger.Level.ALL, Level.ALL,
            System.Logger.Level.TRACE, Level.FINER,
            System.Logger.Level.DEBUG, Level.FINE,
            System.Logger.Level.INFO, Level.INFO,
            System.Logger.Level.WARNING, Level.WARNING,
            System.Logger.Level.ERROR, Level.SEVERE,
            System.Logger.Level.OFF, Level.OFF);

    /** These warn, with a stack trace, of each connection that ends. The members that leave or are lost have a line of our own. */
    private static final Set<String> OF_CONNECTIONS = Set.of(
            "com.hazelcast.internal.server.tcp.TcpServerConnection",
            "com.hazelcast.internal.server.tcp.TcpServerConnectionErrorHandler");

    /** A member that joins nobody is meant to, and takes any port. */
    private static final Set<String> MEANT = Set.of(
            "No join method is enabled! Starting standalone.",
            "Config seed port is 0 and cluster size is 1. Some of the ports seem occupied!");

    /** Hazelcast says so to both sides, and cannot say why. */
    private static final Pattern MISMATCH =
            Pattern.compile("members part of different cluster|the target cluster has a different cluster-name");

    private static final String WHY =
            ". Its cluster.name or cluster.key differs, or it is of 0.1.0; all members must have one version.";
    private static final String REASON = "Reason of failure for node join: ";

    private static final Set<String> HIDDEN = ConcurrentHashMap.newKeySet();

    private static volatile String whyRefused = "";
    private static volatile Level least = Level.WARNING;

    private final Map<String, ILogger> loggers = new ConcurrentHashMap<>();

    /** From now on, messages below this level are not logged. */
    public static void setLeast(System.Logger.Level level) {
        least = LEVELS.getOrDefault(level, Level.WARNING);
    }

    /** From now on, this text is not logged. */
    public static void hide(String text) {
        HIDDEN.add(text);
    }

    /** This text may be logged again. */
    public static void show(String text) {
        HIDDEN.remove(text);
    }

    /** Why a cluster has refused a member of this process since the last call; empty if none has. */
    public static String takeRefusal() {
        String taken = whyRefused;
        whyRefused = "";
        return taken;
    }

    @Override
    public ILogger getLogger(String name) {
        return loggers.computeIfAbsent(name, any -> new Filtered(Logger.getLogger(any)));
    }

    private static final class Filtered extends AbstractLogger {
        private final Logger logger;

        Filtered(Logger logger) {
            this.logger = logger;
        }

        @Override
        public void log(Level level, @Nullable String message) {
            log(level, message, null);
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable thrown) {
            if (message != null && message.startsWith(REASON)) whyRefused = message.substring(REASON.length());
            Level own = level.equals(Level.WARNING) && isUsual(message) ? Level.INFO : level;
            if (!isLoggable(own)) return;
            LogRecord entry = new LogRecord(own, spoken(message));
            entry.setLoggerName(logger.getName());
            entry.setSourceClassName(logger.getName());
            entry.setThrown(thrown);
            logger.log(entry);
        }

        private static @Nullable String spoken(@Nullable String message) {
            if (message == null) return null;
            String spoken = message;
            for (String hidden : HIDDEN) spoken = spoken.replace(hidden, "(hidden)");
            return MISMATCH.matcher(spoken).find() ? spoken + WHY : spoken;
        }

        private boolean isUsual(@Nullable String message) {
            return (message != null && MEANT.contains(message)) || OF_CONNECTIONS.contains(logger.getName());
        }

        @Override
        @SuppressWarnings("removal") // Hazelcast still calls it.
        public void log(LogEvent event) {
            LogRecord entry = event.getLogRecord();
            log(entry.getLevel(), entry.getMessage(), entry.getThrown());
        }

        @Override
        public Level getLevel() {
            Level narrower = logger.getLevel() == null ? Level.ALL : logger.getLevel();
            return narrower.intValue() > least.intValue() ? narrower : least;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.intValue() >= least.intValue() && logger.isLoggable(level);
        }
    }
}
