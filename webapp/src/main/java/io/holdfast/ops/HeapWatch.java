// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whether so little of the heap was free after the last collection that an {@link OutOfMemoryError} is near. */
final class HeapWatch {
    private static final int MOST_PERCENT = 90;

    private final List<MemoryPoolMXBean> pools;

    HeapWatch() {
        this(ManagementFactory.getMemoryPoolMXBeans());
    }

    HeapWatch(List<MemoryPoolMXBean> pools) {
        this.pools =
                pools.stream().filter(pool -> pool.getType() == MemoryType.HEAP).toList();
    }

    /** The reason why this member should get no more requests; empty if there is none. */
    Optional<String> pressure() {
        // A pool of survivors that is full says nothing, so all pools count together. Without a further collection, the
        // usage after the
        // last one stays as it was.
        long most = Runtime.getRuntime().maxMemory();
        long after = Math.min(sum(MemoryPoolMXBean::getCollectionUsage), sum(MemoryPoolMXBean::getUsage));
        long percent = after * 100 / most;
        return percent < MOST_PERCENT
                ? Optional.empty()
                : Optional.of("the heap was " + percent + " % full after the last collection; from " + MOST_PERCENT
                        + " % on this member takes no more requests");
    }

    private long sum(Function<MemoryPoolMXBean, @Nullable MemoryUsage> usage) {
        return pools.stream()
                .map(usage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }
}
