// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of an answer that the header {@code Accept} asks for. Ranges with an asterisk ask for none. */
public enum Accepted {
    // Order matters: of forms with equal preference, the first wins.
    /** Server-Sent Events. */
    SSE("text/event-stream"),
    /** A line of JSON for each event. */
    LINES("application/x-ndjson"),
    /** One JSON document. */
    JSON("application/json");

    private static final Pattern QUALITY =
            Pattern.compile(";[ \\t]*q=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)[ \\t]*(?:;|$)");

    private final String mediaType;

    Accepted(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The media type of this form. */
    public String mediaType() {
        return mediaType;
    }

    /** The preferred form. Between equal preferences, a stream wins. */
    public static Accepted of(String header) {
        Map<Accepted, Double> qualities = new EnumMap<>(Accepted.class);
        for (String range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String type = range.split(";", 2)[0].strip();
            for (Accepted form : values()) if (form.mediaType.equals(type)) qualities.put(form, quality(range));
        }
        Accepted best = JSON;
        double highest = 0;
        for (Accepted form : values()) {
            double quality = qualities.getOrDefault(form, 0.0);
            if (quality <= highest) continue;
            best = form;
            highest = quality;
        }
        return best;
    }

    private static double quality(String range) {
        Matcher matcher = QUALITY.matcher(range);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 1;
    }
}
