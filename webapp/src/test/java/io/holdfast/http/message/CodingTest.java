// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Compressed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodingTest {
    private static final String TEXT = "hello hello hello hello";

    private static Optional<String> decoded(String header, byte[] body, int most) throws IOException {
        return Coding.of(List.of(header)).decode(body, most).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void aCompressedBodyDecodesToTheOriginal() throws IOException {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        assertEquals(Optional.of(TEXT), decoded("gzip", Compressed.gzip(text), 23));
        assertEquals(Optional.of(TEXT), decoded(" X-GZIP ", Compressed.gzip(text), 23));
        assertEquals(Optional.of(TEXT), decoded("deflate", Compressed.deflate(text, false), 23));
        assertEquals(Optional.of(TEXT), decoded("deflate", Compressed.deflate(text, true), 23));
        byte[] twice = Compressed.deflate(Compressed.gzip(text), false);
        assertEquals(Optional.of(TEXT), decoded("gzip, identity,deflate", twice, 1_000));
        assertEquals(Optional.of(TEXT), decoded("identity", text, 23));
        assertEquals(Optional.of(""), decoded("gzip", new byte[0], 23));
    }

    @Test
    void aBodyIsNotDecodedBeyondTheLimit() throws IOException {
        byte[] bomb = Compressed.gzip(new byte[10_000_000]);
        assertTrue(bomb.length < 20_000, "it is one");
        assertEquals(Optional.empty(), decoded("gzip", bomb, 9_999_999));
        assertEquals(Optional.empty(), decoded("gzip, gzip", Compressed.gzip(bomb), 1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "gzip, br", "compress", "gzip gzip", "gzip,gzip,gzip"})
    void othersAreNotKnown(String header) {
        assertFalse(Coding.of(List.of(header)).isKnown());
        assertFalse(Coding.of(List.of(header)).isNone());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void brokenBodiesAreFound(String name) {
        byte[] whole = name.equals("gzip")
                ? Compressed.gzip(TEXT.getBytes(StandardCharsets.UTF_8))
                : Compressed.deflate(TEXT.getBytes(StandardCharsets.UTF_8), false);
        assertThrows(IOException.class, () -> decoded(name, TEXT.getBytes(StandardCharsets.UTF_8), 100));
        assertThrows(IOException.class, () -> decoded(name, Arrays.copyOf(whole, whole.length - 9), 100));
    }

    @Test
    void aDeflatedBodyEndsWhereItsStreamEnds() {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        for (boolean raw : new boolean[] {true, false}) {
            byte[] whole = Compressed.deflate(text, raw), longer = Arrays.copyOf(whole, whole.length + 1);
            assertThrows(IOException.class, () -> decoded("deflate", longer, 100));
        }
        byte[] ofADictionary = {0x78, 0x20, 0, 0, 0, 1};
        assertThrows(IOException.class, () -> decoded("deflate", ofADictionary, 100));
    }
}
