// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.map.EntryProcessor;

/**
 * A command that may make an entry come into being or grow. It is a record itself with a wire form, because it travels to the owner.
 *
 * @param <V> the values of the map
 * @param <A> the answers
 */
public interface Limitable<V, A> extends EntryProcessor<String, V, A> {
    /** The same command, told what it may do. It answers how it is refused, and then changes nothing that it was not allowed. */
    EntryProcessor<String, V, A> under(Allowance allowance);

    /**
     * How much of the bytes is for this command, in percent.
     *
     * @param after the value as the command would leave it
     * @param large an entry of more bytes than this is large
     */
    default int percent(V after, long large) {
        return 100;
    }

    /** How much of the names is for this command if it makes an entry come into being, in percent. */
    default int percentOfNames() {
        return 100;
    }

    /** Whether this value takes no place among the names, because it only shows that something was removed. */
    default boolean isVacant(V value) {
        return false;
    }

    /** How many bytes this value counts, overhead included; 0 where only names are limited. */
    default long weight(V value) {
        return 0;
    }
}
