// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * Something that happens to a queue. What it does not need is empty.
 *
 * @param kind what
 * @param name of a ticket, a slot or a member
 * @param member where the ticket or the slot is
 * @param urgency of a ticket
 * @param number of a ticket that was here before, or of a pair
 */
record Step(Kind kind, String name, String member, int urgency, long number) {

    /** What can happen. The names go over the wire. */
    enum Kind {
        LOOKED,
        ENTERED,
        WITHDRAWN,
        OFFERED,
        ASKED,
        LEFT,
        SETTLED,
        FREED,
        LOST
    }

    /** Nothing: it is only looked at. */
    static Step looked() {
        return new Step(Kind.LOOKED, "", "", 0, 0);
    }

    static Step entered(String ticket, String member, int urgency, long number) {
        return new Step(Kind.ENTERED, ticket, member, urgency, number);
    }

    static Step withdrawn(String ticket) {
        return new Step(Kind.WITHDRAWN, ticket, "", 0, 0);
    }

    static Step offered(String slot, String member) {
        return new Step(Kind.OFFERED, slot, member, 0, 0);
    }

    /** A worker asks, and is given a request on a lease. */
    static Step asked(String slot, String member) {
        return new Step(Kind.ASKED, slot, member, 0, 0);
    }

    static Step left(String slot) {
        return new Step(Kind.LEFT, slot, "", 0, 0);
    }

    static Step settled(long token) {
        return new Step(Kind.SETTLED, "", "", 0, token);
    }

    static Step freed(long token) {
        return new Step(Kind.FREED, "", "", 0, token);
    }

    static Step lost(String member) {
        return new Step(Kind.LOST, member, "", 0, 0);
    }

    /** Whether somebody comes whom the queue did not know. */
    boolean enters() {
        return kind == Kind.ENTERED && number == 0;
    }

    /** The queue after it. */
    Queue applyTo(Queue queue, long now) {
        return switch (kind) {
            case LOOKED -> queue;
            case ENTERED -> queue.entered(new Queue.Ticket(name, member, urgency, number), now);
            case WITHDRAWN -> queue.withdrawn(name);
            case OFFERED -> queue.offered(new Queue.Slot(name, member, false));
            case ASKED -> queue.offered(new Queue.Slot(name, member, true));
            case LEFT -> queue.left(name);
            case SETTLED -> queue.settled(number);
            case FREED -> queue.freed(number);
            case LOST -> queue.lost(name);
        };
    }
}
