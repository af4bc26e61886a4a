// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a target from a part of a line. */
final class TargetReader {
    private static final String BUILT_IN = "test";
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[(?<v6>[^\\]]*)]|(?<host>[A-Za-z0-9._-]+)):(?<port>[0-9]{1,9})");
    private static final int LAST_PORT = 65_535;

    private final String address;
    private final Optional<String> requested;
    private final Arguments arguments;
    private final Consumer<String> fault;

    /**
     * Begins with a part.
     *
     * @param address its address in the file
     * @param requested the host that its requests are for, perhaps with a port; empty for any host
     * @param arguments its arguments in the file
     * @param fault receives a sentence for each fault; after a fault, the result is not a valid target
     */
    TargetReader(String address, Optional<String> requested, Arguments arguments, Consumer<String> fault) {
        this.address = address;
        this.requested = requested;
        this.arguments = arguments;
        this.fault = fault;
    }

    /** The target; empty if the address is not valid. */
    Optional<Target> read() {
        if (address.equals(BUILT_IN)) return Optional.of(at(BUILT_IN, 0));
        Optional<String> refusal = Place.refusal(address);
        Matcher matcher = ADDRESS.matcher(address);
        if (refusal.isPresent()) return none(refusal.get());
        if (!matcher.matches() || (matcher.group("v6") != null && !IpV6.is(matcher.group("v6"))))
            return none("A target must be HOST:PORT, [IPV6]:PORT or test, not '" + address + "'.");
        int port = Integer.parseInt(matcher.group("port"));
        if (port < 1 || port > LAST_PORT)
            return none("The port of a target must be from 1 to 65535, not " + port + ".");
        return Optional.of(at(matcher.group("host") == null ? matcher.group("v6") : matcher.group("host"), port));
    }

    private Optional<Target> none(String why) {
        fault.accept(why);
        return Optional.empty();
    }

    private Target at(String host, int port) {
        Optional<String> header = arguments.text(Parameters.HOST_HEADER);
        return new Target(
                host,
                port,
                arguments.has(Parameters.TLS),
                arguments.has(Parameters.INSECURE),
                arguments.has(Parameters.UNTRUSTED),
                certified(host, header),
                header,
                arguments.all(Parameters.SUB).stream()
                        .filter(channel -> !channel.isEmpty())
                        .toList(),
                port == 0);
    }

    private String certified(String host, Optional<String> header) {
        if (arguments.has(Parameters.TRUST_CONNECT_HOST)) return host;
        return header.or(() -> requested).map(TargetReader::withoutPort).orElse(host);
    }

    private static String withoutPort(String header) {
        int colon = header.lastIndexOf(':');
        // An IPv6 address with a port has brackets.
        boolean port = colon > header.lastIndexOf(']') && (header.startsWith("[") || colon == header.indexOf(':'));
        return IpV6.bare(port ? header.substring(0, colon) : header);
    }
}
