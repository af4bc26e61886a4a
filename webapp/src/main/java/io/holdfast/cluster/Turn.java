// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.cluster.limit.Limitable;
import java.util.List;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one member that change a record in one go. It also runs on the backups, so what it answers is on them too.
 *
 * @param origin the store that sends it
 * @param number its number, growing by origin
 * @param now the time, in epoch milliseconds
 * @param mayCreate whether the record may come into being
 * @param rules how the room keeps its records
 * @param steps in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Turn<V, A>(UUID origin, long number, long now, boolean mayCreate, Rules<V, A> rules, List<Step<V>> steps)
        implements Limitable<V, Turn.Outcome<A>> {

    @Override
    public Turn<V, A> under(Allowance allowance) {
        return new Turn<>(origin, number, now, allowance.isFree(), rules, steps);
    }

    @Override
    public int percentOfNames() {
        return percent();
    }

    @Override
    public int percent(V after, long large) {
        return percent();
    }

    private int percent() {
        return steps.stream().anyMatch(Step::isOfAnybody) ? Limit.OPEN_PERCENT : 100;
    }

    @Override
    public long weight(V value) {
        return rules.size(value);
    }

    /**
     * The outcome of a turn.
     *
     * @param full whether the record would have been a new one, and there may be no more of them
     * @param answer what the room wants to know; null only if it is full
     */
    record Outcome<A>(boolean full, @Nullable A answer) {}

    @Override
    @SuppressWarnings("ReferenceEquality") // a step that changes nothing returns the same record
    public Outcome<A> process(Entry<String, @Nullable V> entry) {
        V stored = entry.getValue();
        V before = stored == null ? rules.none() : stored;
        if (rules.isApplied(before, origin, number))
            return new Outcome<>(false, rules.answer(rules.none(), before, steps));
        V after = before;
        for (Step<V> step : steps) after = step.apply(after, now);
        after = rules.settled(after, now);
        if (after != before) {
            if (stored == null && !mayCreate && !rules.isNothing(after)) return new Outcome<>(true, null);
            after = rules.applied(after, origin, number, now);
            entry.setValue(rules.isNothing(after) ? null : after);
        }
        return new Outcome<>(false, rules.answer(before, after, steps));
    }
}
