// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import io.holdfast.grip.item.Reasons;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.ResponseFilter;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a response as the call of a callback, piece by piece. If the callback gets the whole response, the body is read as UTF-8. A line
 * end is kept back until more follows, because the last one is left out. Not thread-safe.
 */
final class JsonpWriter implements ResponseFilter {
    private static final byte[] NOTHING = {};

    private final Jsonp jsonp;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = NOTHING;

    JsonpWriter(Jsonp jsonp) {
        this.jsonp = jsonp;
    }

    @Override
    public PassedResponse begin(int status, Headers headers, byte[] body) {
        // The comment prevents the response from being read as another type of file, which might begin
        // with the callback.
        String call = "/**/" + jsonp.callback() + "(" + (jsonp.extended() ? extended(status, headers) : "");
        Headers shown = Headers.of("Content-Type", "application/javascript")
                .and(headers.only("Cache-Control"::equalsIgnoreCase));
        return new PassedResponse(200, shown, joined(bytes(call), apply(body)));
    }

    private static String extended(int status, Headers lines) {
        Map<String, String> firsts = new TreeMap<>();
        Set<String> seen = Headers.names(List.of());
        for (Header header : lines)
            if (seen.add(header.name())) firsts.put(header.name(), HeaderText.text(header.value()));
        JsonObjectBuilder headers = JsonInput.JSON.createObjectBuilder();
        firsts.forEach(headers::add);
        return "{\"code\": " + status + ", \"reason\": " + quoted(Reasons.of(status)) + ", \"headers\": "
                + escaped(headers.build().toString()) + ", \"body\": \"";
    }

    @Override
    public byte[] apply(byte[] body) {
        byte[] text = joined(rest, body);
        return jsonp.extended() ? string(text, false) : lines(text);
    }

    @Override
    public byte[] end() {
        if (jsonp.extended()) return joined(string(rest, true), bytes("\"});\n"));
        boolean lineEnd = rest.length > 0 && rest[rest.length - 1] == '\n';
        return joined(lineEnd ? NOTHING : rest, bytes(");\n"));
    }

    private byte[] lines(byte[] text) {
        int end = text.length;
        if (end > 0 && text[end - 1] == '\n') end--;
        if (end > 0 && text[end - 1] == '\r') end--;
        rest = Arrays.copyOfRange(text, end, text.length);
        return Arrays.copyOf(text, end);
    }

    private byte[] string(byte[] text, boolean last) {
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(text.length + 1);
        decoder.decode(in, out, last);
        rest = Arrays.copyOfRange(text, in.position(), text.length);
        String quoted = quoted(out.flip().toString());
        return bytes(quoted.substring(1, quoted.length() - 1));
    }

    private static String quoted(String text) {
        return escaped(JsonInput.JSON.createValue(text).toString());
    }

    /** Escapes two characters that older scripts read as line ends. */
    private static String escaped(String json) {
        return json.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
