// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names of options in the environment, and what there looks like one and is none. */
final class Variables {
    private static final String PREFIX = "HOLDFAST_";

    /** The settings of this project that are not the application's: of its servers, balancers and client. */
    private static final Set<String> OTHERS = Set.of(
            "CONFIG",
            "LISTEN",
            "A",
            "B",
            "C",
            "CONTEXT",
            "USER",
            "HTTP_PORT",
            "HTTP_ADDRESS",
            "SHUTDOWN_PORT",
            "HELD",
            "USERS",
            "HEAP",
            "HEAP_MIN",
            "MAX_CONNECTIONS",
            "GC_OPTS",
            "HAZELCAST_OPTS");

    /** The variables that Kubernetes sets in every pod if there is a service named holdfast. */
    private static final Pattern SERVICE = Pattern.compile("SERVICE_(HOST|PORT(_.*)?)|PORT(_.*)?");

    private Variables() {}

    /** The variable of an option. */
    static String name(String key) {
        return PREFIX + key.replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** The variable of the default that a script of a server may give an option, according to the machine. */
    static String ofDefault(String key) {
        return PREFIX + "DEFAULT_" + bare(name(key));
    }

    /** The variables that nobody knows, each with the one that was probably meant. */
    static List<String> strangers(Set<String> environment, Collection<String> keys) {
        Set<String> known = new TreeSet<>();
        for (String key : keys) known.add(name(key));
        Set<String> defaults = keys.stream().map(Variables::ofDefault).collect(Collectors.toSet());
        List<String> strangers = new ArrayList<>();
        for (String name : new TreeSet<>(environment))
            if (name.startsWith(PREFIX) && !known.contains(name) && !defaults.contains(name) && !isOfOthers(bare(name)))
                strangers.add(name + nearest(name, known));
        return strangers;
    }

    private static String nearest(String name, Set<String> known) {
        return Nearest.to(bare(name), known.stream().map(Variables::bare).toList())
                .map(nearest -> " (nearest: " + PREFIX + nearest + ")")
                .orElse("");
    }

    private static String bare(String name) {
        return name.substring(PREFIX.length());
    }

    private static boolean isOfOthers(String name) {
        return OTHERS.contains(name) || SERVICE.matcher(name).matches();
    }
}
