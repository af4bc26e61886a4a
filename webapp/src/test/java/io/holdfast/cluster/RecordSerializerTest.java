// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.nio.serialization.compact.CompactReader;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Null fields in forms by hand. */
class RecordSerializerTest {
    private static final CompactReader NULLS = (CompactReader) Proxy.newProxyInstance(
            RecordSerializerTest.class.getClassLoader(),
            new Class<?>[] {CompactReader.class},
            (proxy, method, arguments) -> null);

    @Test
    void aFieldThatIsNeverNullIsNotReadAsEmpty() {
        List<Executable> reads = List.of(
                () -> RecordSerializer.text(NULLS, "field"), () -> RecordSerializer.list(NULLS, "field", String.class));
        for (Executable read : reads) assertThrows(IllegalStateException.class, read);
    }
}
