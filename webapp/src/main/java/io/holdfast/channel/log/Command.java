// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import io.holdfast.channel.log.Log.Done;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.cluster.limit.Limitable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Appends the publications of some publishers, and then reads for some readers. It appends once, however often it is sent.
 *
 * <p>It runs on the backups too, even if it only reads. Everything that a reader sees is therefore on the backups.
 *
 * @param origin the member that sends it
 * @param number grows with each command of its origin
 * @param now the time, in epoch milliseconds
 * @param retention how much of this channel is kept
 * @param allowance how much it may add, as the owner of the channel decides
 * @param publications the publications to append, in order
 * @param reads the reads that follow, in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
public record Command(
        UUID origin,
        long number,
        long now,
        Retention retention,
        Allowance allowance,
        List<Publication> publications,
        List<Read> reads)
        implements Limitable<Log, Reply> {

    @Override
    public Command under(Allowance allowed) {
        return new Command(origin, number, now, retention, allowed, publications, reads);
    }

    @Override
    public int percent(Log after, long large) {
        boolean kept = after.weight() <= large && publications.stream().allMatch(Publication::favoured);
        return kept ? 100 : Limit.OPEN_PERCENT;
    }

    @Override
    public long weight(Log log) {
        return log.weight();
    }

    /** Distinguishes the events of this command from events at the same place on another side of a split. */
    int tag() {
        long mixed =
                (origin.getMostSignificantBits() ^ origin.getLeastSignificantBits() ^ number) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 32);
    }

    @Override
    public Reply process(Entry<String, @Nullable Log> entry) {
        Log log = entry.getValue();
        if (publications.isEmpty()) return reply(log, EventId.BEGINNING, List.of());
        if (log == null && !allowance.create()) return reply(null, EventId.BEGINNING, tooMany());
        Log before = log == null ? Log.begun(now) : log;
        Optional<Done> known = before.outcomeOf(origin, number);
        if (known.isPresent())
            return reply(before, known.get().before(), known.get().receipts());
        Log after = before.after(this);
        List<Receipt> receipts = after.outcomeOf(origin, number).orElseThrow().receipts();
        if (log == null && after.events().isEmpty()) return reply(null, EventId.BEGINNING, receipts);
        entry.setValue(after);
        return reply(after, before.last(), receipts);
    }

    private List<Receipt> tooMany() {
        Receipt refused = new Receipt(Receipt.Kind.TOO_MANY, EventId.BEGINNING, 0);
        return publications.stream().map(publication -> refused).toList();
    }

    private Reply reply(@Nullable Log log, EventId before, List<Receipt> receipts) {
        Log kept = log == null ? null : log.within(retention, now);
        List<Page> pages = new ArrayList<>();
        for (Read read : reads) pages.add(kept == null ? unknown(read) : kept.read(read));
        return new Reply(before, receipts, pages, Summary.of(kept));
    }

    /** The channel does not exist any more. A reader that has seen one of its events may have missed later ones. */
    private static Page unknown(Read read) {
        boolean gap = !read.isExact() && read.after().epoch() > 0;
        return new Page(List.of(), EventId.BEGINNING, gap, null, 0);
    }
}
