// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.util.regex.Pattern;

/** The names that Holdfast allows for channels, queues, cameras and ids. They stand in a path as they are. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");

    private Names() {}

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Checks the name of a thing such as a channel. */
    public static void check(String thing, String name) {
        if (!isName(name))
            throw new IllegalArgumentException("The name of a " + thing + " must be 1 to 128 characters of"
                    + " A-Z a-z 0-9 . _ ~ -, and not . or .., not '" + Wording.printable(name) + "'.");
    }
}
