// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

/**
 * The decision of the owner of an entry on a command. It goes to the backups with the command.
 *
 * @param create whether the entry may come into being
 * @param open by how many bytes it may grow for anybody
 * @param all by how many bytes it may grow for those for whom a part is kept
 * @param large an entry of more bytes than this has no use of the part that is kept
 */
public record Allowance(boolean create, long open, long all, long large) {
    /** No limit. */
    public static final Allowance ANY = anySize(true);

    /** Any number of bytes. */
    public static Allowance anySize(boolean create) {
        return new Allowance(create, Limit.ANY, Limit.ANY, Limit.ANY);
    }

    /** No more bytes at all. */
    public static Allowance noMore(boolean create) {
        return new Allowance(create, 0, 0, 0);
    }

    /** Whether the entry may come into being with any number of bytes. */
    public boolean isFree() {
        return create && all == Limit.ANY;
    }
}
