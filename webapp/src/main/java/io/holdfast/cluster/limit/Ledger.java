// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import io.holdfast.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The books of this member on one map: the last count, and every change since. All members have the same share of a limit. A share of
 * names is larger by 1 % of the limit if there are several members, because names are never spread evenly.
 */
final class Ledger {
    /** Something that is refused is counted again unless that was done so recently; sooner if that count may be too high. */
    private static final Duration AGAIN = Duration.ofMillis(20), SOON = Duration.ofMillis(1);

    /** A refusal is remembered for so long. */
    private static final Duration PRESSED = Duration.ofSeconds(10);

    /** A thread stores its takings within this time, if it is not seen to wait before. */
    private static final Duration STORED = Duration.ofSeconds(1);

    private final IntSupplier members;
    private final Supplier<Holdings> owned;
    private final Ticker ticker;

    private Holdings counted = new Holdings(0, 0);
    private long names, bytes; // since the last count
    /** Entries that take no place, because they only show that something was removed. Never more than there are. */
    private long vacant;

    private int size = 1;
    private long countedAt;
    private long refusedAt;
    private boolean refused;
    private boolean stale = true, unweighed = true;
    private boolean guessed; // whether the last count may have seen what it added for other threads
    /** By thread, what its last command took. Perhaps that is not stored yet, so that a count cannot have seen it. */
    private final Map<Thread, Taken> taken = new HashMap<>();

    private record Taken(long names, long bytes, long at) {

        Taken and(Taken more) {
            return new Taken(names + more.names, bytes + more.bytes, more.at);
        }
    }

    Ledger(IntSupplier members, Supplier<Holdings> owned, Ticker ticker) {
        this.members = members;
        this.owned = owned;
        this.ticker = ticker;
    }

    /** This thread begins a command, so what it took for the one before is stored. */
    synchronized void begin() {
        stored();
        if (stale) count();
    }

    /** A count sees from now on all that this thread took. */
    synchronized void stored() {
        taken.remove(Thread.currentThread());
    }

    /** Takes room for one more entry, if there is room. */
    boolean takeName(long most) {
        return take(new Taken(1, 0, ticker.nanos()), most, Limit.ANY);
    }

    /** Takes room for so many more bytes, if there is room. */
    boolean takeBytes(long more, long most) {
        return take(new Taken(0, more, ticker.nanos()), Limit.ANY, most);
    }

    /** Takes room for an entry that is stored, but has taken no place so far, if there is room. */
    synchronized boolean takeVacant(long most) {
        Taken one = new Taken(1, 0, ticker.nanos());
        if (!isRoomFor(one, most, Limit.ANY)) return false;
        add(1, 0);
        vacate(-1);
        return true;
    }

    private synchronized boolean take(Taken more, long mostNames, long mostBytes) {
        if (!isRoomFor(more, mostNames, mostBytes)) return false;
        add(more.names, more.bytes);
        taken.merge(Thread.currentThread(), more, Taken::and);
        return true;
    }

    private synchronized boolean isRoomFor(Taken more, long mostNames, long mostBytes) {
        boolean fits = fits(more, mostNames, mostBytes);
        if (!fits && more.at - countedAt >= (guessed ? SOON : AGAIN).toNanos()) {
            count();
            fits = fits(more, mostNames, mostBytes);
        }
        if (!fits) {
            refused = true;
            refusedAt = more.at;
        }
        return fits;
    }

    private boolean fits(Taken more, long mostNames, long mostBytes) {
        return (more.names == 0 || names() + more.names <= shareOfNames(mostNames))
                && (more.bytes == 0 || bytes() + more.bytes <= mostBytes / size);
    }

    /** How many bytes this member may own. */
    synchronized long shareOfBytes(long most) {
        return most / size;
    }

    /** How many more bytes this member may own now. */
    synchronized long roomFor(long most) {
        return Math.max(0, most / size - bytes());
    }

