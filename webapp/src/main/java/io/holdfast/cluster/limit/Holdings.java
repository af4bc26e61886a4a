// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.internal.partition.IPartitionService;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.MapServiceContext;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.AbstractDistributedObject;

/**
 * The part of a map whose primary is here. Hazelcast's statistics of a map have the same numbers, but they also count the backups: for
 * each that is missing while partitions move, the thread that asks sleeps up to 0.3 s.
 *
 * @param names how many entries
 * @param bytes how many bytes; {@link #UNKNOWN} if the map does not know
 */
public record Holdings(long names, long bytes) {
    static final long UNKNOWN = -1;

    /** Counts what is here of that map. Does not block. A map whose values are objects does not know how long they are. */
    public static Holdings of(IMap<?, ?> map) {
        AbstractDistributedObject<?> proxy = (AbstractDistributedObject<?>) map;
        MapServiceContext maps = ((MapService) proxy.getService()).getMapServiceContext();
        IPartitionService partitions = proxy.getNodeEngine().getPartitionService();
        long names = 0, bytes = 0;
        for (int i = 0; i < partitions.getPartitionCount(); i++) {
            RecordStore<?> entries = maps.getExistingRecordStore(i, map.getName());
            if (entries == null || !partitions.getPartition(i, false).isLocal()) continue;
            names += entries.size();
            bytes += entries.getOwnedEntryCost();
        }
        return new Holdings(names, names > 0 && bytes == 0 ? UNKNOWN : bytes);
    }
}
