// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One end of a link between two members. The messages of each end arrive in order and once; if that cannot be kept, the link is closed
 * and both ends are notified. One page of each direction is on its way at a time.
 */
abstract class Link {
    final String peer;
    final String name;
    private final Transport transport;
    private final List<Message> unsent = new ArrayList<>(),
            unread = new ArrayList<>(); // guarded by this, as is the next
    private boolean sending, reading;
    private long sent, read;
    private final AtomicBoolean opened = new AtomicBoolean();
    private volatile boolean closed;

    /** The way to the other member. */
    interface Transport {
        /** Sends a page; the link is told by {@link #onRead} or {@link #onUnread} what became of it. */
        void send(Link link, Message.Page page);

        /** Forgets a link that is closed. */
        void remove(Link link);
    }

    Link(Transport transport, String peer, String name) {
        this.transport = transport;
        this.peer = peer;
        this.name = name;
    }

    /** Takes the next message. */
    abstract void onMessage(Message message);

    /** The other end is gone, or does not know this link any more. */
    abstract void onLost();

    /** The other end has taken the first page. */
    void onOpened() {}

    /** The other end has not taken the first page: it has no use for it. */
    abstract void onRefused();

    final boolean isClosed() {
        return closed;
    }

    /** Sends a message, unless the link is closed. */
    final void send(Message message) {
        send(message, false);
    }

    /** Sends a message, and closes the link if that is the last. */
    final void send(Message message, boolean last) {
        synchronized (this) {
            if (closed) return;
            closed = last;
            unsent.add(message);
            if (sending) return;
            sending = true;
        }
        sendPage();
    }

    private void sendPage() {
        Message.Page page;
        synchronized (this) {
            if (unsent.isEmpty()) {
                sending = false;
                if (closed) transport.remove(this);
                return;
            }
            page = new Message.Page(name, ++sent, List.copyOf(unsent));
            unsent.clear();
        }
        transport.send(this, page);
    }

    /** A page was read: the next may follow. */
    final void onRead() {
        open();
        sendPage();
    }

    private void open() {
        if (opened.compareAndSet(false, true)) onOpened();
    }

    /**
     * A page was not read.
     *
     * @param refused whether that is certain
     */
    final void onUnread(boolean refused) {
        if (!refused || opened.get()) lose();
        else if (close()) {
            transport.remove(this);
            onRefused();
        }
    }

    /** Takes a page, once. Race: a page against the one before, which is still being read; its reader goes on with this one. */
    final void receive(Message.Page page) {
        synchronized (this) {
            if (page.number() <= read) return;
            read = page.number();
            unread.addAll(page.messages());
            if (reading) return;
            reading = true;
        }
        open();
        try {
            for (List<Message> next = next(); !next.isEmpty(); next = next())
                for (Message message : next) if (!closed) onMessage(message);
        } catch (RuntimeException e) {
            lose();
            throw e;
        }
    }

    private synchronized List<Message> next() {
        List<Message> next = List.copyOf(unread);
        unread.clear();
        reading = !next.isEmpty();
        return next;
    }

    /** Closes the link at the word of the other end; what was not sent is of no use to it. */
    final void end() {
        synchronized (this) {
            closed = true;
            unsent.clear();
            if (sending) return; // until that is read
        }
        transport.remove(this);
    }

    /** Closes the link because the other end is gone. */
    final void lose() {
        boolean first = close();
        transport.remove(this);
        if (first) onLost();
    }

    private synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
