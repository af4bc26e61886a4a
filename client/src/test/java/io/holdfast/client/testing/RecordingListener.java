// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.testing;

import io.holdfast.client.Event;
import io.holdfast.client.Gap;
import io.holdfast.client.Listener;
import io.holdfast.client.Trouble;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that records its calls, and fails as often as a test asks for. */
public class RecordingListener implements Listener {
    public final List<Event> events = new CopyOnWriteArrayList<>();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final List<Trouble> troubles = new CopyOnWriteArrayList<>();
    public final AtomicInteger failures = new AtomicInteger();

    @Override
    public void event(Event event) throws Exception {
        mayFail();
        events.add(event);
        calls.add("event " + event.id());
    }

    @Override
    public void gap(Gap gap) throws Exception {
        mayFail();
        calls.add("gap " + (gap.channel() == null ? "" : gap.channel() + " ") + gap.after() + " " + gap.oldest());
    }

    @Override
    public void reached(String cursor) {
        calls.add("reached " + cursor);
    }

    @Override
    public void trouble(Trouble trouble) {
        troubles.add(trouble);
    }

    private void mayFail() {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) == 0) return;
        throw new IllegalStateException("not now");
    }

    public List<String> ids() {
        return events.stream().map(Event::id).toList();
    }
}
