// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;

/** Lines of a routes file as tests of other rooms write them. */
public final class Lines {
    private Lines() {}

    /** The route of a line. */
    public static Route route(String line) {
        RoutesFile.Parsed parsed = RoutesFile.parse(Path.of(""), List.of(line));
        assertEquals(List.of(), parsed.problems());
        return parsed.routes().get(0);
    }
}
