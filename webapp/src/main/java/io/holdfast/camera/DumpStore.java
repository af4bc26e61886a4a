// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Pieces;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The bytes of dumps, in pieces. */
final class DumpStore {
    /** A dump is there for so long for those who asked, even if dumps are not kept. */
    private static final Duration BRIEF = Duration.ofMinutes(2);

    /** A dump that another has replaced is there for so long for those who are reading it; less if memory is short. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(10), SHORT = Duration.ofSeconds(10);

    private final Pieces pieces;
    private final Duration keep;

    DumpStore(Cluster cluster, CameraOptions options) {
        this.pieces = new Pieces(cluster, CameraWire.DUMPS, options.memory());
        this.keep = options.keep().compareTo(BRIEF) > 0 ? options.keep() : BRIEF;
    }

    private boolean isShort() {
        return pieces.isOver(50);
    }

    private static String id(String camera, String dump) {
        return camera + "/" + dump;
    }

    /** Stores the bytes; completes when all of them are on the backups. */
    CompletionStage<Void> save(String camera, String dump, byte[] bytes) {
        return pieces.save(id(camera, dump), bytes, isShort() ? BRIEF : keep).exceptionally(error -> {
            if (Pieces.NoRoomException.isCauseOf(error))
                throw new CameraRefusal(Why.TOO_MUCH, "there are as many bytes of dumps as camera.memory allows");
            throw new CameraRefusal(Why.UNKNOWN, "the cluster has not taken the dump");
        });
    }

    /** A piece of a dump; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(String camera, Dump dump, int piece) {
        return pieces.read(id(camera, dump.id()), piece).exceptionally(error -> {
            throw new CameraRefusal(Why.UNAVAILABLE, "the cluster has not given the dump");
        });
    }

    /** Has a dump that another has replaced removed soon. */
    void release(String camera, Dump dump) {
        pieces.release(id(camera, dump.id()), dump.pieces());
    }

    /** Does what {@link #release} has left to do. Blocks. */
    void tidy() {
        pieces.tidy(isShort() ? SHORT : DOWNLOAD);
    }
}
