// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.camera.CameraOptions;
import io.holdfast.counter.CounterOptions;
import io.holdfast.jobs.JobOptions;
import io.holdfast.work.WorkOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The memory that clients can fill. The limits on stored bytes and on those in transit must fit into half of the heap, after the loss of
 * one member too; the defaults take 45 %. Held requests are beside it: by default 15 %, and with the others at most 80 %. The rest is for
 * the process itself.
 */
final class MemoryBudget {
    private static final int MOST_STORED = 50, MOST_ALL = 80;
    private static final long MIB = 1 << 20;

    /** A setting, and how many bytes this member needs for it at worst. */
    private record Part(String key, long bytes) {}

    private MemoryBudget() {}

    /**
     * The sentence that refuses the options, if they do not fit into a heap of so many bytes.
     *
     * @param heldBytes how many of them a held request takes
     */
    static Optional<String> fault(Options options, int heldBytes, long heap) {
        double kept = share(
                Math.max(1, options.cluster().minimumSize()), options.cluster().backups());
        JobOptions jobs = options.jobs();
        List<Part> stored = List.of(
                new Part("hold.backlog", options.process().backlog()),
                new Part("channel.memory", part(kept, options.channel().memory(), 1)),
                new Part("camera.memory", part(kept, options.camera().memory(), 1)),
                new Part("work.memory", part(kept, jobs.memory() + jobs.heads(), 1)),
                new Part("counter.limit", part(kept, options.counter().limit(), CounterOptions.BYTES_EACH)),
                new Part("camera.limit", part(kept, options.camera().limit(), CameraOptions.BYTES_EACH)),
                new Part("work.jobs", part(kept, jobs.limit(), JobOptions.BYTES_EACH)),
                new Part("work.queues", part(kept, options.work().queues(), WorkOptions.BYTES_EACH)));
        List<Part> all = new ArrayList<>(stored);
        all.add(new Part("hold.limit", part(1, options.process().limits().maxHeld(), heldBytes)));
        return fault("What clients can fill", stored, MOST_STORED, heap)
                .or(() -> fault("What clients can fill and held requests together", all, MOST_ALL, heap));
    }

    private static Optional<String> fault(String what, List<Part> parts, int mostPercent, long heap) {
        double sum = parts.stream().mapToDouble(Part::bytes).sum();
        if (sum <= heap / 100.0 * mostPercent) return Optional.empty();
        String list = parts.stream()
                .sorted(Comparator.comparingLong(Part::bytes).reversed())
                .map(part -> part.key + " " + mib((double) part.bytes))
                .collect(Collectors.joining(", "));
        return Optional.of(what + " may take " + mostPercent + " % of the heap, not "
                + (long) Math.ceil(sum / heap * 100) + " %: " + list + ", together " + mib(sum) + " of "
                + mib((double) heap) + ". Use a larger heap (-Xmx" + (long) Math.ceil(sum / MIB / mostPercent * 100)
                + "m), or smaller values of these settings.");
    }

    /**
     * The share of the cluster's entries that one member holds at most, backups included, after one member of so many is lost.
     *
     * @param members how many there are at least
     */
    static double share(int members, int backups) {
        int left = Math.max(1, members - 1);
        return (1.0 + Math.min(backups, left - 1)) / left;
    }

    private static long part(double kept, long amount, long bytesEach) {
        return (long) (kept * amount * bytesEach);
    }

    private static String mib(double bytes) {
        return Math.round(bytes / MIB) + " MiB";
    }
}
