// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A wire form by hand, where it differs from the components of the record. {@link RecordWire} makes all others. */
public abstract class RecordSerializer<T> implements CompactSerializer<T> {
    private final String name;
    private final Class<T> type;

    /** A wire form under that name, which includes its version. */
    protected RecordSerializer(String name, Class<T> type) {
        this.name = name;
        this.type = type;
    }

    @Override
    public final String getTypeName() {
        return name;
    }

    @Override
    public final Class<T> getCompactClass() {
        return type;
    }

    /** A value that is never null; without it, the data is not one of our records. */
    protected static <V> V some(@Nullable V value) {
        if (value == null) throw new IllegalStateException("a field that is never null is");
        return value;
    }

    /** A text that is never null. */
    protected static String text(CompactReader in, String field) {
        return some(in.readString(field));
    }

    /** Records of that class; the list is never null. They are not copied, because there may be many. */
    protected static <E> List<E> list(CompactReader in, String field, Class<E> type) {
        return Collections.unmodifiableList(Arrays.asList(some(in.readArrayOfCompact(field, type))));
    }

    /** Writes records of exactly that class. */
    @SuppressWarnings("unchecked") // a new array of that class
    protected static <E> void list(CompactWriter out, String field, Class<E> type, List<E> all) {
        out.writeArrayOfCompact(field, all.toArray((E[]) Array.newInstance(type, 0)));
    }
}
