// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.logging.ILogger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastLogTest {
    private static final String NAME = "com.hazelcast.test.HazelcastLogTest";
    private static final String OF_CONNECTIONS = "com.hazelcast.internal.server.tcp.TcpServerConnection";

    private final Logger parent = Logger.getLogger("com.hazelcast");
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Handler listening = new Handler() {

        @Override
        public void publish(LogRecord entry) {
            heard.add(entry.getLevel() + " " + entry.getLoggerName() + " " + entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        parent.addHandler(listening);
    }

    @AfterEach
    void stop() {
        parent.removeHandler(listening);
        HazelcastLog.setLeast(System.Logger.Level.WARNING);
    }

    @Test
    void onlyWarningsAreLoggedUnlessMoreIsWanted() {
        ILogger logger = new HazelcastLog().getLogger(NAME);
        logger.info("not now");
        logger.warning("a warning");
        logger.severe("an error", new IllegalStateException("why"));
        assertFalse(logger.isInfoEnabled());
        assertEquals(Level.WARNING, logger.getLevel());

        HazelcastLog.setLeast(System.Logger.Level.INFO);
        assertTrue(logger.isInfoEnabled());
        logger.info("now");
        HazelcastLog.setLeast(System.Logger.Level.OFF);
        logger.severe("nothing any more");

        assertEquals(
                List.of("WARNING " + NAME + " a warning", "SEVERE " + NAME + " an error", "INFO " + NAME + " now"),
                heard);
    }

    @Test
    void endsOfConnectionsAreNoWarnings() {
        ILogger logger = new HazelcastLog().getLogger(OF_CONNECTIONS);
        logger.warning("Connection[id=1] closed", new java.net.SocketException("Connection reset"));
        logger.severe("something else");
        assertEquals(List.of("SEVERE " + OF_CONNECTIONS + " something else"), heard);

        HazelcastLog.setLeast(System.Logger.Level.INFO);
        logger.warning("Connection[id=2] closed");
        assertEquals("INFO " + OF_CONNECTIONS + " Connection[id=2] closed", heard.get(1));
    }
}
