// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.map.IMap;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Long bytes in a map of the cluster, in pieces. Each piece is at one member and its backups, travels only to members that read it,
 * and vanishes at the end of its time unless that is prolonged.
 */
public final class Pieces {
    /** How long a piece is; the last may be shorter. */
    public static final int SIZE = 256 * 1024;

    private static final int MOST_UNDERWAY = 4;

    private final IMap<String, byte[]> map;
    /** The pieces that are being read: reads at the same time share one. */
    private final ConcurrentHashMap<String, CompletableFuture<Optional<byte[]>>> reading = new ConcurrentHashMap<>();

    private final Queue<String> unwanted = new ConcurrentLinkedQueue<>();
    private final Quota quota;

    /** Pieces in that map; the whole cluster should hold no more than so many bytes. */
    public Pieces(Cluster cluster, String map, long memory) {
        this.map = cluster.map(map);
        this.quota =
                new Quota(cluster, memory, () -> this.map.getLocalMapStats().getOwnedEntryMemoryCost());
    }

    /** Counts the bytes of this member. */
    public void count() {
        quota.count();
    }

    /** Whether this member owns more than so many times its share. */
    public boolean isOver(int shares) {
        return quota.isOver(shares);
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
        Saving saving = new Saving(id, bytes, keep);
        for (int i = 0; i < Math.min(MOST_UNDERWAY, saving.pieces); i++) saving.next();
        return saving.done;
    }

    /** Stores one piece; completes when it is on the backups. */
    public CompletionStage<Void> save(String id, int piece, byte[] bytes, Duration keep) {
        // The member that stores a piece counts it, although another may own it.
        quota.add(bytes.length);
        try {
            return map.setAsync(key(id, piece), bytes, keep.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
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

    /** The pieces of one value on their way, a few at a time. */
    private final class Saving {
        private final String id;
        private final byte[] bytes;
        private final Duration keep;
        private final int pieces;
        private final AtomicInteger begun = new AtomicInteger(), saved = new AtomicInteger();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Saving(String id, byte[] bytes, Duration keep) {
            this.id = id;
            this.bytes = bytes;
            this.keep = keep;
            this.pieces = count(bytes.length);
        }

        void next() {
            int piece = begun.getAndIncrement();
            if (piece >= pieces || done.isDone()) return;
            int from = piece * SIZE, to = Math.min(bytes.length, from + SIZE);
            save(id, piece, Arrays.copyOfRange(bytes, from, to), keep).whenComplete(this::put);
        }

        private void put(@Nullable Void nothing, @Nullable Throwable error) {
            if (error != null) done.completeExceptionally(error);
            else if (saved.incrementAndGet() == pieces) done.complete(null);
            else next();
        }
    }
}
