// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A target whose query has items for the proxy as well as items for the backend. A plus sign does not mean a space.
 *
 * @param path the part before the question mark
 * @param items the items as the target has them
 */
record JsonpQuery(String path, List<String> items) {

    static JsonpQuery of(String target) {
        int at = target.indexOf('?');
        if (at < 0) return new JsonpQuery(target, List.of());
        String query = target.substring(at + 1);
        List<String> items = query.isEmpty() ? List.of() : List.of(query.split("&", -1));
        return new JsonpQuery(target.substring(0, at), items);
    }

    private static String name(String item) {
        return item.split("=", 2)[0];
    }

    boolean has(String name) {
        return items.stream().map(JsonpQuery::name).anyMatch(name::equals);
    }

    /** The decoded value of the first item of that name; empty if there is none. */
    byte[] bytes(String name, String refusal) {
        String item = items.stream()
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElse("");
        return decoded(item.substring(Math.min(item.length(), name.length() + 1)), refusal);
    }

    String text(String name, String refusal) {
        return new String(bytes(name, refusal), StandardCharsets.UTF_8);
    }

    private static byte[] decoded(String value, String refusal) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < text.length; at++) {
            if (text[at] != '%') {
                out.write(text[at]);
                continue;
            }
            int high = digit(text, at + 1), low = digit(text, at + 2);
            if (high < 0 || low < 0) throw new JsonpException(refusal);
            out.write(high << 4 | low);
            at += 2;
        }
        return out.toByteArray();
    }

    private static int digit(byte[] text, int at) {
        return at < text.length ? Character.digit(text[at], 16) : -1;
    }

    /** The target without the items of those names. */
    String without(List<String> names) {
        String kept = items.stream().filter(item -> !names.contains(name(item))).collect(Collectors.joining("&"));
        return kept.isEmpty() ? path : path + "?" + kept;
    }
}
