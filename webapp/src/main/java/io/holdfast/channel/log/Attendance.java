// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import io.holdfast.cluster.JoinPolicy.Joinable;
import java.util.Map;
import java.util.TreeMap;

/**
 * The members that attend a channel, because they have readers of it. Each attends until its lease ends.
 *
 * @param leases by member, the end of its lease, in epoch milliseconds; a member renews its lease by attending again
 * @param announced whether the presence of readers was announced
 */
public record Attendance(Map<String, Long> leases, boolean announced) implements Joinable<Attendance> {
    static final Attendance NOBODY = new Attendance(Map.of(), false);

    /** A copy in which the member attends until that time, or no longer if the time is in the past. Expired leases are left out. */
    Attendance with(String member, long until, long now) {
        Map<String, Long> after = new TreeMap<>(leases);
        if (!member.isEmpty()) after.put(member, until);
        after.values().removeIf(end -> end <= now);
        return new Attendance(after, announced);
    }

    boolean isPresent() {
        return !leases.isEmpty();
    }

    Attendance announcing() {
        return new Attendance(leases, isPresent());
    }

    /** Joins both sides of a split: the members that attend on either side. */
    @Override
    public Attendance joined(Attendance other) {
        Map<String, Long> both = new TreeMap<>(leases);
        other.leases.forEach((member, until) -> both.merge(member, until, Math::max));
        return new Attendance(both, announced || other.announced);
    }
}
