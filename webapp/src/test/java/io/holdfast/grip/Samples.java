// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.http.Headers;
import java.nio.charset.StandardCharsets;

/** Short ways to write what the tests of this room speak of. */
final class Samples {
    private Samples() {}

    /** Header lines from names and values in turn. */
    static Headers headers(String... namesAndValues) {
        return Headers.of(namesAndValues);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** JSON with apostrophes in place of quotation marks. */
    static byte[] json(String text) {
        return bytes(text.replace('\'', '"'));
    }

    static Response response(int status, String body, String... namesAndValues) {
        return new Response(status, "", headers(namesAndValues), bytes(body));
    }

    static Item item(String json) {
        return Item.parse(json(json));
    }

    /** An item of a stream on the channel {@code test}; no id or previous id where that is empty. */
    static Item item(String id, String prevId) {
        String ids =
                (id.isEmpty() ? "" : "'id':'" + id + "',") + (prevId.isEmpty() ? "" : "'prev-id':'" + prevId + "',");
        return item("{'channel':'test'," + ids + "'http-stream':{'content':'" + id + "'}}");
    }
}
