// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Compressed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
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

    /** A bomb gets no further than there is room. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "gzip, gzip"})
    void roomIsTakenBeforeBytesAreKept(String header) {
        byte[] plain = new byte[10_000_000];
        byte[] bomb = header.equals("deflate") ? Compressed.deflate(plain, false) : Compressed.gzip(plain);
        byte[] body = header.equals("gzip, gzip") ? Compressed.gzip(bomb) : bomb;
        AtomicLong taken = new AtomicLong();

        assertThrows(
                IllegalStateException.class, () -> Coding.of(List.of(header)).decode(body, plain.length, length -> {
                    if (taken.addAndGet(length) > 100_000) throw new IllegalStateException("full");
                }));

        assertTrue(taken.get() < 150_000, "taken: " + taken);
    }

    @Test
    void allThatIsDecodedTakesRoom() throws IOException {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8), inner = Compressed.gzip(text);
        AtomicLong taken = new AtomicLong();

        Coding.of(List.of("gzip, deflate")).decode(Compressed.deflate(inner, false), 1_000, taken::addAndGet);

        assertEquals(inner.length + text.length, taken.get());
    }

    @Test
    void membersOfGzipFollowEachOther() throws IOException {
        byte[] one = Compressed.gzip("one, "), two = Compressed.gzip("two"), none = Compressed.gzip("");

        assertEquals(Optional.of("one, two"), decoded("gzip", joined(none, one, none, two), 8));
        assertEquals(Optional.empty(), decoded("gzip", joined(one, two), 7));
        assertEquals(Optional.of(""), decoded("gzip", none, 0));
    }

    @Test
    void theHeadOfGzipMayHaveMoreFields() throws IOException {
        byte[] whole = Compressed.gzip(TEXT), rest = Arrays.copyOfRange(whole, 10, whole.length);
        byte[] all = {0x1f, (byte) 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 3, 2, 0, 'e', 'x', 'n', 0, 'c', 'o', 0};
        CRC32 sum = new CRC32();
        sum.update(all);
        byte[] checked = {(byte) sum.getValue(), (byte) (sum.getValue() >> 8)};

        assertEquals(Optional.of(TEXT), decoded("gzip", joined(all, checked, rest), 100));
        checked[1]++;
        assertThrows(IOException.class, () -> decoded("gzip", joined(all, checked, rest), 100));
        assertThrows(IOException.class, () -> decoded("gzip", all, 100));
        byte[] unknown = whole.clone();
        unknown[3] = 0x20;
        assertThrows(IOException.class, () -> decoded("gzip", unknown, 100));
    }

    /** A sender that adds something believes that it was read. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "\0", "\0\0\0\0\0\0\0\0", "\u001f", "junk that is longer than a head of gzip"})
    void aZippedBodyEndsWhereItsLastMemberEnds(String junk) {
        byte[] body = joined(Compressed.gzip(TEXT), junk.getBytes(StandardCharsets.ISO_8859_1));
        assertThrows(IOException.class, () -> decoded("gzip", body, 100));
    }

    @Test
    void aDamagedMemberIsFound() {
        byte[] whole = Compressed.gzip(TEXT);
        for (int at = whole.length - 8; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at]++;
            assertThrows(IOException.class, () -> decoded("gzip", damaged, 100));
            byte[] cut = Arrays.copyOf(whole, at);
            assertThrows(IOException.class, () -> decoded("gzip", cut, 100));
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
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
