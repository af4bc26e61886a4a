// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue as the cluster keeps it: who waits for a worker, which workers are idle, and who was given whom. Never changed: each step
 * makes a new one. It only brings them together; whether a worker was really given the request, the two members agree among themselves.
 *
 * @param last the last number that was given; numbers only grow
 * @param tickets who waits, the most urgent first, and of those who came first
 * @param slots idle workers, who came first first
 * @param matches who was given whom, as long as the member of the ticket has not said that it knows
 * @param done the last turn of each member, so that it is not applied twice
 * @param pace how fast those who wait are given workers
 */
record Queue(long last, List<Ticket> tickets, List<Slot> slots, List<Match> matches, List<Done> done, Pace pace) {
    /** While nobody waits, nothing is learned of the pace. */
    Queue {
        if (tickets.isEmpty() && pace.since > 0) pace = new Pace(0, pace.interval);
    }

    /** A queue that nobody has heard of. */
    static final Queue EMPTY = new Queue(0, List.of(), List.of(), List.of(), List.of(), Pace.UNKNOWN);

    /** How long a member may repeat a turn; longer than any is patient. */
    private static final long REPEATS_MILLIS = 10 * 60_000;

    private static final Comparator<Ticket> ORDER =
            Comparator.comparingInt(Ticket::urgency).thenComparingLong(Ticket::number);

    /**
     * The place of one request.
     *
     * @param id its name, never used again
     * @param member at which member it is held
     * @param urgency from 0, the most urgent, to 7
     * @param number says who came first
     */
    record Ticket(String id, String member, int urgency, long number) {}

    /**
     * A worker that can be given one request.
     *
     * @param id its name, never used again
     * @param member to which member it is attached
     * @param leases whether it is given requests on a {@link Lease}
     */
    record Slot(String id, String member, boolean leases) {}

    /**
     * A request and the worker it was given.
     *
     * @param token the number of this pair; of two for one request, the newer has the higher
     * @param ticket the request
     * @param slot the worker
     */
    record Match(long token, Ticket ticket, Slot slot) {}

    /**
     * The last turn of a member.
     *
     * @param origin which
     * @param number its number, growing by origin
     * @param time when, in epoch milliseconds
     */
    record Done(UUID origin, long number, long time) {}

    /**
     * How fast those who wait are given workers.
     *
     * @param since when somebody was given one last, in epoch milliseconds; 0 if nobody waits any more
     * @param interval how long it lately was from one to the next while somebody waited, in milliseconds; 0 while nobody knows
     */
    record Pace(long since, long interval) {
        static final Pace UNKNOWN = new Pace(0, 0);
        /** How many count. */
        private static final int MEMORY = 8;

        private Pace matched(int pairs, long now) {
            if (since == 0) return new Pace(now, interval);
            long each = Math.max(1, (now - since) / pairs);
            return new Pace(now, interval == 0 ? each : (interval * (MEMORY - 1) + each) / MEMORY);
        }
    }

    boolean hasDone(UUID origin, long number) {
        return done.stream().anyMatch(one -> one.origin.equals(origin) && one.number >= number);
    }

    /** Whether nobody is in it. */
    boolean isEmpty() {
        return tickets.isEmpty() && slots.isEmpty() && matches.isEmpty();
    }

    /** Whether nothing in it is of use to anybody any more. */
    boolean isOver(long now) {
        return isEmpty() && done.stream().allMatch(one -> one.time < now - REPEATS_MILLIS);
    }

    /** This with the turn remembered. */
    Queue done(UUID origin, long number, long now) {
        List<Done> all = new ArrayList<>();
        for (Done one : done) if (!one.origin.equals(origin) && one.time > now - REPEATS_MILLIS) all.add(one);
        all.add(new Done(origin, number, now));
        return new Queue(last, tickets, slots, matches, List.copyOf(all), pace);
    }

    /** A request waits; one that has been here before, in its old place, and perhaps at another member. */
    Queue entered(Ticket ticket, long now) {
        boolean returns = ticket.number > 0;
        boolean waits = tickets.stream().anyMatch(one -> one.id.equals(ticket.id) && one.member.equals(ticket.member));
        if (waits || (!returns && knowsTicket(ticket.id))) return this;
        long number = returns ? ticket.number : next(now);
        Ticket placed = new Ticket(ticket.id, ticket.member, ticket.urgency, number);
        List<Ticket> all = new ArrayList<>(without(tickets, one -> one.id.equals(ticket.id)));
        int place = all.size();
        while (place > 0 && ORDER.compare(all.get(place - 1), placed) > 0) place--;
        all.add(place, placed);
        // The worker that it had been given was not there.
        List<Match> others = without(matches, one -> one.ticket.id.equals(ticket.id));
        return new Queue(Math.max(last, number), all, slots, others, done, pace);
    }

    /** Whether it waits, or was given somebody just now. */
    boolean knowsTicket(String id) {
        return tickets.stream().anyMatch(one -> one.id.equals(id))
                || matches.stream().anyMatch(one -> one.ticket.id.equals(id));
    }

    /** Nobody waits there any more. */
    Queue withdrawn(String ticket) {
        List<Ticket> left = without(tickets, one -> one.id.equals(ticket));
        return left.size() == tickets.size() ? this : new Queue(last, left, slots, matches, done, pace);
    }

