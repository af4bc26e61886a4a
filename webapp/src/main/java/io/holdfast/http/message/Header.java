// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One header field.
 *
 * @param name the name, spelled as the sender spells it; compared without case
 * @param value the value, one character for each byte
 */
public record Header(String name, String value) {
    private static final Set<String> ON_BEHALF = Set.of(
            "forwarded",
            "x-real-ip",
            "x-client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "x-cluster-client-ip",
            "front-end-https",
            "proxy-ip");

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Whether a field may have this name (RFC 9110, 5.1). */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Whether a name with underscores imitates one of those names with dashes, given in lower case. Programs that see headers as
     * variables, such as CGI and WSGI, cannot tell the two apart.
     */
    public static boolean imitates(String name, Predicate<String> names) {
        return name.indexOf('_') >= 0
                && names.test(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** Whether proxies speak for their clients by a header of this name. */
    public static boolean isOnBehalf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ON_BEHALF.contains(lower) || lower.startsWith("x-forwarded-");
    }

    /** Whether this is the field of that name. */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
