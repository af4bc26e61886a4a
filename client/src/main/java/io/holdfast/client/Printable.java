// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** Text from elsewhere, safe for a message: cut, and free of control characters. */
final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    static String cut(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
