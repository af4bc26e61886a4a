// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import java.security.Security;

/**
 * The JVM's memory of names. It keeps the addresses of a name for half a minute, and for ten seconds that there are none. So a backend that
 * comes back at another address would not be found while requests wait for it.
 */
final class NameCache {
    private static final String FOUND = "networkaddress.cache.ttl", UNKNOWN = "networkaddress.cache.negative.ttl";
    private static final String FOUND_BY_OPERATOR = "sun.net.inetaddr.ttl",
            UNKNOWN_BY_OPERATOR = "sun.net.inetaddr.negative.ttl";
    private static final String SECONDS = "1";

    private NameCache() {}

    /** Has the JVM forget after a second, unless its operator has set another time; to be called before any name is looked up. */
    static void shorten() {
        if (Security.getProperty(FOUND) == null && System.getProperty(FOUND_BY_OPERATOR) == null)
            Security.setProperty(FOUND, SECONDS);
        // The JDK's own file sets this one, so that cannot be told from an operator's choice.
        if (System.getProperty(UNKNOWN_BY_OPERATOR) == null) Security.setProperty(UNKNOWN, SECONDS);
    }
}
