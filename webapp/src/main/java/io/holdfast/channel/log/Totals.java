// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.aggregation.Aggregator;
import java.util.Map.Entry;

/** Counts all channels and the bytes in them. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
public final class Totals implements Aggregator<Entry<String, Log>, Totals.Sum> {
    private long channels, bytes;

    public Totals(long channels, long bytes) {
        this.channels = channels;
        this.bytes = bytes;
    }

    /**
     * The result of a count.
     *
     * @param channels how many channels
     * @param bytes how many bytes are in them, overhead included
     */
    public record Sum(long channels, long bytes) {}

    long channels() {
        return channels;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void accumulate(Entry<String, Log> entry) {
        channels++;
        bytes += entry.getValue().size();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Hazelcast declares it
    public void combine(Aggregator other) {
        Totals totals = (Totals) other;
        channels += totals.channels;
        bytes += totals.bytes;
    }

    @Override
    public Sum aggregate() {
        return new Sum(channels, bytes);
    }
}
