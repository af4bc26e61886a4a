// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.time.Duration;

/**
 * How cameras behave.
 *
 * @param hold how long a poll or a question is held that names no wait of its own
 * @param patience how long a request waits for the cluster until its outcome counts as unknown
 * @param again a camera that was told and has not begun to deliver is told again after so long
 * @param dumpSize the longest dump, in bytes
 * @param keep how long the last dump of a camera, and a camera that is absent, is kept
 * @param memory how many bytes of dumps the cluster keeps
 * @param limit how many cameras there may be
 */
public record CameraOptions(
        Duration hold, Duration patience, Duration again, int dumpSize, Duration keep, long memory, int limit) {
    /** The memory of a camera without its dumps, in bytes. */
    public static final int BYTES_EACH = 1_500;

    private static final Option<Duration> HOLD = Option.duration(
            "camera.hold",
            "30s",
            "0s",
            "1h",
            "How long a camera's poll, or a user's request for logs, is held if it has no `wait`.");
    private static final Option<Duration> PATIENCE = Option.duration(
            "camera.patience",
            "10s",
            "1s",
            "1m",
            "How long a request waits for the cluster before its outcome counts as unknown.");
    private static final Option<Duration> AGAIN = Option.duration(
            "camera.again",
            "5s",
            "500ms",
            "5m",
            "A camera that has not begun its delivery this long after its wake-up is woken again.");
    private static final Option<Long> DUMP_SIZE = Option.bytes(
            "camera.dump-size", "8MiB", "1KiB", "64MiB", "The longest dump; a longer one is answered 413.");
    private static final Option<Duration> KEEP = Option.duration(
            "camera.keep",
            "1h",
            "0s",
            "365d",
            "How long the last dump of a camera is kept for `?cached`, and how long an absent camera is remembered.");
    private static final Option<Long> MEMORY = Option.memory(
            "camera.memory",
            "8%",
            "1MiB",
            "1024GiB",
            "The most bytes of dumps in the cluster, without backups; a dump beyond it is answered 507. Beyond half of it, dumps are kept for two minutes only.");
    private static final Option<Integer> LIMIT =
            Option.places("camera.limit", "2%", BYTES_EACH, 100_000_000, "The most cameras; one more is answered 507.");

    /** Reads the options. */
    public static CameraOptions read(Settings settings) {
        return new CameraOptions(
                settings.get(HOLD),
                settings.get(PATIENCE),
                settings.get(AGAIN),
                Math.toIntExact(settings.get(DUMP_SIZE)),
                settings.get(KEEP),
                settings.get(MEMORY),
                settings.get(LIMIT));
    }
}
