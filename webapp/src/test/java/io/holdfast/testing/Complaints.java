// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** All that is logged as a warning or worse while it is open, by us or by a server that logs to the JDK's logging. */
public final class Complaints extends Handler implements AutoCloseable {
    private final Logger root = Logger.getLogger("");
    private final List<String> heard = new CopyOnWriteArrayList<>();

    public Complaints() {
        setLevel(Level.WARNING);
        root.addHandler(this);
    }

    /** All that was logged. */
    public List<String> heard() {
        return heard;
    }

    @Override
    public void publish(LogRecord record) {
        // On a busy machine Tomcat finds that the first random number takes long.
        boolean slow = String.valueOf(record.getLoggerName()).endsWith("SessionIdGeneratorBase");
        if (isLoggable(record) && !slow)
            heard.add(record.getLoggerName() + ": " + record.getMessage() + " " + record.getThrown());
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        root.removeHandler(this);
    }
}
