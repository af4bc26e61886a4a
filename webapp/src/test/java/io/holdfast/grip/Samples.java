// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.instruct.WholeResponse;
import io.holdfast.grip.item.Item;
import io.holdfast.http.message.Headers;
import java.nio.charset.StandardCharsets;

/** Short forms for the objects of these tests. */
public final class Samples {
    private Samples() {}

    /** Header lines from names and values in turn. */
    public static Headers headers(String... namesAndValues) {
        return Headers.of(namesAndValues);
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** JSON with apostrophes in place of quotation marks. */
    public static byte[] json(String text) {
        return bytes(text.replace('\'', '"'));
    }

    public static WholeResponse response(int status, String body, String... namesAndValues) {
        return new WholeResponse(status, "", headers(namesAndValues), bytes(body));
    }

    public static Item item(String json) {
        return Item.parse(json(json));
    }

    /** An item of a stream on the channel {@code test}; without an id or a previous id if that is empty. */
    public static Item item(String id, String prevId) {
        String ids =
                (id.isEmpty() ? "" : "'id':'" + id + "',") + (prevId.isEmpty() ? "" : "'prev-id':'" + prevId + "',");
        return item("{'channel':'test'," + ids + "'http-stream':{'content':'" + id + "'}}");
    }
}
