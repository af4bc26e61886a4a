// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.Records.Preview;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A channel as the cluster keeps it: its events in order, and what is needed to number, repeat and find them. Immutable: each step makes
 * a new log that shares the events.
 *
 * <p>Numbers are consecutive. A missing number, before an event or before the next event to come, means that events are gone.
 *
 * @param floor the place before the oldest event that is kept; its sequence is 0 while nothing was ever dropped
 * @param last the newest place that was given; after that of the newest event if a join left out a number or began an epoch
 * @param events those that are kept, oldest first
 * @param bytes their size, overhead included
 * @param keys the idempotency keys that are remembered, oldest first
 * @param done the last command of each origin, so that it is not applied twice
 * @param since the time before which events were dropped or cleared, in epoch milliseconds
 * @param age how long an event is kept, in milliseconds, according to the last command
 */
public record Log(
        EventId floor,
        EventId last,
        List<Event> events,
        long bytes,
        List<Used> keys,
        List<Done> done,
        long since,
        long age)
        implements Joinable<Log> {
    /** How long an idempotency key is remembered. */
    static final long KEYS_MILLIS = 60 * 60_000;
    /** How long a key is remembered even if there are too many: as long as a client may try to publish. */
    private static final long YOUNG_KEYS_MILLIS = 2 * 60_000;
    /** How long an empty channel keeps its numbering: longer than commands are repeated and clocks differ. */
    public static final long LINGERS_MILLIS = 10 * 60_000;

    /** The memory of a channel itself in the cluster, in bytes. */
    private static final long OVERHEAD = 600;

    private static final long MOST_PAGE_BYTES = 256 * 1024;
    private static final int GAP = -1;

    /**
     * An idempotency key and its publication.
     *
     * @param key the key
     * @param fingerprint of the publication
     * @param first the id of its first event
     * @param count how many events
     * @param time when, in epoch milliseconds
     */
    record Used(String key, long fingerprint, EventId first, int count, long time) {

        /** Its approximate size in bytes. */
        long size() {
            return 136L + key.length();
        }
    }

    /**
     * The last command of an origin.
     *
     * @param origin the member that sent it
     * @param number its number; it grows with each command of its origin
     * @param before the newest place before it
     * @param receipts the outcomes of its publications
     * @param time when, in epoch milliseconds
     */
    record Done(UUID origin, long number, EventId before, List<Receipt> receipts, long time) implements Applied {

        /** Its approximate size in bytes. */
        long size() {
            return size(receipts.size());
        }

        static long size(int receipts) {
            return 136 + 72L * receipts;
        }
    }

    /** Reads the newest place of a channel from its primary. */
    public record Newest() implements Preview<Log, EventId> {

        @Override
        public EventId of(@Nullable Log stored) {
            return stored == null ? EventId.BEGINNING : stored.last;
        }
    }

    /** A channel that begins at this time. */
    static Log begun(long now) {
        EventId birth = new EventId(now, 0, 0);
        return of(birth, birth, List.of(), List.of(), List.of(), 0, 0);
    }

    /** A log of these parts. */
    static Log of(
            EventId floor, EventId last, List<Event> events, List<Used> keys, List<Done> done, long since, long age) {
        return new Log(floor, last, events, sizeOf(events), keys, done, since, age);
    }

    /** The outcome of that command, if it was applied. Once a later command of the same origin is applied, the outcome is unknown. */
    Optional<Done> outcomeOf(UUID origin, long number) {
        return done.stream()
                .filter(one -> one.origin.equals(origin) && one.number >= number)
                .findFirst();
    }

    /**
     * A copy with the command applied. Events that exceed the retention are dropped, and so are the oldest of those from before if there
     * is no room for the new ones otherwise.
     */
    Log after(Command command) {
        Space space = new Space(command);
        List<Receipt> receipts = new ArrayList<>();
        List<Event> added = new ArrayList<>();
        List<Used> used = new ArrayList<>(keys);
        EventId end = last;
        int tag = chained(last, command.tag());
        for (Publication publication : command.publications()) {
            Receipt receipt = receipt(publication, command, used, new EventId(end.epoch(), end.sequence() + 1, tag));
            if (receipt.kind() != Receipt.Kind.APPENDED) {
                receipts.add(receipt);
                continue;
            }
            List<Event> fresh = new ArrayList<>();
            for (Draft draft : publication.drafts()) {
                EventId id = receipt.first().plus(fresh.size());
                fresh.add(new Event(id, null, command.now(), draft.type(), draft.contentType(), draft.data()));
            }
            Used key = used(publication, receipt, command.now());
            long more = sizeOf(fresh) + (publication.key().isEmpty() ? 0 : key.size());
            if (!space.take(more, publication.favoured())) {
                receipts.add(new Receipt(Receipt.Kind.NO_ROOM, EventId.BEGINNING, 0));
                continue;
            }
            receipts.add(receipt);
            added.addAll(fresh);
            end = fresh.get(fresh.size() - 1).id();
            if (!publication.key().isEmpty()) used.add(key);
        }
        Done outcome = new Done(command.origin(), command.number(), last, List.copyOf(receipts), command.now());
        long ages = command.retention().age().toMillis();
        List<Done> all = Applied.with(done, outcome);
        int from = space.from;
        List<Event> whole = joined(tail(events, from), added);
        return new Log(floorAt(from), end, whole, space.left + sizeOf(added), used, all, sinceAt(from), ages)
                .within(command.retention(), command.now());
    }

    /** The bytes that a command may add, for which the oldest events give way. */
    private final class Space {
        private final Allowance allowance;
        private final long weighed;
        private long others = OVERHEAD; // all bytes but those of the events from before
        private long left = bytes; // those events without the ones that have given way
        private int from;

        Space(Command command) {
            this.allowance = command.allowance();
            this.weighed = done.isEmpty() ? 0 : weight(); // a channel without any command is not stored yet
            for (Used key : keys) others += key.size();
            for (Done one : done) if (!one.origin.equals(command.origin())) others += one.size();
            others += Done.size(command.publications().size());
        }

        boolean take(long more, boolean favoured) {
            if (allowance.all() != Limit.ANY) {
                boolean keptToo = favoured && others + left + more <= allowance.large();
                long most = weighed + (keptToo ? allowance.all() : allowance.open());
                if (others + more > most) return false;
                while (others + left + more > most) left -= events.get(from++).size();
            }
            others += more;
            return true;
        }
    }

    /** A tag for the events after a place, so that events with the same id have the same history. */
    private static int chained(EventId place, int tag) {
        return 31 * place.tag() + tag;
    }

    private static Receipt receipt(Publication publication, Command command, List<Used> used, EventId next) {
        for (int i = used.size() - 1; i >= 0 && !publication.key().isEmpty(); i--) {
            Used one = used.get(i);
            if (!one.key.equals(publication.key()) || one.time < command.now() - KEYS_MILLIS) continue;
            boolean same = one.fingerprint == publication.fingerprint();
            return new Receipt(same ? Receipt.Kind.REPEATED : Receipt.Kind.OTHER_USE, one.first, one.count);
        }
        return new Receipt(Receipt.Kind.APPENDED, next, publication.drafts().size());
    }

    private static Used used(Publication publication, Receipt receipt, long now) {
        return new Used(publication.key(), publication.fingerprint(), receipt.first(), receipt.count(), now);
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some.size() + more.size());
        all.addAll(some);
        all.addAll(more);
        return Collections.unmodifiableList(all);
    }

    private static long sizeOf(List<Event> events) {
        long size = 0;
        for (Event event : events) size += event.size();
        return size;
    }

    /** A copy without the events that exceed the retention. */
    Log within(Retention retention, long now) {
        int from = Math.max(aged(retention, now), events.size() - retention.events());
        long left = bytes - sizeOf(events.subList(0, from));
        while (from < events.size() - 1 && left > retention.bytes())
            left -= events.get(from++).size();
        int firstKey = 0;
        while (firstKey < keys.size() && isForgotten(firstKey, retention.keys(), now)) firstKey++;
        if (from == 0 && firstKey == 0) return this;
        return new Log(floorAt(from), last, tail(events, from), left, tail(keys, firstKey), done, sinceAt(from), age);
    }

    private boolean isForgotten(int key, int most, long now) {
        long time = keys.get(key).time;
        return time < now - KEYS_MILLIS || (keys.size() - key > most && time < now - YOUNG_KEYS_MILLIS);
    }

    /** A copy without the events that have become too old since the last command. */
    Log aged(long now) {
        Retention old = new Retention(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ofMillis(age), Integer.MAX_VALUE);
        return within(old, now);
    }

    /** Whether events have become too old since the last command, or the channel is not needed any more. */
    boolean isDue(long now, long lingers) {
        return isOver(now, lingers) || (!events.isEmpty() && events.get(0).time() < now - age);
    }

    /**
     * Whether the channel is not needed any more, so that it may begin again with greater ids. A step of the cluster decides this from
     * the value alone, so that the backups reach the same result.
     */
    boolean isOver(long now, long lingers) {
        return aged(now).events.isEmpty()
                && aged(now).keys.isEmpty()
                && Math.max(touched(), last.epoch()) < now - lingers;
    }

    private long touched() {
        return Math.max(since, Applied.latest(done));
    }

    /** Its approximate size in bytes, including the keys and the last commands. */
    long size() {
        long size = bytes;
        for (Used key : keys) size += key.size();
        for (Done one : done) size += one.size();
        return size;
    }

    /** How many bytes the channel counts for the limit. */
    long weight() {
        return OVERHEAD + size();
    }

    /** Weighs a channel for the limit. */
    public record Weight() implements Records.Weight<Log> {

        @Override
        public long of(Log stored) {
            return stored.weight();
        }
    }

    private static <T> List<T> tail(List<T> all, int from) {
        return from == 0 ? all : Collections.unmodifiableList(new ArrayList<>(all.subList(from, all.size())));
    }

    /** The number of events that are too old to be kept. */
    private int aged(Retention retention, long now) {
        long oldest = now - retention.age().toMillis();
        int aged = 0;
        while (aged < events.size() && events.get(aged).time() < oldest) aged++;
        return aged;
    }

    /** The place before the event at this index. */
    private EventId floorAt(int index) {
        return index == 0 ? floor : events.get(index - 1).id();
    }

    private long sinceAt(int index) {
        return index == 0 ? since : Math.max(since, events.get(index - 1).time() + 1);
    }

    /** Whether events are gone that were directly before the event at this index, or before the next event to come. */
    private boolean isHole(int index) {
        long next = index < events.size() ? events.get(index).id().sequence() : last.sequence() + 1;
        return next != floorAt(index).sequence() + 1;
    }

    /** A log without events. Its numbering goes on, so that readers notice the gap. */
    Log cleared(long now) {
        EventId end = new EventId(Math.max(now, last.epoch() + 1), last.sequence(), chained(last, 1));
        return of(end, end, List.of(), keys, done, Math.max(now, since), age);
    }

    /** The page for this reader. */
    Page read(Read read) {
        return read.isExact() ? exactly(read.after()) : page(read);
    }

    private Page page(Read read) {
        int found = position(read.after());
        int from = Math.max(found, 0);
        boolean gap = found == GAP || isHoleFor(read.after(), from);
        int to = from;
        long size = 0;
        while (to < events.size()
                && to - from < read.limit()
                && (to == from || (size < MOST_PAGE_BYTES && !isHole(to))))
            size += events.get(to++).size();
        EventId oldest = gap && from < events.size() ? events.get(from).id() : null;
        return new Page(List.copyOf(events.subList(from, to)), floorAt(to), gap, oldest, behind(to));
    }

    /** A reader that asks for the kept events, or for new ones, misses nothing if older events are gone. */
    private boolean isHoleFor(EventId cursor, int index) {
        return index < events.size() && isHole(index) && !cursor.equals(EventId.EARLIEST);
    }

    private long behind(int index) {
        boolean half = index > events.size() / 2;
        return half ? sizeOf(events.subList(index, events.size())) : bytes - sizeOf(events.subList(0, index));
    }

    private Page exactly(EventId id) {
        for (Event event : events) if (event.isKnownAs(id)) return Page.of(List.of(event), event.id());
        return Page.of(List.of(), id);
    }

    /** The index of the first event after the cursor, or {@link #GAP} if that event is unknown. */
    private int position(EventId cursor) {
        if (cursor.equals(EventId.EARLIEST)) return 0;
        if (cursor.equals(EventId.NOW)) return events.size();
        if (cursor.equals(EventId.BEGINNING)) return floor.sequence() == 0 ? 0 : GAP;
        int exact = indexAfter(cursor);
        if (exact != GAP) return exact;
        for (Event event : events) {
            Event.Former was = event.was();
            if (was != null && was.id().equals(cursor)) return indexAfter(was.parting());
        }
        return GAP;
    }

    private int indexAfter(EventId place) {
        if (place.equals(floor)) return 0;
        int low = 0, high = events.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = events.get(middle).id().compareTo(place);
            if (order == 0) return events.get(middle).id().equals(place) ? middle + 1 : GAP;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return GAP;
    }

    /**
     * Joins both sides of a channel after a split, without the events that would have been dropped if there had been no split. The
     * numbering of one side is kept. Events that only the other side has follow under new numbers, in a new epoch.
     */
    @Override
    public Log joined(Log larger) {
        Log one = larger.without(since), other = without(larger.since);
        boolean otherHasAll = other.indexAfter(one.last) != GAP;
        boolean oneIsOld = other.since > one.since && one.shared(other) == GAP;
        return otherHasAll || oneIsOld ? other.with(one) : one.with(other);
    }

    /** A copy without the events at its beginning that were published before that time. */
    private Log without(long before) {
        int from = 0;
        while (from < events.size() && events.get(from).time() < before) from++;
        return of(floorAt(from), last, tail(events, from), keys, done, since, age);
    }

    private Log with(Log goes) {
        int shared = shared(goes);
        int tag = chained(last, goes.last.tag());
        long epoch = Math.max(last.epoch(), goes.last.epoch()) + 1;
        long sequence = last.sequence();
        boolean hole = shared == GAP && goes.floor.sequence() > 0;
        EventId parting = shared == GAP ? EventId.EARLIEST : goes.floorAt(shared);
        Set<EventId> known = knownOf(goes);
        List<Event> added = new ArrayList<>();
        for (int i = Math.max(shared, 0); i < goes.events.size(); i++) {
            Event event = goes.events.get(i);
            hole |= goes.isHole(i);
            if (known.contains(event.first())) continue;
            sequence += hole ? 2 : 1;
            hole = false;
            EventId place = new EventId(epoch, sequence, tag);
            added.add(event.renumbered(
                    new EventId(epoch, sequence, chained(place, event.id().tag())), parting));
        }
        hole |= goes.isHole(goes.events.size());
        boolean further = !added.isEmpty() || hole || goes.last.compareTo(last) > 0;
        EventId end = further ? new EventId(epoch, sequence + (hole ? 1 : 0), tag) : last;
        List<Event> all = joined(events, added);
        return of(
                all.isEmpty() ? end : floor,
                end,
                all,
                keysWith(goes),
                doneWith(goes),
                Math.max(since, goes.since),
                Math.max(age, goes.age));
    }

    /** How many of the other's oldest events are here too, at the same places; {@link #GAP} if not even its floor is here. */
    private int shared(Log other) {
        for (int i = other.events.size(); i >= 0; i--) if (indexAfter(other.floorAt(i)) != GAP) return i;
        return GAP;
    }

    /** The other's events that must not be appended here: they are here already, or were published here a second time. */
    private Set<EventId> knownOf(Log other) {
        Set<EventId> known = new HashSet<>();
        for (Event event : events) known.add(event.first());
        for (Done one : other.done)
            if (outcomeOf(one.origin, one.number)
                    .filter(mine -> mine.number == one.number)
                    .isPresent())
                for (Receipt receipt : one.receipts)
                    if (receipt.kind() == Receipt.Kind.APPENDED) known.addAll(receipt.ids());
        // A publisher that got no answer on the other side has repeated its publication on this side, with
        // the same key.
        Set<String> repeated = new HashSet<>();
        for (Used mine : keys) repeated.add(mine.fingerprint + mine.key);
        for (Used used : other.keys)
            if (repeated.contains(used.fingerprint + used.key))
                for (int i = 0; i < used.count; i++) known.add(used.first.plus(i));
        return known;
    }

    private List<Used> keysWith(Log other) {
        List<Used> all = new ArrayList<>(keys);
        for (Used used : other.keys) if (keys.stream().noneMatch(one -> one.key.equals(used.key))) all.add(used);
        all.sort(Comparator.comparingLong(Used::time));
        return Collections.unmodifiableList(all);
    }

    private List<Done> doneWith(Log other) {
        List<Done> all = new ArrayList<>();
        for (Done one : done)
            all.add(other.outcomeOf(one.origin, one.number + 1).orElse(one));
        for (Done one : other.done) if (done.stream().noneMatch(mine -> mine.origin.equals(one.origin))) all.add(one);
        return Collections.unmodifiableList(all);
    }
}
