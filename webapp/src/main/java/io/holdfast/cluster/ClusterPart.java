// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.compact.CompactSerializer;
import java.util.List;
import java.util.Map;

/**
 * What a room brings to the member before it starts.
 *
 * @param serializers the wire form of the room's records
 * @param maps the room's maps, each with the class name of the policy that merges its entries after a split
 */
public record ClusterPart(List<CompactSerializer<?>> serializers, Map<String, String> maps) {}
