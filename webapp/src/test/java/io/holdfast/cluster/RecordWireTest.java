// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.nio.serialization.FieldKind;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The wire form of records, field by field. {@link RecordWireIT} sends them through Hazelcast. */
@NullMarked
class RecordWireTest {
    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "not its name";
            }
        }
    }

    sealed interface Shape {}

    record Circle(int radius) implements Shape {}

    record Square(long side) implements Shape {}

    record Point(int x, int y) {}

    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    record Everything(
            boolean flag,
            int small,
            long large,
            String text,
            byte[] bytes,
            int[] ints,
            long[] longs,
            Colour colour,
            Duration duration,
            UUID id,
            Point point,
            Shape shape,
            List<String> texts,
            Set<String> names,
            List<Point> points,
            Set<Point> corners,
            List<Shape> shapes) {}

    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    record Optionals(
            @Nullable String text,
            byte @Nullable [] bytes,
            @Nullable Point point,
            RecordWireTest.@Nullable Shape shape) {}

    record Pair<A>(A first, Point second) {}

    record Checked(int number) {
        Checked {
            if (number < 0) throw new IllegalArgumentException("A number is negative.");
        }
    }

    record Exploding(int number) {
        Exploding {
            throw new AssertionError("An error stays an error.");
        }
    }

    record Nothing() {}

    record WithInstant(Instant time) {}

    record WithOptionalDuration(@Nullable Duration duration) {}

    record WithObject(Object object) {}

    record WithMap(Map<String, String> map) {}

    record WithLongs(List<Long> longs) {}

    record WithWildcard(List<?> all) {}

    record WithBox(Long number) {}

    record WithTwoIds(UUID one, UUID other) {}

    record WithOptionalId(@Nullable UUID id) {}

    record WithOptionalColour(@Nullable Colour colour) {}

    record WithOptionalList(@Nullable List<String> texts) {}

    static Everything everything() {
        return new Everything(
                true,
                -1,
                Long.MIN_VALUE,
                "é",
                new byte[] {1},
                new int[] {2},
                new long[] {3},
                Colour.GREEN,
                Duration.ofMillis(Long.MAX_VALUE),
                new UUID(-1, 4),
                new Point(5, 6),
                new Circle(7),
                List.of("b", "a"),
                Set.of("c"),
                List.of(new Point(8, 9), new Point(8, 9)),
                Set.of(new Point(10, 11)),
                List.of(new Square(12), new Circle(13), new Square(14)));
    }

    static void assertSameFields(Everything expected, Everything found) {
        assertEquals(expected.flag, found.flag);
        assertEquals(expected.small, found.small);
        assertEquals(expected.large, found.large);
        assertEquals(expected.text, found.text);
        assertArrayEquals(expected.bytes, found.bytes);
        assertArrayEquals(expected.ints, found.ints);
        assertArrayEquals(expected.longs, found.longs);
        assertSame(expected.colour, found.colour);
        assertEquals(expected.duration, found.duration);
        assertEquals(expected.id, found.id);
        assertEquals(expected.point, found.point);
        assertEquals(expected.shape, found.shape);
        assertEquals(expected.texts, found.texts);
        assertEquals(expected.names, found.names);
        assertEquals(expected.points, found.points);
        assertEquals(expected.corners, found.corners);
        assertEquals(expected.shapes, found.shapes);
    }

    @Test
    void everyKindOfComponentHasItsOwnKindOfField() {
        assertEquals(
                List.of(
                        "Boolean flag",
                        "Int32 small",
                        "Int64 large",
                        "String text",
                        "ArrayOfInt8 bytes",
                        "ArrayOfInt32 ints",
                        "ArrayOfInt64 longs",
                        "String colour",
                        "Int64 duration",
                        "Int64 most",
                        "Int64 least",
                        "Compact point",
                        "Compact shape",
                        "ArrayOfString texts",
                        "ArrayOfString names",
                        "ArrayOfCompact points",
                        "ArrayOfCompact corners",
                        "ArrayOfCompact shapes"),
                List.copyOf(written(RecordWire.of("everything", Everything.class), everything())
                        .keySet()));
    }

    @Test
    void everyKindOfComponentIsReadAsItWasWritten() {
        assertSameFields(everything(), again(RecordWire.of("everything", Everything.class), everything()));
    }

    @Test
    void aNullableComponentIsReadAsNull() {
        RecordWire<Optionals> wire = RecordWire.of("optionals", Optionals.class);

        Optionals none = again(wire, new Optionals(null, null, null, null));
        assertNull(none.text);
        assertNull(none.bytes);
        assertNull(none.point);
        assertNull(none.shape);

        Optionals some = again(wire, new Optionals("a", new byte[] {1}, new Point(1, 2), new Circle(3)));
        assertEquals("a", some.text);
        assertArrayEquals(new byte[] {1}, some.bytes);
        assertEquals(new Point(1, 2), some.point);
        assertEquals(new Circle(3), some.shape);
    }

    @Test
    void aNullableComponentThatAnEarlierVersionDidNotWriteIsReadAsNull() {
        RecordWire<Optionals> wire = RecordWire.of("optionals", Optionals.class);

        assertEquals("a", wire.read(reader(Map.of("text", "a"))).text);
        assertNull(wire.read(reader(Map.of("text", "a"))).shape);
        assertThrows(RuntimeException.class, () -> RecordWire.of("texts", WithTexts.class)
                .read(reader(Map.of())));
    }

    @Test
    void aNullInAnotherComponentIsRefusedByItsName() {
        RecordWire<Pair<?>> wire = pairs();
        CompactReader nulls = (CompactReader) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {CompactReader.class}, (proxy, method, arguments) -> null);

        Exception refusal = assertThrows(IllegalStateException.class, () -> wire.read(nulls));

        assertEquals("The field first is null.", refusal.getMessage());
        for (Class<? extends Record> one : List.of(WithTexts.class, WithPoints.class, WithShapes.class))
            assertThrows(IllegalStateException.class, () -> RecordWire.of("nulls", one)
                    .read(nulls));
    }

    record WithTexts(Set<String> texts) {}

    record WithPoints(List<Point> points) {}

    record WithShapes(List<Shape> shapes) {}

    @Test
    void aComponentOfATypeParameterIsNested() {
        Pair<Point> pair = new Pair<>(new Point(1, 2), new Point(3, 4));

        assertEquals(pair, again(pairs(), pair));
        assertEquals(
                List.of("Compact first", "Compact second"),
                List.copyOf(written(pairs(), pair).keySet()));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a class has no type arguments
    private static RecordWire<Pair<?>> pairs() {
        return (RecordWire) RecordWire.of("pair", Pair.class);
    }

    record WithList(int number, WithPoints nested, WithTexts set) {}

    @Test
    void aNestedRecordWithNothingButAListIsThatList() {
        RecordWire<WithList> wire = RecordWire.of("list", WithList.class);
        WithList record =
                new WithList(1, new WithPoints(List.of(new Point(2, 3), new Point(4, 5))), new WithTexts(Set.of("a")));

        assertEquals(
                List.of("Int32 number", "ArrayOfCompact nested", "Compact set"),
                List.copyOf(written(wire, record).keySet()));
        assertEquals(record, again(wire, record));
        assertEquals(
                List.of("ArrayOfCompact points"),
                List.copyOf(written(RecordWire.of("points", WithPoints.class), record.nested())
                        .keySet()));
    }

    @Test
    void aRecordWithoutComponentsHasNoFields() {
        RecordWire<Nothing> wire = RecordWire.of("nothing", Nothing.class);

        assertEquals(Map.of(), written(wire, new Nothing()));
        assertEquals(new Nothing(), again(wire, new Nothing()));
    }

    @Test
    void theHalvesOfAnIdMayHaveNamesOfTheirOwn() {
        record WithId(UUID origin) {}
        RecordWire<WithId> wire = RecordWire.of("id", WithId.class, "originHigh", "originLow");

        assertEquals(Map.of("Int64 originHigh", 1L, "Int64 originLow", 2L), written(wire, new WithId(new UUID(1, 2))));
        assertEquals(new WithId(new UUID(1, 2)), again(wire, new WithId(new UUID(1, 2))));
    }

    @Test
    void aComponentThatCannotBeWrittenIsRefusedWithASentence() {
        Exception refusal =
                assertThrows(IllegalArgumentException.class, () -> RecordWire.of("time", WithInstant.class));

        assertEquals(
                "The component time of io.holdfast.cluster.RecordWireTest$WithInstant has no wire form:"
                        + " java.time.Instant.",
                refusal.getMessage());
        for (Class<? extends Record> one : List.of(
                WithObject.class,
                WithMap.class,
                WithLongs.class,
                WithWildcard.class,
                WithBox.class,
                WithTwoIds.class,
                WithOptionalId.class,
                WithOptionalDuration.class,
                WithOptionalColour.class,
                WithOptionalList.class))
            assertThrows(IllegalArgumentException.class, () -> RecordWire.of("refused", one), one.getSimpleName());
    }

    @Test
    void theRefusalOfAConstructorIsThrownAsItIs() {
        RecordWire<Checked> wire = RecordWire.of("checked", Checked.class);

        Exception refusal = assertThrows(IllegalArgumentException.class, () -> wire.read(reader(Map.of("number", -1))));

        assertEquals("A number is negative.", refusal.getMessage());
    }

    @Test
    void theErrorOfAConstructorIsThrownAsItIs() {
        RecordWire<Exploding> wire = RecordWire.of("exploding", Exploding.class);

        Error error = assertThrows(AssertionError.class, () -> wire.read(reader(Map.of("number", 1))));

        assertEquals("An error stays an error.", error.getMessage());
    }

    @Test
    void aFormHasTheNameAndTheClassThatItWasGiven() {
        RecordWire<Point> wire = RecordWire.of("point.v1", Point.class);

        assertEquals("point.v1", wire.getTypeName());
        assertEquals(Point.class, wire.getCompactClass());
    }

    private static <T extends Record> T again(RecordWire<? super T> wire, T record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        written(wire, record).forEach((field, value) -> fields.put(field.substring(field.indexOf(' ') + 1), value));
        @SuppressWarnings("unchecked") // it was written by the same form
        T read = (T) wire.read(reader(fields));
        return read;
    }

    private static <T extends Record> Map<String, Object> written(RecordWire<T> wire, T record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        CompactWriter writer = (CompactWriter) Proxy.newProxyInstance(
                RecordWireTest.class.getClassLoader(),
                new Class<?>[] {CompactWriter.class},
                (proxy, method, arguments) -> {
                    fields.put(method.getName().substring("write".length()) + " " + arguments[0], arguments[1]);
                    return null;
                });
        wire.write(writer, record);
        return fields;
    }

    private static CompactReader reader(Map<String, Object> fields) {
        List<String> names = new ArrayList<>(fields.keySet());
        return (CompactReader) Proxy.newProxyInstance(
                RecordWireTest.class.getClassLoader(),
                new Class<?>[] {CompactReader.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getFieldKind"))
                        return fields.containsKey((String) arguments[0]) ? null : FieldKind.NOT_AVAILABLE;
                    assertEquals(names.remove(0), arguments[0], "fields are read in the order they are written in");
                    return fields.get((String) arguments[0]);
                });
    }
}
