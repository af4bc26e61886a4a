// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.FieldKind;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wire form of a record, read off its components: one field for each, in their order and under their names. These names are kept
 * for ever, as the name of the form is. A component that is added later is {@code @Nullable}: members of earlier versions do not
 * write it, and do not see it.
 *
 * <ul>
 *   <li>{@code boolean}, {@code int}, {@code long}, {@code String} and arrays of bytes, ints and longs are written as they are.
 *   <li>An enum constant is written by its name, a {@link Duration} in milliseconds.
 *   <li>A {@link UUID} is written as two longs; a record has at most one.
 *   <li>A record is nested. A component of an interface or of a type parameter holds a record that has a form.
 *   <li>A nested record with nothing but a list is written as that list.
 *   <li>A {@link List} or {@link Set} of strings or records becomes an array. The items of a list of an interface are wrapped,
 *       because Hazelcast wants those of one array to have the same form.
 * </ul>
 *
 * A field is null only where its component is declared {@code @Nullable}.
 */
public final class RecordWire<T extends Record> implements CompactSerializer<T> {
    private static final Kind NESTED = new Kind(CompactWriter::writeCompact, CompactReader::readCompact);
    private static final Map<Type, Kind> PLAIN = Map.of(
            boolean.class,
            new Kind((out, field, value) -> out.writeBoolean(field, (Boolean) value), CompactReader::readBoolean),
            int.class,
            new Kind((out, field, value) -> out.writeInt32(field, (Integer) value), CompactReader::readInt32),
            long.class,
            new Kind((out, field, value) -> out.writeInt64(field, (Long) value), CompactReader::readInt64),
            Duration.class,
            new Kind(
                    (out, field, value) -> out.writeInt64(field, ((Duration) value).toMillis()),
                    (in, field) -> Duration.ofMillis(in.readInt64(field))),
            String.class,
            new Kind((out, field, value) -> out.writeString(field, (String) value), CompactReader::readString),
            byte[].class,
            new Kind(
                    (out, field, value) -> out.writeArrayOfInt8(field, (byte[]) value), CompactReader::readArrayOfInt8),
            int[].class,
            new Kind(
                    (out, field, value) -> out.writeArrayOfInt32(field, (int[]) value),
                    CompactReader::readArrayOfInt32),
            long[].class,
            new Kind(
                    (out, field, value) -> out.writeArrayOfInt64(field, (long[]) value),
                    CompactReader::readArrayOfInt64));

    private final String name;
    private final Class<T> type;
    private final Constructor<T> constructor;
    private final List<Field> fields;

    /** An item of a list whose items may have several forms. */
    record Wrapped<T>(T item) {}

    /** How the values of a type are written and read. */
    private record Kind(Writer writer, Reader reader) {}

    @FunctionalInterface
    private interface Writer {
        void write(CompactWriter out, String field, Object value);
    }

    @FunctionalInterface
    private interface Reader {
        @Nullable
        Object read(CompactReader in, String field);
    }

    /** One component. */
    private record Field(String name, Method accessor, boolean nullable, Kind kind) {

        @Nullable
        Object read(CompactReader in) {
            // Written by a member of a version whose record did not have it.
            if (nullable && in.getFieldKind(name) == FieldKind.NOT_AVAILABLE) return null;
            return checked(kind.reader.read(in, name));
        }

        @SuppressWarnings("NullAway") // a kind whose component may be null takes null
        private Object checked(@Nullable Object value) {
            if (value == null && !nullable) throw new IllegalStateException("The field " + name + " is null.");
            return value;
        }
    }

    private RecordWire(String name, Class<T> type, String most, String least) {
        this.name = name;
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        this.constructor = constructor(type, components);
        this.fields = Stream.of(components)
                .map(component -> field(component, most, least))
                .toList();
        if (Stream.of(components).filter(one -> one.getType() == UUID.class).count() > 1)
            throw new IllegalArgumentException(type.getName() + " has more than one UUID.");
    }

    /** The form of that name, in which the halves of a {@link UUID} are {@code most} and {@code least}. */
    public static <T extends Record> RecordWire<T> of(String name, Class<T> type) {
        return of(name, type, "most", "least");
    }

    /** The form of that name, in which the halves of a {@link UUID} have these names. */
    public static <T extends Record> RecordWire<T> of(String name, Class<T> type, String most, String least) {
        return new RecordWire<>(name, type, most, least);
    }

