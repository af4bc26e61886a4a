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
import java.util.Objects;
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

    /** A text; an empty one for null. */
    protected static String textOrEmpty(CompactReader in, String field) {
        return Objects.requireNonNullElse(in.readString(field), "");
    }

    /** Bytes that are never null. */
    protected static byte[] bytes(CompactReader in, String field) {
        return some(in.readArrayOfInt8(field));
    }

    /** Bytes; none for null. */
    protected static byte[] bytesOrEmpty(CompactReader in, String field) {
        byte[] bytes = in.readArrayOfInt8(field);
        return bytes == null ? new byte[0] : bytes;
    }

    /** Numbers; none for null. */
    protected static long[] longsOrEmpty(CompactReader in, String field) {
        long[] numbers = in.readArrayOfInt64(field);
        return numbers == null ? new long[0] : numbers;
    }

    /** Records of that class; neither they nor the list are ever null. */
    protected static <E> List<E> list(CompactReader in, String field, Class<E> type) {
        return List.of(some(in.readArrayOfCompact(field, type)));
    }

    /** Records of that class; none for null. They are not copied, for there may be many. */
    protected static <E> List<E> listOrEmpty(CompactReader in, String field, Class<E> type) {
        E[] all = in.readArrayOfCompact(field, type);
        return all == null ? List.of() : Collections.unmodifiableList(Arrays.asList(all));
    }

    /** Texts; neither they nor the list are ever null. */
    protected static List<String> texts(CompactReader in, String field) {
        return List.of(some(in.readArrayOfString(field)));
    }

    /** Writes texts. */
    protected static void texts(CompactWriter out, String field, List<String> all) {
        out.writeArrayOfString(field, all.toArray(new String[0]));
    }

    /** Writes records of exactly that class. */
    @SuppressWarnings("unchecked") // a new array of that class
    protected static <E> void list(CompactWriter out, String field, Class<E> type, List<E> all) {
        out.writeArrayOfCompact(field, all.toArray((E[]) Array.newInstance(type, 0)));
    }
}
