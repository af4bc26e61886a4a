// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.HeldStream;
import io.holdfast.time.Timer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that wait for the client of a stream. One is on its way at a time, and short ones are joined.
 */
final class Outbox {
    private static final int MOST_CHUNKS = 100, MOST_BYTES = 16 << 20, MOST_JOINED = 64 * 1024;

    private final Duration stall;
    private final Timer timer;
    private final Runnable whenTaken, whenStalled;

    // Guarded by this.
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private @Nullable HeldStream stream;
    private boolean writing, atLineEnd;

    /** The outcome of {@link #writeNext}. */
    enum Written {
        /** A chunk is on its way now. */
        CHUNK,
        /** There was none to write, or no stream yet, or the chunk before is still on its way. */
        NOTHING,
        /** The stream takes no more. */
        REFUSED
    }

    /**
     * An outbox without a stream; its tasks run with no lock held.
     *
     * @param whenTaken runs whenever the client has taken a chunk
     * @param whenStalled runs, on the timer's thread, when the client takes nothing of a chunk for that long
     */
    Outbox(Duration stall, Timer timer, Runnable whenTaken, Runnable whenStalled) {
        this.stall = stall;
        this.timer = timer;
        this.whenTaken = whenTaken;
        this.whenStalled = whenStalled;
    }

    /**
     * The stream that chunks are written to from now on.
     *
     * @param afterLine whether what is written already is nothing, or ends with a line
     */
    synchronized void begin(HeldStream begun, boolean afterLine) {
        stream = begun;
        atLineEnd = afterLine;
    }

    /** Adds a chunk unless something is written anyway, or what is written ends within a line. */
    synchronized void addIfIdleAtLineEnd(byte[] chunk) {
        if (atLineEnd) addIfIdle(chunk);
    }

    /** Whether these bytes end with a line, or are none. */
    static boolean endsLine(byte[] bytes) {
        return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
    }

    /** The stream; null before it has begun. */
    synchronized @Nullable HeldStream stream() {
        return stream;
    }

    synchronized void add(byte[] chunk) {
        waiting.add(chunk);
    }

    /** Adds a chunk unless something is written anyway. */
    synchronized void addIfIdle(byte[] chunk) {
        if (waiting.isEmpty() && !writing) waiting.add(chunk);
    }

    synchronized void clear() {
        waiting.clear();
    }

    /** Whether the stream has begun and its client has taken everything. */
    synchronized boolean isDrained() {
        return stream != null && waiting.isEmpty() && !writing;
    }

    /** Whether the client is so far behind that it is cut. */
    synchronized boolean isTooFull() {
        long bytes = 0;
        for (byte[] each : waiting) bytes += each.length;
        return waiting.size() > MOST_CHUNKS || (waiting.size() > 1 && bytes > MOST_BYTES);
    }

    /** Writes what waits, if the client has taken the chunk before. */
    Written writeNext() {
        HeldStream to;
        byte[] chunk;
        synchronized (this) {
            if (stream == null || writing || waiting.isEmpty()) return Written.NOTHING;
            to = stream;
            chunk = joined();
            writing = true;
            if (chunk.length > 0) atLineEnd = endsLine(chunk);
        }
        StallWatch watch = to.watch(stall, timer, whenStalled);
        boolean open = to.write(chunk, () -> {
            watch.close();
            taken();
        });
        if (open) return Written.CHUNK;
        watch.close();
        return Written.REFUSED;
    }

    private byte[] joined() {
        if (waiting.size() == 1 || waiting.getFirst().length >= MOST_JOINED) return waiting.removeFirst();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!waiting.isEmpty() && all.size() < MOST_JOINED) all.writeBytes(waiting.removeFirst());
        return all.toByteArray();
    }

    private void taken() {
        synchronized (this) {
            writing = false;
        }
        whenTaken.run();
    }
}