    private static <T> Constructor<T> constructor(Class<T> type, RecordComponent[] components) {
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<T> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Every record has a canonical constructor.", e);
        }
    }

    private static Field field(RecordComponent component, String most, String least) {
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        Kind kind = component.getType() == UUID.class ? uuid(most, least) : kind(component.getGenericType());
        if (kind == null || (nullable && !mayBeNull(component.getType(), kind)))
            throw new IllegalArgumentException("The component " + component.getName() + " of "
                    + component.getDeclaringRecord().getName() + " has no wire form: "
                    + component.getAnnotatedType() + ".");
        component.getAccessor().setAccessible(true);
        return new Field(component.getName(), component.getAccessor(), nullable, kind);
    }

    private static boolean mayBeNull(Class<?> type, Kind kind) {
        return kind.equals(NESTED) || type == String.class || type.isArray();
    }

    private static @Nullable Kind kind(Type type) {
        if (PLAIN.containsKey(type)) return PLAIN.get(type);
        Class<?> raw = raw(type);
        if (raw.isEnum()) return constant(raw);
        if (raw == List.class) return items((ParameterizedType) type, List::of);
        if (raw == Set.class) return items((ParameterizedType) type, all -> Set.copyOf(Arrays.asList(all)));
        if (isList(raw)) return list(raw.asSubclass(Record.class));
        return isNested(raw) || type instanceof TypeVariable ? NESTED : null;
    }

    private static boolean isList(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        return components != null && components.length == 1 && components[0].getType() == List.class;
    }

    private static Kind list(Class<? extends Record> type) {
        RecordWire<? extends Record> form = of("", type);
        Field only = form.fields.get(0);
        return new Kind(
                (out, field, value) -> only.kind.writer.write(out, field, only.checked(form.component(only, value))),
                (in, field) -> {
                    Object all = only.kind.reader.read(in, field);
                    return all == null ? null : form.made(all);
                });
    }

    private static Class<?> raw(Type type) {
        if (type instanceof ParameterizedType of) return raw(of.getRawType());
        return type instanceof Class<?> raw ? raw : Object.class;
    }

    private static boolean isNested(Class<?> type) {
        return type.isRecord() || (type.isInterface() && !type.getName().startsWith("java."));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the class is that of an enum
    private static Kind constant(Class<?> type) {
        return new Kind(
                (out, field, value) -> out.writeString(field, ((Enum<?>) value).name()),
                (in, field) -> Enum.valueOf((Class) type, String.valueOf(in.readString(field))));
    }

    private static Kind uuid(String most, String least) {
        return new Kind(
                (out, field, value) -> {
                    out.writeInt64(most, ((UUID) value).getMostSignificantBits());
                    out.writeInt64(least, ((UUID) value).getLeastSignificantBits());
                },
                (in, field) -> new UUID(in.readInt64(most), in.readInt64(least)));
    }

    private static @Nullable Kind items(ParameterizedType type, Function<Object[], Collection<?>> made) {
        Class<?> item = raw(type.getActualTypeArguments()[0]);
        if (item == String.class)
            return new Kind(
                    (out, field, all) -> out.writeArrayOfString(field, ((Collection<?>) all).toArray(new String[0])),
                    (in, field) -> collected(in.readArrayOfString(field), made));
        if (item.isInterface() && isNested(item))
            return new Kind(
                    (out, field, all) -> out.writeArrayOfCompact(field, wrapped((Collection<?>) all)),
                    (in, field) -> collected(unwrapped(in.readArrayOfCompact(field, Wrapped.class)), made));
        return !isNested(item)
                ? null
                : new Kind(
                        (out, field, all) -> out.writeArrayOfCompact(field, ((Collection<?>) all).toArray(array(item))),
                        (in, field) -> collected(in.readArrayOfCompact(field, item), made));
    }

    private static Object[] array(Class<?> type) {
        return (Object[]) Array.newInstance(type, 0);
    }

    private static Wrapped<?>[] wrapped(Collection<?> all) {
        return all.stream().map(Wrapped::new).toArray(Wrapped<?>[]::new);
    }

    private static Object @Nullable [] unwrapped(Wrapped<?> @Nullable [] all) {
        return all == null ? null : Stream.of(all).map(Wrapped::item).toArray();
    }

    private static @Nullable Collection<?> collected(Object @Nullable [] all, Function<Object[], Collection<?>> made) {
        return all == null ? null : made.apply(all);
    }

    @Override
    public String getTypeName() {
        return name;
    }

    @Override
    public Class<T> getCompactClass() {
        return type;
    }

    @Override
    public T read(CompactReader in) {
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) values[i] = fields.get(i).read(in);
        return made(values);
    }

    private T made(Object... values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) throw error;
            throw e.getCause() instanceof RuntimeException refusal ? refusal : unreadable(e);
        } catch (ReflectiveOperationException e) {
            throw unreadable(e);
        }
    }

    private IllegalStateException unreadable(Exception e) {
        return new IllegalStateException("A record of the form " + name + " cannot be read.", e);
    }

    @Override
    public void write(CompactWriter out, T holder) {
        for (Field field : fields) field.kind.writer.write(out, field.name, component(field, holder));
    }

    private Object component(Field field, Object holder) {
        try {
            return field.checked(field.accessor.invoke(holder));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A record of the form " + name + " cannot be written.", e);
        }
    }
}
