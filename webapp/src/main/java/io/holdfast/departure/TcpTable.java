// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections of this machine, as Linux shows them in the files {@code tcp} and {@code tcp6}. The files are kept open, so that a
 * process which is out of descriptors still finds connections to close. Each read begins at their start, where Linux shows the table anew.
 */
final class TcpTable implements AutoCloseable {
    static final int ESTABLISHED = 1, CLOSE_WAIT = 8, LISTEN = 10;

    /** Longer than two lines. The JDK reads so much without memory of its own. */
    private static final int BUFFER = 8192;

    private static final int WORD = 8, PORT = 4, STATE = 2;
    private static final int NO_HEX = -1;

    private final Table four, six;
    private final boolean reversed;
    private boolean closed;
    private final byte[] buffer = new byte[BUFFER];

    // The line in hand.
    private int at, end;
    private final TcpPair remote = new TcpPair();

    /** Takes one row. */
    @FunctionalInterface
    interface Visitor {

        /**
         * One connection, or a port that listens.
         *
         * @param pair both ports and the remote address; valid only during this call
         * @param state as the kernel numbers them
         */
        void row(TcpPair pair, int state);
    }

    /** One of the files, open if it can be. */
    private static final class Table {
        final Path file;

        @Nullable
        FileInputStream in;

        Table(Path file) {
            this.file = file;
            try {
                in = new FileInputStream(file.toFile());
            } catch (IOException later) {
                // It is tried again when it is read.
            }
        }

        InputStream fromStart() throws IOException {
            FileInputStream open = in;
            if (open == null) in = open = new FileInputStream(file.toFile());
            else open.getChannel().position(0);
            return open;
        }

        void close() throws IOException {
            FileInputStream open = in;
            in = null;
            if (open != null) open.close();
        }
    }

    /** The table in that folder of a machine with that order of bytes. */
    TcpTable(Path folder, ByteOrder order) {
        four = new Table(folder.resolve("tcp"));
        six = new Table(folder.resolve("tcp6"));
        reversed = order == ByteOrder.LITTLE_ENDIAN;
    }

    /** Visits every row; returns how many there are. */
    synchronized int read(Visitor visitor) throws IOException {
        if (closed) throw new IOException("It is not read any more");
        int rows = read(four, visitor);
        try {
            return rows + read(six, visitor);
        } catch (FileNotFoundException withoutIpv6) {
            return rows;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            four.close();
        } finally {
            six.close();
        }
    }

    private int read(Table table, Visitor visitor) throws IOException {
        int rows = 0, kept = 0;
        InputStream in = table.fromStart();
        for (int read = in.read(buffer); read > 0; read = in.read(buffer, kept, BUFFER - kept)) {
            int line = 0, limit = kept + read;
            for (int i = kept; i < limit; i++) {
                if (buffer[i] != '\n') continue;
                if (visit(line, i, visitor)) rows++;
                line = i + 1;
            }
            kept = limit - line;
            if (kept == BUFFER)
                throw new IOException("A line of " + table.file.getFileName() + " is too long to be one of the kernel");
            System.arraycopy(buffer, line, buffer, 0, kept);
        }
        return rows;
    }

    /** Visits the row in that part of the buffer; false if there is none, as in the first line. */
    private boolean visit(int from, int to, Visitor visitor) {
        at = from;
        end = to;
        while (at < end && buffer[at] != ':') at++;
        if (!skip(':') || !readAddress()) return false;
        long localPort = hex(PORT);
        if (localPort < 0 || !readAddress()) return false;
        long remotePort = hex(PORT);
        if (remotePort < 0) return false;
        skipSpaces();
        long state = hex(STATE);
        if (state < 0) return false;
        remote.setPorts((int) localPort, (int) remotePort);
        visitor.row(remote, (int) state);
        return true;
    }

    /** Reads an address and the colon behind it: one word, or the four of IPv6, each in the order of this machine's bytes. */
    private boolean readAddress() {
        skipSpaces();
        long first = word();
        if (first < 0) return false;
        if (skip(':')) {
            remote.setAddress(0, TcpPair.MAPPED | first);
            return true;
        }
        long second = word(), third = word(), fourth = word();
        if (second < 0 || third < 0 || fourth < 0 || !skip(':')) return false;
        remote.setAddress(first << Integer.SIZE | second, third << Integer.SIZE | fourth);
        return true;
    }

    private long word() {
        long word = hex(WORD);
        return word < 0 || !reversed ? word : Integer.toUnsignedLong(Integer.reverseBytes((int) word));
    }

    private long hex(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++, at++) {
            int digit = at < end ? Character.digit(buffer[at], 16) : NO_HEX;
            if (digit < 0) return NO_HEX;
            value = value << 4 | digit;
        }
        return value;
    }

    private boolean skip(char expected) {
        if (at >= end || buffer[at] != expected) return false;
        at++;
        return true;
    }

    private void skipSpaces() {
        while (at < end && buffer[at] == ' ') at++;
    }
}
