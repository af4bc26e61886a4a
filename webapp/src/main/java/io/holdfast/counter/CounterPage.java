// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.aggregation.Aggregator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;

/**
 * Finds a page of counters, by name.
 *
 * @param wanted which counters
 * @param found those found so far, in order; each aggregator has a list of its own and adds to it
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record CounterPage(Wanted wanted, List<Row> found) implements Aggregator<Entry<String, Tally>, List<CounterPage.Row>> {

    /**
     * Which counters are on the page.
     *
     * @param prefix the beginning of their names; empty for all
     * @param after only those whose names are greater than this
     * @param limit how many counters
     */
    record Wanted(String prefix, String after, int limit) {

        private boolean has(String name) {
            return name.startsWith(prefix) && name.compareTo(after) > 0;
        }
    }

    /**
     * A counter on the page.
     *
     * @param changed when it was last incremented, in epoch milliseconds
     */
    record Row(String name, long value, long epoch, long changed) {}

    CounterPage {
        found = new ArrayList<>(found);
    }

    @Override
    public void accumulate(Entry<String, Tally> entry) {
        String name = entry.getKey();
        if (!wanted.has(name) || isBeyond(name)) return;
        Tally tally = entry.getValue();
        if (!tally.life().isOver())
            add(new Row(name, tally.value(), tally.life().born(), tally.changed()));
    }

    private boolean isBeyond(String name) {
        return found.size() == wanted.limit()
                && name.compareTo(found.get(found.size() - 1).name()) > 0;
    }

    private void add(Row row) {
        if (isBeyond(row.name)) return;
        int place = found.size();
        while (place > 0 && found.get(place - 1).name().compareTo(row.name) > 0) place--;
        found.add(place, row);
        if (found.size() > wanted.limit()) found.remove(found.size() - 1);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Hazelcast declares it
    public void combine(Aggregator other) {
        ((CounterPage) other).found.forEach(this::add);
    }

    @Override
    public List<Row> aggregate() {
        return found;
    }
}