    /** A worker is idle. */
    Queue offered(Slot slot) {
        boolean known = slots.contains(slot) || matches.stream().anyMatch(one -> one.slot.equals(slot));
        return known ? this : new Queue(last, tickets, with(slots, slot), matches, done, pace);
    }

    /** A worker is not there any more. */
    Queue left(String slot) {
        List<Slot> left = without(slots, one -> one.id.equals(slot));
        return left.size() == slots.size() ? this : new Queue(last, tickets, left, matches, done, pace);
    }

    /** The member of the ticket knows of that pair. */
    Queue settled(long token) {
        List<Match> left = without(matches, one -> one.token == token);
        return left.size() == matches.size() ? this : new Queue(last, tickets, slots, left, done, pace);
    }

    /** Nobody wants the worker of that pair any more: it is idle again. */
    Queue freed(long token) {
        List<Slot> idle = new ArrayList<>(slots);
        for (Match match : matches) if (match.token == token) idle.add(match.slot);
        if (idle.size() == slots.size()) return this;
        return new Queue(last, tickets, idle, without(matches, one -> one.token == token), done, pace);
    }

    /** That member is no more: nor are those who were there, and whoever was given to them is free again. */
    Queue lost(String member) {
        List<Match> kept = new ArrayList<>();
        List<Ticket> waiting = new ArrayList<>(without(tickets, one -> one.member.equals(member)));
        List<Slot> idle = new ArrayList<>(without(slots, one -> one.member.equals(member)));
        for (Match match : matches) {
            boolean asks = !match.ticket.member.equals(member), serves = !match.slot.member.equals(member);
            if (asks && serves) kept.add(match);
            else if (asks) waiting.add(match.ticket);
            else if (serves) idle.add(match.slot);
        }
        waiting.sort(ORDER);
        return new Queue(last, waiting, idle, kept, done, pace);
    }

    /** Whoever waits is given an idle worker, at its own member if there is one. */
    Queue matched(long now) {
        if (tickets.isEmpty() || slots.isEmpty()) return this;
        int pairs = Math.min(tickets.size(), slots.size());
        List<Slot> idle = new ArrayList<>(slots);
        List<Match> all = new ArrayList<>(matches);
        long token = last;
        for (Ticket ticket : tickets.subList(0, pairs)) {
            token = Math.max(token + 1, now);
            all.add(new Match(token, ticket, idle.remove(nearest(ticket, idle))));
        }
        return new Queue(
                token, List.copyOf(tickets.subList(pairs, tickets.size())), idle, all, done, pace.matched(pairs, now));
    }

    private static int nearest(Ticket ticket, List<Slot> idle) {
        for (int i = 0; i < idle.size(); i++) if (idle.get(i).member.equals(ticket.member)) return i;
        return 0;
    }

    /** A number that was never given, even where this queue was forgotten meanwhile. */
    private long next(long now) {
        return Math.max(last + 1, now);
    }

    /** Where that one is. */
    QueuePlace place(String ticket) {
        for (int i = 0; i < tickets.size(); i++)
            if (tickets.get(i).id.equals(ticket)) return new QueuePlace(i, (i + 1) * pace.interval);
        return QueuePlace.NONE;
    }

    /** All members of which there is somebody. */
    Set<String> members() {
        Set<String> all = new TreeSet<>();
        tickets.forEach(one -> all.add(one.member));
        slots.forEach(one -> all.add(one.member));
        for (Match match : matches) {
            all.add(match.ticket.member);
            all.add(match.slot.member);
        }
        return all;
    }

    /**
     * Both sides of a queue after a split. Their tokens may be the same for different pairs; and where both have given the same request
     * or worker to somebody, the members take one and say so.
     */
    static Queue join(Queue one, @Nullable Queue other) {
        if (other == null) return one;
        List<Match> matches = union(one.matches, other.matches, match -> match.slot);
        List<Ticket> waiting = new ArrayList<>(union(one.tickets, other.tickets, Ticket::id));
        waiting.removeIf(ticket -> matches.stream().anyMatch(match -> match.ticket.id.equals(ticket.id)));
        waiting.sort(ORDER);
        return new Queue(
                Math.max(one.last, other.last),
                waiting,
                union(one.slots, other.slots, Slot::id),
                matches,
                newest(one.done, other.done),
                one.pace.since >= other.pace.since ? one.pace : other.pace);
    }

    private static List<Done> newest(List<Done> some, List<Done> more) {
        Map<UUID, Done> all = new LinkedHashMap<>();
        for (List<Done> each : List.of(some, more))
            for (Done done : each) all.merge(done.origin, done, (a, b) -> a.number >= b.number ? a : b);
        return List.copyOf(all.values());
    }

    private static <T, K> List<T> union(Collection<T> some, Collection<T> more, Function<T, K> key) {
        Map<K, T> all = new LinkedHashMap<>();
        for (T one : some) all.put(key.apply(one), one);
        for (T one : more) all.putIfAbsent(key.apply(one), one);
        return List.copyOf(all.values());
    }

    private static <T> List<T> with(List<T> some, T one) {
        List<T> all = new ArrayList<>(some);
        all.add(one);
        return all;
    }

    private static <T> List<T> without(List<T> all, Predicate<T> gone) {
        return all.stream().filter(gone.negate()).toList();
    }
}
