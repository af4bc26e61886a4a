// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.nio.serialization.compact.CompactReader;
import io.holdfast.testing.Wires;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** How fields are read that are null. */
class RecordSerializerTest {
    private static final CompactReader NULLS = (CompactReader) Proxy.newProxyInstance(
            RecordSerializerTest.class.getClassLoader(),
            new Class<?>[] {CompactReader.class},
            (proxy, method, arguments) -> null);

    @Test
    void whatIsNeverNullIsNotReadAsIfItWereEmpty() {
        List<Executable> reads = List.of(
                () -> RecordSerializer.text(NULLS, "field"),
                () -> RecordSerializer.bytes(NULLS, "field"),
                () -> RecordSerializer.list(NULLS, "field", String.class));
        for (Executable read : reads) assertThrows(IllegalStateException.class, read);
    }

    @Test
    void whatMayBeNullIsReadAsEmpty() {
        assertEquals("", RecordSerializer.textOrEmpty(NULLS, "field"));
        assertEquals(0, RecordSerializer.bytesOrEmpty(NULLS, "field").length);
        assertEquals(0, RecordSerializer.longsOrEmpty(NULLS, "field").length);
        assertEquals(List.of(), RecordSerializer.listOrEmpty(NULLS, "field", String.class));
    }

    /** If this fails, members of two versions do not hear each other. */
    @Test
    void aSignalIsCalledWhatItHasAlwaysBeen() {
        assertEquals(
                "signal.v1: String room, String name, ArrayOfInt8 state, Int64 question",
                Wires.described(
                        new ClusterPart(List.of(Signal.WIRE), Map.of()),
                        List.of(new Signal("r", "n", new byte[0], 1))));
    }
}
