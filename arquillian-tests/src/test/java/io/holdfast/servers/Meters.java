// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.net.URI;

/** The metrics of one member. */
final class Meters {
    private Meters() {}

    /** The value of the metric with that name. */
    static int of(URI member, String name) {
        return Shipped.http(member)
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }
}
