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
        /** Sends a page. Its outcome comes to {@link #onRead} or {@link #onUnread} of the link. */
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

    /** The other end is gone, or no longer knows this link. */
    abstract void onLost();

    /** The other end has taken the first page. */
    void onOpened() {}

    /** The other end has refused the first page. */
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

    /** The other end has read a page, so the next page may follow. */
    final void onRead() {
        open();
        sendPage();
    }

    private void open() {
        if (opened.compareAndSet(false, true)) onOpened();
    }

    /**
     * The other end may not have read a page.
     *
     * @param refused whether it has certainly not read it
     */
    final void onUnread(boolean refused) {
        if (!refused || opened.get()) lose();
        else if (close()) {
            transport.remove(this);
            onRefused();
        }
    }

    /**
     * Takes a page, once. Race: a page against the previous page, which is still being read; the reader of that one continues with
     * this page.
     */
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

    /** Closes the link because the other end has finished. Messages that were not sent are not needed any more. */
    final void end() {
        synchronized (this) {
            closed = true;
            unsent.clear();
            if (sending) return; // until the page is read
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
