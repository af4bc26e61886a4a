// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.cluster.Pieces;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Threads;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The dumps that cameras deliver to this member. */
final class Deliveries implements AutoCloseable {
    /** A question that overtakes the beginning of a delivery by less than this is answered by it. */
    private static final Duration QUICK = Duration.ofMillis(100);

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Changes changes;
    private final DumpStore dumps;
    private final CameraOptions options;
    private final Clocks clocks;
    private final Executor executor;
    private final ExecutorService parser =
            Threads.pool("holdfast-camera-parse", 1, IDLE, new ThreadPoolExecutor.CallerRunsPolicy());
    private final String me;
    private final AtomicLong count = new AtomicLong(), kept = new AtomicLong();

    Deliveries(Kernel kernel, Changes changes, DumpStore dumps, CameraOptions options) {
        this.changes = changes;
        this.dumps = dumps;
        this.options = options;
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
        this.me = kernel.cluster().signals().name();
    }

    /** How many dumps were delivered whole. */
    long count() {
        return kept.get();
    }

    /**
     * Begins a delivery. The stage has the newest question that the dump answers. If the cluster is slow, questions may be asked in
     * the meantime; by the clocks of the members, these are left for the next dump.
     */
    CompletionStage<Long> begin(String name) {
        long begun = clocks.cluster().millis(), since = clocks.ticker().nanos();
        return changes.step(name, new CameraStep.Deliver()).thenApply(camera -> {
            boolean quick = clocks.ticker().nanos() - since < QUICK.toNanos();
            return quick ? camera.asked() : Math.min(camera.asked(), begun);
        });
    }

    /**
     * Watches a delivery until the result is cancelled. While the delivery makes progress, the camera is not told again. If it makes
     * none for the limit and is not whole, the task runs.
     *
     * @param received how many bytes were received
     */
    Scheduled watch(String name, LongSupplier received, BooleanSupplier isWhole, Duration limit, Runnable onStall) {
        AtomicLong seen = new AtomicLong(),
                since = new AtomicLong(clocks.ticker().nanos());
        Duration half = options.again().dividedBy(2), tenth = limit.dividedBy(10);
        return clocks.timer().every(half.compareTo(tenth) < 0 ? half : tenth, () -> {
            long now = clocks.ticker().nanos(), bytes = received.getAsLong();
            // A body that is whole is on its way to the backups, which is progress too.
            if (seen.getAndSet(bytes) != bytes || isWhole.getAsBoolean()) {
                since.set(now);
                executor.execute(() -> changes.stepLater(name, new CameraStep.Deliver()));
            } else if (now - since.get() > limit.toNanos()) executor.execute(onStall);
        });
    }

    /**
     * Keeps the dump in this body. The body is parsed on a thread of its own, because that may take long.
     *
     * @param question the newest question when the delivery began
     */
    CompletionStage<Void> keep(String name, CompletionStage<Long> question, CompletionStage<byte[]> body) {
        return question.thenCombineAsync(body, (newest, bytes) -> keep(name, newest, DumpBody.dump(bytes)), parser)
                .thenCompose(kept -> kept);
    }

    private CompletionStage<Void> keep(String name, long question, byte[] bytes) {
        String id = me + "-" + count.incrementAndGet();
        return dumps.save(name, id, bytes).thenCompose(saved -> {
            long now = clocks.cluster().millis();
            Dump dump = new Dump(id, question, bytes.length, Pieces.count(bytes.length), now);
            return changes.step(name, new CameraStep.KeepDump(dump)).thenAccept(camera -> {
                kept.incrementAndGet();
                Dump former = camera.former();
                if (former != null) dumps.release(name, former);
                changes.publish(name, camera, true);
            });
        });
    }

    @Override
    public void close() {
        parser.shutdownNow();
    }

    /** A piece of a dump; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(String name, Dump dump, int piece) {
        return dumps.piece(name, dump, piece);
    }
}
