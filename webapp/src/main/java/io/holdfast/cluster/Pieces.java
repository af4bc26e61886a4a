// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.map.IMap;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Ledgers;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.cluster.limit.Limitable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Long bytes in a map of the cluster, in pieces. Each piece is at one member and its backups, travels only to members that read it,
 * and vanishes at the end of its time unless that is prolonged.
 */
public final class Pieces {
    /** How long a piece is; the last may be shorter. */
    public static final int SIZE = 256 * 1024;

    private static final int MOST_UNDERWAY = 4;
    /** A piece whose backups do not answer is put again so often, each time after the wait for them. */
    private static final int MOST_REPEATS = 3;

    private final IMap<String, byte[]> map;
    /** The pieces that are being read: reads at the same time share one. */
    private final ConcurrentHashMap<String, CompletableFuture<Optional<byte[]>>> reading = new ConcurrentHashMap<>();

    private final Queue<String> unwanted = new ConcurrentLinkedQueue<>();
    private final Ledgers ledgers;
    private final Limit limit;

    /** There was no room for all pieces of a value. None of them is kept. */
    public static final class NoRoomException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoRoomException() {
            super("there is no room", null, false, false);
        }

        /** Whether a stage failed because of this. */
        public static boolean isCauseOf(@Nullable Throwable failure) {
            return failure instanceof NoRoomException
                    || (failure != null && failure.getCause() instanceof NoRoomException);
        }
    }

    /** Pieces in that map; the whole cluster holds no more than so many bytes. */
    public Pieces(Cluster cluster, String map, long memory) {
        this.map = cluster.map(map);
        this.ledgers = cluster.ledgers();
        this.limit = new Limit(map, Limit.ANY, memory);
        ledgers.limit(limit);
    }

    /** Whether this member owns more than so much of its share, in percent. */
    public boolean isOver(int percent) {
        return ledgers.isOver(limit, percent);
    }

    /** The number of pieces of so many bytes. */
    public static int count(long bytes) {
        return Math.toIntExact(Math.max(1, -Math.floorDiv(-bytes, (long) SIZE)));
    }

    private static String key(String id, int piece) {
        return id + "/" + piece;
    }

    /** Stores all the bytes; completes when they are on the backups. */
    public CompletionStage<Void> save(String id, byte[] bytes, Duration keep) {
        return save(id, bytes, keep, 100);
    }

    /** Stores all the bytes where its owners have used less than so much of the limit, in percent. */
    public CompletionStage<Void> save(String id, byte[] bytes, Duration keep, int percent) {
        Saving saving = new Saving(id, bytes, keep, percent);
        for (int i = 0; i < Math.min(MOST_UNDERWAY, saving.pieces); i++) saving.next();
        return saving.done;
    }

    /** Stores one piece; completes when it is on the backups. Fails with {@link NoRoomException} where its owner has no room. */
    public CompletionStage<Void> save(String id, int piece, byte[] bytes, Duration keep) {
        return save(key(id, piece), new Put(bytes, keep.toMillis(), 100, true));
    }

    private CompletionStage<Void> save(String key, Put put) {
        return repeated(() -> submit(key, put), MOST_REPEATS);
    }

    private CompletionStage<Void> submit(String key, Put put) {
        try {
            return map.submitToKey(key, limit.over(put)).thenAccept(stored -> {
                if (!stored) throw new NoRoomException();
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The attempt, and so many more while backups are slow to answer. A second put changes nothing. */
    static CompletionStage<Void> repeated(Supplier<CompletionStage<Void>> attempt, int more) {
        CompletionStage<Void> first = attempt.get();
        if (more == 0) return first;
        return first.exceptionallyCompose(error -> isOfBackups(error) || isOfBackups(error.getCause())
                ? repeated(attempt, more - 1)
                : CompletableFuture.failedFuture(error));
    }

    private static boolean isOfBackups(@Nullable Throwable error) {
        return error instanceof IndeterminateOperationStateException;
    }

    /** A piece; empty if it is not kept any more. */
    public CompletionStage<Optional<byte[]>> read(String id, int piece) {
        String key = key(id, piece);
        CompletableFuture<Optional<byte[]>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<byte[]>> other = reading.putIfAbsent(key, mine);
        if (other != null) return other;
        get(key).whenComplete((bytes, error) -> {
            reading.remove(key, mine);
            if (error == null) mine.complete(Optional.ofNullable(bytes));
            else mine.completeExceptionally(error);
        });
        return mine;
    }

    private CompletionStage<byte @Nullable []> get(String key) {
        try {
            return map.getAsync(key);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Removes pieces that nobody has heard of. */
    public void drop(String id, int pieces) {
        for (int i = 0; i < pieces; i++)
            map.submitToKey(key(id, i), limit.over(new Drop()))
                    .exceptionally(error -> null); // then it vanishes at the end of its time
    }

    /** Has these pieces removed by {@link #tidy}: nobody new will read them. */
    public void release(String id, int pieces) {
        for (int i = 0; i < pieces; i++) unwanted.add(key(id, i));
    }

    /** Removes the released pieces after so long, which leaves them to those who are reading them. Blocks. */
    public void tidy(Duration left) {
        for (String key = unwanted.poll(); key != null; key = unwanted.poll())
            map.setTtl(key, left.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keeps these pieces for so long from now. Blocks. */
    public void keep(String id, int pieces, Duration longer) {
        for (int i = 0; i < pieces; i++) map.setTtl(key(id, i), longer.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stores a piece for so long, if there is room in that share of the limit, in percent; the answer says whether there was. */
    @SuppressWarnings({"serial", "ArrayRecordComponent"
    }) // goes over the wire by its compact serializer; never compared
    record Put(byte[] bytes, long keepMillis, int share, boolean mayStore) implements Limitable<byte[], Boolean> {
        /** The memory of an entry beside its bytes. */
        private static final long OVERHEAD = 300;

        @Override
        public Put under(Allowance allowance) {
            return new Put(bytes, keepMillis, share, allowance.isFree());
        }

        @Override
        public int percent(byte[] after, long large) {
            return share;
        }

        @Override
        public long weight(byte[] value) {
            return OVERHEAD + value.length;
        }

        @Override
        public Boolean process(Entry<String, byte @Nullable []> entry) {
            if (mayStore)
                ((ExtendedMapEntry<String, byte @Nullable []>) entry)
                        .setValue(bytes, keepMillis, TimeUnit.MILLISECONDS);
            return mayStore;
        }
    }

    /** Removes a piece, so that there is room for another at once. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Drop() implements Limitable<byte[], Boolean> {

        @Override
        public Drop under(Allowance allowance) {
            return this;
        }

        @Override
        public long weight(byte[] value) {
            return Put.OVERHEAD + value.length;
        }

        @Override
        public Boolean process(Entry<String, byte @Nullable []> entry) {
            entry.setValue(null);
            return true;
        }
    }

    /** The pieces of one value on their way, a few at a time. */
    private final class Saving {
        private final String id;
        private final byte[] bytes;
        private final Duration keep;
        private final int percent, pieces;
        private final AtomicInteger begun = new AtomicInteger(), saved = new AtomicInteger();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Saving(String id, byte[] bytes, Duration keep, int percent) {
            this.percent = percent;
            this.id = id;
            this.bytes = bytes;
            this.keep = keep;
            this.pieces = count(bytes.length);
        }

        void next() {
            int piece = begun.getAndIncrement();
            if (piece >= pieces || done.isDone()) return;
            int from = piece * SIZE, to = Math.min(bytes.length, from + SIZE);
            byte[] part = Arrays.copyOfRange(bytes, from, to);
            save(key(id, piece), new Put(part, keep.toMillis(), percent, true)).whenComplete(this::put);
        }

        private void put(@Nullable Void nothing, @Nullable Throwable error) {
            if (error != null) {
                if (done.completeExceptionally(error)) drop(id, Math.min(pieces, begun.get()));
            } else if (saved.incrementAndGet() == pieces) done.complete(null);
            else next();
        }
    }
}