    private long shareOfNames(long most) {
        return size == 1 || most == Limit.ANY ? most : most / size - Math.floorDiv(-most, 100L);
    }

    /** Adds a change that was made without asking; negative where something is gone. */
    synchronized void add(long moreNames, long moreBytes) {
        names += moreNames;
        bytes += moreBytes;
    }

    /** So many more entries take no place. */
    synchronized void vacate(long more) {
        vacant = Math.max(0, vacant + more);
    }

    /** Takes over a count of the entries that take no place. If some take one meanwhile, it may be too low, but not too high. */
    void vacate(LongSupplier scan) {
        long before = vacantAtBeginning();
        long found = scan.getAsLong();
        synchronized (this) {
            vacant = Math.max(0, found + Math.min(0, vacant - before));
            count();
        }
    }

    private synchronized long vacantAtBeginning() {
        unweighed = false;
        return vacant;
    }

    synchronized boolean hasVacant() {
        return vacant > 0;
    }

    /** Members or partitions have moved: what was counted is not so any more. */
    synchronized void stale() {
        vacant = 0;
        stale = true;
        unweighed = true;
    }

    /** Whether something was refused lately. */
    synchronized boolean isPressed() {
        return refused && ticker.nanos() - refusedAt < PRESSED.toNanos();
    }

    /** Counts what this member owns, and how many members there are. */
    synchronized void count() {
        long now = ticker.nanos();
        Holdings all;
        try {
            all = owned.get();
        } catch (RuntimeException e) {
            // The member is leaving. It goes on with the last count, because its commands are still answered.
            return;
        }
        long before = names();
        taken.entrySet().removeIf(last -> now - last.getValue().at > STORED.toNanos() || isIdle(last.getKey()));
        guessed = !taken.isEmpty();
        names = taken.values().stream().mapToLong(Taken::names).sum();
        long bytesNow = counted.bytes() + moved(before - names, all);
        if (all.bytes() == Holdings.UNKNOWN) counted = new Holdings(all.names() - vacant, bytesNow);
        else {
            counted = new Holdings(all.names() - vacant, all.bytes());
            bytes = taken.values().stream().mapToLong(Taken::bytes).sum();
        }
        size = Math.max(1, members.getAsInt());
        countedAt = now;
        stale = false;
    }

    /** A thread that waits for its next command has stored what the last one took. */
    private static boolean isIdle(Thread other) {
        if (other == Thread.currentThread()) return false;
        return switch (other.getState()) {
            case WAITING, TIMED_WAITING, TERMINATED -> true;
            default -> false;
        };
    }

    /** How many bytes have come or gone with entries that have moved, if those are as long as the others. {@link #weigh} follows. */
    private long moved(long known, Holdings all) {
        return !unweighed || known <= 0 ? 0 : (long) (bytes() * ((double) all.names() / known - 1));
    }

    /** Takes over a count of the bytes of a map that does not know them. It has all changes up to its end, and some after. */
    void weigh(LongSupplier scan) {
        long before = begun();
        long sum = scan.getAsLong();
        synchronized (this) {
            counted = new Holdings(counted.names(), sum);
            bytes -= before;
        }
    }

    private synchronized long begun() {
        unweighed = false;
        return bytes;
    }

    /** Whether members or partitions have moved since the last {@link #weigh}. */
    synchronized boolean isUnweighed() {
        return unweighed;
    }

    /** Counts, and tells whether this member owns more than so much of its share of these bytes, in percent. */
    synchronized boolean isOver(long most, int percent) {
        if (stale || ticker.nanos() - countedAt >= AGAIN.toNanos()) count();
        return bytes() > most / size / 100 * percent;
    }

    synchronized boolean isOverNames(long most, int percent) {
        if (stale || ticker.nanos() - countedAt >= AGAIN.toNanos()) count();
        return names() > shareOfNames(most) * percent / 100;
    }

    synchronized long names() {
        return counted.names() + names;
    }

    synchronized long bytes() {
        return counted.bytes() + bytes;
    }
}
