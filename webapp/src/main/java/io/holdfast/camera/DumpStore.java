// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.IMap;
import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Standing;
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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of dumps in the cluster's map, in pieces; the only class that holds it. Each piece is at one member and its backups, and
 * goes only to members where somebody asked.
 */
final class DumpStore {
    static final int PIECE = 256 * 1024;
    /** How long a dump is there for those who asked, also where it is not kept. */
    private static final Duration BRIEF = Duration.ofMinutes(2);

    /** How long it is kept for those who are being given it, when another has replaced it; and where memory is short. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(10), SHORT = Duration.ofSeconds(10);

    private static final int MOST_UNDERWAY = 4;

    private final IMap<String, byte[]> map;
    private final Standing standing;
    private final CameraOptions options;
    /** The pieces that are being fetched: many who ask together are given the same. */
    private final ConcurrentHashMap<String, CompletableFuture<Optional<byte[]>>> fetching = new ConcurrentHashMap<>();

    private final Queue<String> replaced = new ConcurrentLinkedQueue<>();
    /** What has come to this member since it last looked; it counts as if this member owned it. */
    private final AtomicLong come = new AtomicLong();

    private volatile long owned, share = Long.MAX_VALUE / 2;

    DumpStore(Cluster cluster, CameraOptions options) {
        this.map = cluster.map(CameraWire.DUMPS);
        this.standing = cluster.standing();
        this.options = options;
    }

    /** Looks how much this member owns, and what its share is of what is allowed. */
    void takeStock() {
        long before = come.get();
        owned = map.getLocalMapStats().getOwnedEntryMemoryCost();
        come.addAndGet(-before);
        share = options.memory() / Math.max(1, standing.size());
    }

    private boolean isOver(long most) {
        return owned + come.get() > most;
    }

    static int pieces(int bytes) {
        return Math.max(1, -Math.floorDiv(-bytes, PIECE));
    }

    /** Puts the bytes there; completes when all are on the backups. */
    CompletionStage<Void> save(String camera, String dump, byte[] bytes) {
        if (isOver(2 * share))
            return CompletableFuture.failedFuture(
                    new CameraRefusal(Why.TOO_MUCH, "there are as many bytes of dumps as camera.memory allows"));
        come.addAndGet(bytes.length);
        Saving saving = new Saving(camera, dump, bytes, isOver(share) ? BRIEF : longer(options.keep()));
        for (int i = 0; i < Math.min(MOST_UNDERWAY, pieces(bytes.length)); i++) saving.next();
        return saving.done.exceptionally(error -> {
            throw new CameraRefusal(Why.UNKNOWN, "the cluster has not taken the dump");
        });
    }

    private static Duration longer(Duration keep) {
        return keep.compareTo(BRIEF) > 0 ? keep : BRIEF;
    }

    private static String key(String camera, String dump, int piece) {
        return camera + "/" + dump + "/" + piece;
    }

    /** The piece; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(String camera, Dump dump, int piece) {
        String key = key(camera, dump.id(), piece);
        CompletableFuture<Optional<byte[]>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<byte[]>> other = fetching.putIfAbsent(key, mine);
        if (other != null) return other;
        fetch(key).whenComplete((bytes, error) -> {
            fetching.remove(key, mine);
            if (error == null) mine.complete(Optional.ofNullable(bytes));
            else mine.completeExceptionally(new CameraRefusal(Why.UNAVAILABLE, "the cluster has not given the dump"));
        });
        return mine;
    }

    private CompletionStage<byte @Nullable []> fetch(String key) {
        try {
            return map.getAsync(key);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Another dump has replaced this one: it is kept only for those who are being given it, and not even that where memory is short. */
    void letGo(String camera, Dump dump) {
        for (int i = 0; i < dump.pieces(); i++) replaced.add(key(camera, dump.id(), i));
    }

    /** Does what {@link #letGo} has left to do. Blocks. */
    void tidy() {
        Duration left = isOver(share) ? SHORT : DOWNLOAD;
        for (String key = replaced.poll(); key != null; key = replaced.poll())
            map.setTtl(key, left.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Pieces on their way, a few at a time. */
    private final class Saving {
        private final String camera;
        private final String dump;
        private final byte[] bytes;
        private final Duration keep;
        private final int pieces;
        private final AtomicInteger begun = new AtomicInteger(), saved = new AtomicInteger();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Saving(String camera, String dump, byte[] bytes, Duration keep) {
            this.camera = camera;
            this.dump = dump;
            this.bytes = bytes;
            this.keep = keep;
            this.pieces = pieces(bytes.length);
        }

        void next() {
            int piece = begun.getAndIncrement();
            if (piece >= pieces || done.isDone()) return;
            int from = piece * PIECE, to = Math.min(bytes.length, from + PIECE);
            try {
                map.setAsync(
                                key(camera, dump, piece),
                                Arrays.copyOfRange(bytes, from, to),
                                keep.toMillis(),
                                TimeUnit.MILLISECONDS)
                        .whenComplete(this::put);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }

        private void put(@Nullable Void nothing, @Nullable Throwable error) {
            if (error != null) done.completeExceptionally(error);
            else if (saved.incrementAndGet() == pieces) done.complete(null);
            else next();
        }
    }
}
