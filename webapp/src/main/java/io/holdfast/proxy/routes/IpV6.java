// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IPv6 addresses as text. */
public final class IpV6 {
    private static final Pattern SHAPE = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private IpV6() {}

    /** Whether the text is an IPv6 address without brackets and without a zone. */
    public static boolean is(String text) {
        if (text.indexOf(':') < 0 || !SHAPE.matcher(text).matches()) return false;
        try {
            // In brackets, the JDK accepts only an address, and asks no name service.
            return InetAddress.getByName("[" + text + "]") != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The text without the brackets around it, if it has them. */
    static String bare(String text) {
        return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    }
}
