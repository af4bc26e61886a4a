// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.cluster.JoinPolicy.Joinable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who attends a channel: the members that have readers of it, each for as long as its lease lasts.
 *
 * @param leases by member, the time until which it attends unless it says so again, in epoch milliseconds
 * @param announced whether it was announced that the channel has readers
 */
record Attendance(Map<String, Long> leases, boolean announced) implements Joinable<Attendance> {
    static final Attendance NOBODY = new Attendance(Map.of(), false);

    /** This when the member attends until that time, or, if that is over, no longer; and without leases that are over. */
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

    /** Both sides after a split: who attends on either. */
    @Override
    public Attendance joined(Attendance other) {
        Map<String, Long> both = new TreeMap<>(leases);
        other.leases.forEach((member, until) -> both.merge(member, until, Math::max));
        return new Attendance(both, announced || other.announced);
    }
}
