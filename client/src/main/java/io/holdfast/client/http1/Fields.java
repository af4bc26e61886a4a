// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Header fields. The JDK has a type for them; this class has the rules and loops that it lacks. */
public final class Fields {
    /** No fields. */
    public static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "expect");

    private final Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** Fields that are being collected; none yet. */
    public Fields() {}

    /** Whether the name and the value can be a field. */
    public static boolean isValid(String name, String value) {
        return NAME.matcher(name).matches() && VALUE.matcher(value).matches();
    }

    /** Adds a field. */
    public Fields add(String name, String value) {
        byName.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        return this;
    }

    /** Adds the field of a line like {@code Name: value}; false, without any effect, if the line is malformed. */
    public boolean addLine(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon);
        String value = line.substring(colon + 1).strip();
        boolean isValid = isValid(name, value);
        if (isValid) add(name, value);
        return isValid;
    }

    public HttpHeaders toHeaders() {
        return HttpHeaders.of(byName, (name, value) -> true);
    }

    /** Calls the consumer for each value of each field. */
    public static void forEach(HttpHeaders headers, BiConsumer<String, String> consumer) {
        headers.map().forEach((name, values) -> values.forEach(value -> consumer.accept(name, value)));
    }

    /** The fields without those that concern one connection only (RFC 9110, section 7.6.1). */
    public static HttpHeaders endToEnd(HttpHeaders all) {
        Set<String> named = new HashSet<>();
        for (String value : all.allValues("Connection"))
            for (String word : value.split(",", -1)) named.add(word.strip().toLowerCase(Locale.ROOT));
        return HttpHeaders.of(all.map(), (name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            return !HOP_BY_HOP.contains(lower) && !named.contains(lower);
        });
    }
}
