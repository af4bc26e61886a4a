// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether so little of the heap was free after the last collection that an {@link OutOfMemoryError} is near. */
final class HeapWatch {
    private static final int MOST_PERCENT = 90;

    private final List<MemoryPoolMXBean> old;

    HeapWatch() {
        this(ManagementFactory.getMemoryPoolMXBeans());
    }

    /** Watches those of the pools that keep what survives. The others are full or empty after each collection. */
    HeapWatch(List<MemoryPoolMXBean> pools) {
        old = pools.stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP
                        && pool.isUsageThresholdSupported()
                        && pool.isCollectionUsageThresholdSupported())
                .toList();
    }

    /** The reason why this member should get no more requests; empty if there is none. */
    Optional<String> pressure() {
        for (MemoryPoolMXBean pool : old) {
            // Without a further collection, the usage after the last one stays as it was.
            int after = Math.min(percent(pool.getCollectionUsage()), percent(pool.getUsage()));
            if (after >= MOST_PERCENT)
                return Optional.of("the heap was " + after + " % full after the last collection (" + pool.getName()
                        + "); from " + MOST_PERCENT + " % on this member takes no more requests");
        }
        return Optional.empty();
    }

    private static int percent(@Nullable MemoryUsage usage) {
        return usage == null || usage.getMax() <= 0 ? 0 : (int) (usage.getUsed() * 100 / usage.getMax());
    }
}
