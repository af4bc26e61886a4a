// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import io.holdfast.config.Nearest;
import io.holdfast.config.Option;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of a line in which a parameter stands.
 *
 * @param words its name in a sentence
 * @param known the names of the parameters that may stand there
 * @param refused the parameters that are refused, although Pushpin accepts them
 */
record Place(String words, Set<String> known, List<Refused> refused) {
    private static final String
            NO_WEB_SOCKET = "WebSocket is not proxied yet; take it out, or the line if it is for nothing else",
            NO_SOCKJS = "let clients use streams or long polls, and take it out",
            NO_ZEROMQ = "ZeroMQ is not spoken; name an HTTP backend as HOST:PORT",
            NO_CERTIFICATE = "backends are shown no certificate; put a proxy that does so before it, and name that";

    static final Place CONDITION = new Place(
            "the condition",
            names(Parameters.CONDITION.stream()),
            List.of(
                    new Refused("proto=ws", NO_WEB_SOCKET),
                    new Refused("session", "there are no reliable sessions; take it out"),
                    new Refused("sockjs", NO_SOCKJS),
                    new Refused("sockjs_as_path", NO_SOCKJS)));
    static final Place TARGET = new Place(
            "a target",
            names(Stream.concat(Parameters.TARGET.stream(), Parameters.ADDED.stream())),
            List.of(
                    new Refused("zhttp/", NO_ZEROMQ),
                    new Refused("zhttpreq/", NO_ZEROMQ),
                    new Refused("over_http", NO_WEB_SOCKET),
                    new Refused("one_event", NO_WEB_SOCKET),
                    new Refused("ipc_file_mode", NO_ZEROMQ),
                    new Refused("client_cert", NO_CERTIFICATE),
                    new Refused("client_key", NO_CERTIFICATE)));

    /**
     * A parameter or target that Pushpin accepts and Holdfast refuses.
     *
     * @param name the name of the parameter, or {@code name=value} if only this value is refused; with a slash at its end, the beginning
     *     of a target
     * @param advice the advice for the operator
     */
    record Refused(String name, String advice) {

        private boolean is(String argument, String value) {
            return name.equals(argument) || name.equals(argument + "=" + value);
        }

        private boolean begins(String address) {
            return name.endsWith("/") && address.startsWith(name);
        }

        private String sentence() {
            return name + " is not supported: " + advice + ".";
        }
    }

    private static Set<String> names(Stream<Option<?>> options) {
        return options.map(Option::key).collect(Collectors.toUnmodifiableSet());
    }

    /** The sentence that says why such an argument may not stand here; empty if it may. */
    Optional<String> refusal(String name, String value) {
        for (Refused each : refused) if (each.is(name, value)) return Optional.of(each.sentence());
        if (known.contains(name)) return Optional.empty();
        Place other = equals(CONDITION) ? TARGET : CONDITION;
        return Optional.of(
                other.known.contains(name)
                        ? name + " belongs to " + other.words + ", not to " + words + "."
                        : name + " is not a parameter of " + words + Nearest.hint(name, known) + ".");
    }

    /** The sentence that says why such a target is refused; empty if it is accepted. */
    static Optional<String> refusal(String address) {
        return TARGET.refused.stream()
                .filter(each -> each.begins(address))
                .map(Refused::sentence)
                .findFirst();
    }
}
