// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The names of the wire forms of a room's records. */
public final class Wires {

    private Wires() {}

    /** The type of each record with its fields, a line each, as they are written for the first example of it. */
    public static String described(ClusterPart part, Collection<?> examples) {
        return part.serializers().stream()
                .map(serializer -> described(serializer, examples))
                .collect(Collectors.joining("\n"));
    }

    private static <T> String described(CompactSerializer<T> serializer, Collection<?> examples) {
        List<String> fields = new ArrayList<>();
        CompactWriter writer = (CompactWriter) Proxy.newProxyInstance(
                Wires.class.getClassLoader(), new Class<?>[] {CompactWriter.class}, (proxy, method, arguments) -> {
                    fields.add(method.getName().substring("write".length()) + " " + arguments[0]);
                    return null;
                });
        Class<T> type = serializer.getCompactClass();
        Object example = examples.stream().filter(type::isInstance).findFirst().orElseThrow();
        serializer.write(writer, type.cast(example));
        return serializer.getTypeName() + ": " + String.join(", ", fields);
    }
}
