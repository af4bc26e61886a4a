// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Holdfast;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command of the program, with the options that all commands have: the addresses and the user. */
@Command(mixinStandardHelpOptions = true, versionProvider = Main.Version.class, sortOptions = false)
abstract class Subcommand implements Callable<Integer> {
    private static final String VARIABLE = "HOLDFAST_USER";

    @Option(
            names = "--connect",
            paramLabel = "URL",
            split = ",",
            defaultValue = "http://localhost:8080",
            description = {
                "Addresses of members, or of load balancers before them, separated by commas. After a failure the next is used"
                        + " (default ${DEFAULT-VALUE})."
            })
    private URI[] addresses = {};

    @Option(
            names = "--user",
            paramLabel = "NAME:PASSWORD",
            description = {
                "Credentials for HTTP Basic. Other users of this machine can read them here, but not in the variable "
                        + VARIABLE + "."
            })
    private @Nullable String user;

    private final Console console;

    Subcommand(Console console) {
        this.console = console;
    }

    final Console console() {
        return console;
    }

    /** A client for the addresses and the user. */
    final Holdfast open() {
        String both = user != null ? user : console.environment().get(VARIABLE);
        if (both == null || both.isEmpty()) return Holdfast.at(addresses);
        int colon = both.indexOf(':');
        if (colon < 1)
            throw new IllegalArgumentException(
                    "--user, or " + VARIABLE + ", must be NAME:PASSWORD; there is no colon.");
        return Holdfast.as(both.substring(0, colon), both.substring(colon + 1), addresses);
    }
}
