// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.compact.CompactSerializer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of a room in the configuration of the member, which must be known before the member starts.
 *
 * @param serializers the wire forms of the room's records
 * @param maps the room's maps, each with the class name of the policy that merges its entries after a split
 * @param blobs those of the maps whose values are bytes, so that their size is counted
 * @param agreed settings that should be alike at all members; those that are not are told
 */
public record ClusterPart(
        List<CompactSerializer<?>> serializers,
        Map<String, String> maps,
        Set<String> blobs,
        Map<String, String> agreed) {

    /** A part without such maps. */
    public ClusterPart(List<CompactSerializer<?>> serializers, Map<String, String> maps) {
        this(serializers, maps, Set.of());
    }

    /** A part without such settings. */
    public ClusterPart(List<CompactSerializer<?>> serializers, Map<String, String> maps, Set<String> blobs) {
        this(serializers, maps, blobs, Map.of());
    }

    /** A part of nothing but settings that should be alike at all members. */
    public static ClusterPart agreeing(Map<String, String> settings) {
        return new ClusterPart(List.of(), Map.of(), Set.of(), settings);
    }

    /** This part and another. */
    public ClusterPart and(ClusterPart other) {
        List<CompactSerializer<?>> allSerializers = new ArrayList<>(serializers);
        allSerializers.addAll(other.serializers);
        Map<String, String> allMaps = new HashMap<>(maps);
        allMaps.putAll(other.maps);
        Set<String> allBlobs = new HashSet<>(blobs);
        allBlobs.addAll(other.blobs);
        Map<String, String> allAgreed = new HashMap<>(agreed);
        allAgreed.putAll(other.agreed);
        return new ClusterPart(allSerializers, allMaps, allBlobs, allAgreed);
    }
}
