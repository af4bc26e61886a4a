// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Holdfast;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to, and as whom: options that all commands have. */
final class Target {
    private static final String VARIABLE = "HOLDFAST_USER";

    @Option(
            names = "--connect",
            paramLabel = "URL",
            split = ",",
            defaultValue = "http://localhost:8080",
            description = {
                "Addresses of members, or of what stands before them, separated by commas; on failure the next is used"
                        + " (default ${DEFAULT-VALUE})."
            })
    private URI[] addresses = {};

    @Option(
            names = "--user",
            paramLabel = "NAME:PASSWORD",
            description = {
                "For HTTP Basic. Others on this machine can read it here; the variable " + VARIABLE + " is private."
            })
    private @Nullable String user;

    Holdfast open(Map<String, String> environment) {
        String both = user != null ? user : environment.get(VARIABLE);
        if (both == null || both.isEmpty()) return Holdfast.at(addresses);
        int colon = both.indexOf(':');
        if (colon < 1)
            throw new IllegalArgumentException(
                    "--user, or " + VARIABLE + ", must be NAME:PASSWORD; there is no colon.");
        return Holdfast.as(both.substring(0, colon), both.substring(colon + 1), addresses);
    }
}
