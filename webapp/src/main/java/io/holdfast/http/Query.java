// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, decoded in the same way on every server. Some servers drop a malformed parameter, and a request to be held
 * would then look like a plain read.
 */
final class Query {
    private static final Pattern NOT_ASCII = Pattern.compile("[^\\x00-\\x7f]+");

    private final String query;
    private final Charset charset;

    Query(HttpServletRequest request) {
        RequestTarget target = RequestTarget.of(request);
        @Nullable String raw = target.query();
        query = raw == null ? "" : raw;
        charset = target.charset();
    }

    /** The value of the parameter; empty when it is not there. */
    Optional<String> value(String name) {
        List<String> values = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (decoded(key, key).equals(name)) values.add(equals < 0 ? "" : decoded(name, pair.substring(equals + 1)));
        }
        if (values.size() > 1) throw new Refusal(Problem.badValue(name, "given once", String.join(",", values)));
        return values.stream().findFirst();
    }

    /** The name and the value of the last of these parameters that is not blank, as the function joins them; empty if none is there. */
    <T> Optional<T> last(Collection<String> names, BiFunction<String, String, T> join) {
        String found = "", text = "";
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals), name = decoded(key, key);
            if (equals < 0 || !names.contains(name)) continue;
            String value = decoded(name, pair.substring(equals + 1));
            if (value.isBlank()) continue;
            found = name;
            text = value;
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(join.apply(found, text));
    }

    /** The names of all parameters, but those that cannot be decoded. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            String key = pair.split("=", 2)[0];
            try {
                names.add(decoded(key, key));
            } catch (Refusal notUnderstood) {
                // The handler refuses it if it reads a parameter.
            }
        }
        return names;
    }

    private String decoded(String field, String text) {
        try {
            String bytes = URLDecoder.decode(escaped(text), StandardCharsets.ISO_8859_1);
            ByteBuffer buffer = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            // Unlike URLDecoder, this decoder fails for bytes that are not a character, and does not replace them.
            return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new Refusal(Problem.badValue(Problem.shown(field), "percent-encoded UTF-8", text));
        }
    }

    /** Encodes characters beyond ASCII, to which some servers decode bytes that the client sent raw. */
    private String escaped(String text) {
        return NOT_ASCII.matcher(text).replaceAll(found -> URLEncoder.encode(found.group(), charset));
    }
}
