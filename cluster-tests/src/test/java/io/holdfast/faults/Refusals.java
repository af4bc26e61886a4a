// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The refusals of honest clients: which, with their reasons, and how many. Safe from any thread. */
final class Refusals {
    /** A member refuses by these if it is full, or if it takes the client for an abuser. */
    private static final Set<Integer> REFUSED = Set.of(400, 403, 408, 413, 429, 431, 503, 507);

    private static final Pattern DETAIL = Pattern.compile("\"detail\":\"([^\"]{0,90})");

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Notes the response if it is a refusal. The name says who was refused. */
    void note(String client, @Nullable HttpResponse<String> response) {
        if (response == null || !REFUSED.contains(response.statusCode())) return;
        Matcher detail = DETAIL.matcher(response.body());
        String why = detail.find() ? detail.group(1).replaceAll("\\d+", "N") : "";
        counts.computeIfAbsent(client + " " + response.statusCode() + " " + why, any -> new LongAdder())
                .increment();
    }

    /** How many there were, by client, status and reason. */
    Map<String, Long> counts() {
        Map<String, Long> sorted = new TreeMap<>();
        counts.forEach((what, count) -> sorted.put(what, count.sum()));
        return sorted;
    }
}
