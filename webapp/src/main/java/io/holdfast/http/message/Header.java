// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.util.regex.Pattern;

/**
 * One header field.
 *
 * @param name the name, spelled as the sender spells it; compared without case
 * @param value the value, one character for each byte
 */
public record Header(String name, String value) {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Whether a field may have this name (RFC 9110, 5.1). */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether this is the field of that name. */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
