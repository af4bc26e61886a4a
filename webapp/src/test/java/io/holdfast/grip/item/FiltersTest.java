// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import static io.holdfast.grip.Samples.bytes;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.Samples;
import io.holdfast.grip.item.Filters.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FiltersTest {
    private static final Map<String, String> NOTHING = Map.of();

    private static GripChannel channel(String name, @Nullable String prevId, String... filters) {
        return new GripChannel(name, "prefix-" + name, prevId, List.of(filters));
    }

    private static Context context(Map<String, String> meta, Map<String, String> published, GripChannel... channels) {
        return new Context(List.of(channels), meta, published);
    }

    private static Optional<String> apply(List<String> names, Context context, String content) {
        return Filters.apply(names, context, bytes(content)).map(Samples::text);
    }

    private static void refused(String message, List<String> names, Context context, String content) {
        assertEquals(
                message,
                assertThrows(FilterException.class, () -> apply(names, context, content))
                        .getMessage());
    }

    @Test
    void aSenderDoesNotReceiveItsOwnItem() {
        List<String> names = List.of("skip-self", "var-subst");
        Map<String, String> alice = Map.of("user", "alice");

        assertEquals(Optional.of("hello alice"), apply(names, context(alice, NOTHING), "hello %(user)s"));
        assertEquals(
                Optional.of("hello alice"), apply(names, context(alice, Map.of("sender", "bob")), "hello %(user)s"));
        assertEquals(Optional.empty(), apply(names, context(alice, Map.of("sender", "alice")), "hello %(user)s"));
        assertFalse(Filters.drop(names, context(Map.of("user", ""), Map.of("sender", ""))));
        assertFalse(Filters.drop(names, context(NOTHING, Map.of("sender", "alice"))));
    }

    @Test
    void usersMayBeLeftOut() {
        List<String> names = List.of("skip-users");
        Map<String, String> bob = Map.of("user", "bob");

        assertTrue(Filters.drop(names, context(bob, Map.of("skip_users", "alice, bob ,carol"))));
        assertFalse(Filters.drop(names, context(bob, Map.of("skip_users", "alice,bobby"))));
        assertFalse(Filters.drop(names, context(bob, NOTHING)));
        assertFalse(Filters.drop(names, context(NOTHING, Map.of("skip_users", "alice,,bob"))));
    }

    @Test
    void anotherSubscriptionMayBeRequired() {
        List<String> names = List.of("require-sub");
        Map<String, String> published = Map.of("require_sub", "b");

        assertFalse(Filters.drop(names, context(NOTHING, published, channel("a", null), channel("b", "1"))));
        assertTrue(Filters.drop(names, context(NOTHING, published, channel("a", null))));
        assertFalse(Filters.drop(names, context(NOTHING, NOTHING, channel("a", null))));
        assertFalse(Filters.drop(names, context(NOTHING, Map.of("require_sub", ""))));
    }

    @Test
    void anIdIsBuiltOfTheLastIdsOfTheChannels() {
        List<String> names = List.of("build-id");
        Map<String, String> meta = Map.of("id_format", "%(a)s:%(b)s");
        GripChannel[] channels = {channel("a", "5"), channel("b", "7")};

        assertEquals(Optional.of("id 5:7"), apply(names, context(meta, NOTHING, channels), "id %I"));
        assertEquals(
                Optional.of("id 353a37 61"),
                apply(
                        names,
                        context(Map.of("id_format", "%(a)s:%(b)s", "id_encoding", "hex"), NOTHING, channels),
                        "id %I %(a)I"));
        refused("build-id: no sub meta 'id_format'", names, context(NOTHING, NOTHING, channels), "x");
        refused(
                "build-id: unsupported encoding: base64",
                names,
                context(Map.of("id_format", "x", "id_encoding", "base64"), NOTHING, channels),
                "x");
        refused(
                "build-id: failed to render ID: No such variable 'b' at position 10",
                names,
                context(meta, NOTHING, channel("a", "5"), channel("b", null)),
                "x");
        refused(
                "build-id: Expected directive after '%' at position 0",
                names, context(meta, NOTHING, channels), "100%");
    }

    @Test
    void variablesAreReplacedByTheMetaOfTheSubscription() {
        List<String> names = List.of("var-subst");
        Context context = context(Map.of("user", "jürgen", "x", ""), NOTHING);

        assertEquals(Optional.of("hello jürgen 100%"), apply(names, context, "hello %(user)s%(x)s 100%%"));
        refused("var-subst: No such variable 'nobody' at position 9", names, context, "%(nobody)s");
        refused("var-subst: Expected directive after '%' at position 1", names, context, "a%");
    }

    @Test
    void filtersChangeContentInTheirOrder() {
        Context context = context(Map.of("id_format", "%%(user)s%(a)s", "user", "bob"), NOTHING, channel("a", "1"));

        assertEquals(Optional.of("bob1"), apply(List.of("build-id", "var-subst"), context, "%I"));
        assertEquals(Optional.of("%(user)s1"), apply(List.of("var-subst", "build-id"), context, "%%I"));
    }

    @Test
    void anUnknownFilterDoesNothing() {
        byte[] content = bytes("%");

        assertSame(
                content,
                Filters.apply(List.of("x", "http-check"), context(NOTHING, NOTHING), content)
                        .orElseThrow());
        assertSame(
                content,
                Filters.apply(List.of(), context(NOTHING, NOTHING), content).orElseThrow());
    }

    @Test
    void contentMayBeForSubscriptionsWithCertainFilters() {
        List<String> names = List.of("skip-self", "build-id", "other", "var-subst");

        assertEquals(Optional.empty(), Filters.mismatch(names, null));
        assertEquals(Optional.empty(), Filters.mismatch(names, List.of("build-id", "var-subst")));
        assertMismatch("build-id,var-subst", "var-subst,build-id", names, List.of("var-subst", "build-id"));
        assertMismatch("build-id,var-subst", "build-id", names, List.of("build-id"));
        assertMismatch("build-id,var-subst", "", names, List.of());
        assertEquals(Optional.empty(), Filters.mismatch(List.of("skip-self"), List.of()));
        assertMismatch("", "x", List.of(), List.of("x"));
    }

    @Test
    void theBeginOfAStreamMayHaveIds() {
        List<GripChannel> channels = List.of(channel("a", "1"), channel("b", null, "var-subst", "build-id"));
        IdFormat.Renderer renderer = Filters.ofResponse(channels, Map.of("id_format", "%(a)s", "id_encoding", "hex"));

        assertNotNull(renderer);
        assertEquals("61%", text(renderer.update(bytes("%(a)I%%"))));
        assertThrows(FilterException.class, () -> renderer.update(bytes("%I")), "which id is not known yet");
        assertNull(Filters.ofResponse(List.of(channel("a", "1", "var-subst")), NOTHING));
        assertEquals(
                "build-id: no sub meta 'id_format'",
                assertThrows(FilterException.class, () -> Filters.ofResponse(channels, NOTHING))
                        .getMessage());
    }

    private static void assertMismatch(String subscription, String message, List<String> names, List<String> content) {
        assertEquals(
                Optional.of("content filter mismatch: subscription=" + subscription + " message=" + message),
                Filters.mismatch(names, content));
    }
}
