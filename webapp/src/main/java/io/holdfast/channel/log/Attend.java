// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Says that a member attends a channel, or no longer does. The answer says what to announce: 1 if the channel has readers now, -1 if it
 * has no readers any more, 0 for nothing.
 *
 * @param member the member; empty to look only for leases that have expired
 * @param until the end of the lease, in epoch milliseconds; a time in the past if the member leaves
 * @param now the time
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
public record Attend(String member, long until, long now) implements EntryProcessor<String, Attendance, Integer> {

    @Override
    public Integer process(Entry<String, @Nullable Attendance> entry) {
        Attendance before = entry.getValue() == null ? Attendance.NOBODY : entry.getValue();
        Attendance after = before.with(member, until, now);
        entry.setValue(after.isPresent() ? after.announcing() : null);
        if (after.isPresent() == before.announced()) return 0;
        return after.isPresent() ? 1 : -1;
    }
}
