// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.cluster.limit.Limit;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Changes replicated records by steps. Steps that are asked for while a turn of the same record is on its way go together with the
 * next turn.
 *
 * @param <V> the replicated records
 * @param <A> the answers of turns: records with a wire form
 */
public final class StepStore<V, A> {
    private final Batches<Request<V, A>, Turn<V, A>, V, Turn.Outcome<A>> batches;
    private final Owner<V, A> owner;
    private final Limit limit;
    private final Clocks clocks;
    private final UUID origin = UUID.randomUUID();

    /** Why a step has no answer. */
    public enum Failure {
        /** The cluster cannot be asked now. Nothing was done. */
        UNAVAILABLE,
        /** The cluster has not answered. The step may have been done, or may yet be. */
        UNKNOWN,
        /** The record would have been a new one, and there are as many as there may be. Nothing was done. */
        FULL
    }

    /**
     * How a room keeps its replicated records. A record itself, with a {@linkplain RecordWire wire form}, because it travels with each
     * turn. All of it must be pure.
     *
     * @param <V> the replicated records
     * @param <A> the answers of turns: records with a wire form
     */
    public interface Rules<V, A> {
        /** The record before its first step. It is stored only if a step changes it. */
        V none();

        /** Whether the record shows that this turn, or a later one of the same origin, was applied to it. */
        default boolean isApplied(V value, UUID origin, long number) {
            return false;
        }

        /** The record that shows that this turn was applied. A room whose steps may be repeated needs no such sign. */
        default V applied(V value, UUID origin, long number, long now) {
            return value;
        }

        /** The record with what follows from the steps of a turn by itself. */
        default V settled(V value, long now) {
            return value;
        }

        /** Whether a record is as good as none. Such a record is not kept, not even so that repeated turns are known. */
        default boolean isNothing(V value) {
            return false;
        }

        /** How many bytes the record counts, overhead included; 0 where {@link Owner#memory()} sets no limit. */
        default long size(V value) {
            return 0;
        }

        /**
         * The answer of a turn.
         *
         * @param before the record before the turn; {@link #none()} if it is repeated, as its first answer may be lost
         */
        A answer(V before, V after, List<Step<V>> steps);
    }

    /** The room, as its store sees it. All methods are called on any thread, and must be quick and not throw. */
    public interface Owner<V, A> {
        /** How its records are kept. */
        Rules<V, A> rules();

        /** How many records there may be in the cluster. */
        int limit();

        /** How many bytes all records may have in the cluster; a new one beyond that is refused. */
        default long memory() {
            return Limit.ANY;
        }

        /** The exception that a step without an answer fails with. */
        RuntimeException refusal(Failure failure, String why);

        /** The exception that this step fails with although its turn was answered; empty if it does not. */
        default Optional<RuntimeException> refusal(Step<V> step, A answer) {
            return Optional.empty();
        }

        /** Fewer steps that do the same as all of these. */
        default List<Step<V>> combined(List<Step<V>> steps) {
            return steps;
        }

        /** Called once for each turn, after its steps are answered. The next turn may be on its way already. */
        default void onAnswer(String key, A answer) {}
    }

    /**
     * A store that changes those records.
     *
     * @param patience how long a step waits for its answer
     */
    public StepStore(
            Cluster cluster,
            Records<V> records,
            Duration patience,
            Clocks clocks,
            Executor executor,
            Owner<V, A> owner) {
        this.owner = owner;
        this.limit = new Limit(records.name(), owner.limit(), owner.memory());
        this.clocks = clocks;
        this.batches = new Batches<>(cluster, records.name(), patience, clocks, executor, new Turns());
    }

    /** Changes the record by that step, and completes with the answer of its turn, which is on the backups. */
    public CompletionStage<A> step(String key, Step<V> step) {
        Request<V, A> request = new Request<>(step, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(key, request);
        return request.result;
    }

    private record Request<V, A>(Step<V> step, long since, CompletableFuture<A> result) implements Batches.Request {}

    private final class Turns implements Batches.Store<Request<V, A>, Turn<V, A>, Turn.Outcome<A>> {

        @Override
        public Limit limit() {
            return limit;
        }

        @Override
        public Turn<V, A> command(String key, long number, List<Request<V, A>> aboard) {
            List<Step<V>> steps = aboard.stream().map(Request::step).toList();
            long now = clocks.cluster().millis();
            return new Turn<>(origin, number, now, true, owner.rules(), owner.combined(steps));
        }

        @Override
        public void deliver(String key, Turn<V, A> turn, Turn.Outcome<A> outcome, List<Request<V, A>> aboard) {
            A answer = outcome.answer();
            for (Request<V, A> request : aboard)
                if (answer == null) fail(request, owner.refusal(Failure.FULL, ""));
                else
                    owner.refusal(request.step, answer)
                            .ifPresentOrElse(why -> fail(request, why), () -> request.result.complete(answer));
            if (answer != null) owner.onAnswer(key, answer);
        }

        @Override
        public void refuse(List<Request<V, A>> aboard, boolean sent, String why) {
            Failure failure = sent ? Failure.UNKNOWN : Failure.UNAVAILABLE;
            for (Request<V, A> request : aboard) fail(request, owner.refusal(failure, why));
        }

        private void fail(Request<V, A> request, RuntimeException why) {
            request.result.completeExceptionally(why);
        }
    }
}
