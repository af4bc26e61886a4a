// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.map.EntryProcessor;

/**
 * The most that one map may hold in the whole cluster, without backups. It travels with each command, so that the owner of an entry needs
 * no settings of its own.
 *
 * @param map the name of the map
 * @param names the most entries
 * @param bytes the most bytes in them, overhead included
 */
public record Limit(String map, long names, long bytes) {
    /** No limit. */
    public static final long ANY = Long.MAX_VALUE;

    /** Beyond so much of the names and of the bytes, in percent, there is no room for anybody; the rest is kept. */
    public static final int OPEN_PERCENT = 75;

    /** The smaller of both. */
    Limit or(Limit other) {
        return new Limit(map, Math.min(names, other.names), Math.min(bytes, other.bytes));
    }

    /** That part of so many bytes. */
    static long part(long bytes, int percent) {
        return bytes == ANY ? ANY : bytes / 100 * percent + bytes % 100 * percent / 100;
    }

    /** That part of so many names, rounded up. */
    static long partOfNames(long names, int percent) {
        return names == ANY ? ANY : names - part(names, 100 - percent);
    }

    /** The command under this limit. */
    public <V, A> EntryProcessor<String, V, A> over(EntryProcessor<String, V, A> command) {
        return command instanceof Limitable<V, A> limitable ? new Limited<>(this, limitable) : command;
    }
}
