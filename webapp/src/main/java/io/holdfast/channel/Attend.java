// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Says that a member attends a channel, or no longer does. The answer is what is to be announced: 1 that the channel has readers now,
 * -1 that it has none any more, 0 nothing.
 *
 * @param member who; empty to look for leases that are over only
 * @param until until when, in epoch milliseconds; a time that is over if it leaves
 * @param now the time
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Attend(String member, long until, long now) implements EntryProcessor<String, Attendance, Integer> {

    @Override
    public Integer process(Entry<String, @Nullable Attendance> entry) {
        Attendance before = entry.getValue() == null ? Attendance.NOBODY : entry.getValue();
        Attendance after = before.with(member, until, now);
        entry.setValue(after.isPresent() ? after.announcing() : null);
        if (after.isPresent() == before.announced()) return 0;
        return after.isPresent() ? 1 : -1;
    }
}
