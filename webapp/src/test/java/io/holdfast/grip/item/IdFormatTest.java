// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import static io.holdfast.grip.Samples.bytes;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.grip.item.IdFormat.Renderer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdFormatTest {
    private static final Map<String, String> VARIABLES =
            Map.of("name", "Alice", "food\\fruit(type)", "apples", "empty", "");

    private static String id(String format) {
        return text(IdFormat.render(bytes(format), VARIABLES));
    }

    private static String content(@Nullable String id, boolean hex, String content) {
        Renderer renderer = new Renderer(id == null ? null : bytes(id), hex);
        String rendered = text(renderer.update(bytes(content)));
        renderer.finish();
        return rendered;
    }

    private static void refused(String message, String format) {
        assertEquals(
                message,
                assertThrows(FilterException.class, () -> id(format), format).getMessage());
    }

    @Test
    void anIdHasTheValuesOfVariables() {
        assertEquals("This template has no directives.", id("This template has no directives."));
        assertEquals(
                "My name is Alice and I eat apples 10% of the time.",
                id("My name is %(name)s and I eat %(food\\\\fruit(type\\))s 10%% of the time."));
        assertEquals("-ü", id("%(empty)s-ü"));
    }

    @Test
    void contentHasIds() {
        assertEquals("This content has no directives.", content("C3PO", false, "This content has no directives."));
        assertEquals("The ID is C3PO.", content("C3PO", false, "The ID is %I."));
        assertEquals("The ID is 4333504f.", content("C3PO", true, "The ID is %I."));
        assertEquals("The ID is 52324432.", content("C3PO", true, "The ID is %(R2D2)I."));
        assertEquals("C3PO%", content("C3PO", false, "%()I%%"));
    }

    @Test
    void contentMayComeInPieces() {
        Renderer renderer = new Renderer(null, true);
        StringBuilder rendered = new StringBuilder();
        String[] pieces = {"The ID is %", "(", "R2D", "2", ")"};
        for (String piece : pieces) {
            rendered.append(text(renderer.update(bytes(piece))));
            assertEquals("The ID is ", rendered.toString(), piece);
        }
        rendered.append(text(renderer.update(bytes("I."))));
        assertEquals("The ID is 52324432.", rendered.toString());
        renderer.finish();
    }

    @Test
    void itDoesNotMatterHowContentIsCut() {
        String content = "a%I%%b%(x\\)\\\\%y)I%(é)I100%%";
        String whole = content("ID", false, content);
        assertEquals("aID%bx)\\%yé100%", whole);
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Renderer renderer = new Renderer(bytes("ID"), false);
            ByteArrayOutputStream rendered = new ByteArrayOutputStream();
            byte[] all = bytes(content);
            for (int from = 0; from < all.length; ) {
                int to = Math.min(all.length, from + random.nextInt(5));
                rendered.writeBytes(renderer.update(Arrays.copyOfRange(all, from, to)));
                from = to;
            }
            renderer.finish();
            assertEquals(whole, text(rendered.toByteArray()), "seed " + seed);
        }
    }

    @Test
    void aFaultIsReportedWithItsPosition() {
        refused("Expected directive after '%' at position 2", "ab%");
        refused("Expected character after '(' at position 1", "%(");
        refused("Expected character after '\\' at position 3", "%(a\\");
        refused("Unterminated field starting at position 2", "a%(abc");
        refused("Expected directive after ')' at position 6", "%(name)");
        refused("Unknown directive 'd' at position 7", "%(name)d");
        refused("Unknown directive '%' at position 7", "%(name)%");
        refused("Unknown directive ' ' at position 3", "10% ");
        refused("Directive 's' requires argument at position 1", "%s");
        refused("Directive 's' requires argument at position 3", "%()s");
        refused("No such variable 'nobody' at position 9", "%(nobody)s");
    }

    @Test
    void contentThatNeedsAnIdNeedsOne() {
        FilterException refusal = assertThrows(FilterException.class, () -> content(null, false, "a%I"));
        assertEquals("No ID specified and no default ID in context at position 2", refusal.getMessage());
        refusal = assertThrows(FilterException.class, () -> content("x", false, "a%s"));
        assertEquals("Unknown directive 's' at position 2", refusal.getMessage());
        refusal = assertThrows(FilterException.class, () -> content("x", false, "a%"));
        assertEquals("Expected directive after '%' at position 0", refusal.getMessage());
    }
}
