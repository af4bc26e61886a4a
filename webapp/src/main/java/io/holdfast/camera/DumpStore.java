// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Pieces;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The bytes of dumps, in pieces. */
final class DumpStore {
    /** How long a dump is there for those who asked, also where it is not kept. */
    private static final Duration BRIEF = Duration.ofMinutes(2);

    /** How long it is kept for those who are being given it, when another has replaced it; and where memory is short. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(10), SHORT = Duration.ofSeconds(10);

    private final Pieces pieces;
    private final Duration keep;

    DumpStore(Cluster cluster, CameraOptions options) {
        this.pieces = new Pieces(cluster, CameraWire.DUMPS, options.memory());
        this.keep = options.keep().compareTo(BRIEF) > 0 ? options.keep() : BRIEF;
    }

    /** Looks how much this member owns, and what its share is of what is allowed. */
    void takeStock() {
        pieces.takeStock();
    }

    private static String id(String camera, String dump) {
        return camera + "/" + dump;
    }

    /** Puts the bytes there; completes when all are on the backups. */
    CompletionStage<Void> save(String camera, String dump, byte[] bytes) {
        if (pieces.isOver(2))
            return CompletableFuture.failedFuture(
                    new CameraRefusal(Why.TOO_MUCH, "there are as many bytes of dumps as camera.memory allows"));
        return pieces.save(id(camera, dump), bytes, pieces.isOver(1) ? BRIEF : keep)
                .exceptionally(error -> {
                    throw new CameraRefusal(Why.UNKNOWN, "the cluster has not taken the dump");
                });
    }

    /** The piece; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(String camera, Dump dump, int piece) {
        return pieces.read(id(camera, dump.id()), piece).exceptionally(error -> {
            throw new CameraRefusal(Why.UNAVAILABLE, "the cluster has not given the dump");
        });
    }

    /** Another dump has replaced this one: it is kept only for those who are being given it, and not even that where memory is short. */
    void letGo(String camera, Dump dump) {
        pieces.letGo(id(camera, dump.id()), dump.pieces());
    }

    /** Does what {@link #letGo} has left to do. Blocks. */
    void tidy() {
        pieces.tidy(pieces.isOver(1) ? SHORT : DOWNLOAD);
    }
}
