// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that writes down what it is told, and fails as often as it is asked to. */
class Recorder implements Listener {
    final List<Event> events = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<Trouble> troubles = new CopyOnWriteArrayList<>();
    volatile int failures;

    @Override
    public void event(Event event) throws Exception {
        mayFail();
        events.add(event);
        told.add("event " + event.id());
    }

    @Override
    public void gap(Gap gap) throws Exception {
        mayFail();
        told.add("gap " + (gap.channel() == null ? "" : gap.channel() + " ") + gap.after() + " " + gap.oldest());
    }

    @Override
    public void reached(String cursor) {
        told.add("reached " + cursor);
    }

    @Override
    public void trouble(Trouble trouble) {
        troubles.add(trouble);
    }

    private void mayFail() {
        if (failures <= 0) return;
        failures--;
        throw new IllegalStateException("not now");
    }

    List<String> ids() {
        return events.stream().map(Event::id).toList();
    }
}
