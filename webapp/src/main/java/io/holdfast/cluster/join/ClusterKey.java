// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that members share. The name of the cluster that they send each other is derived from it, so that nobody can join who knows
 * only the name. It has no text form.
 */
public final class ClusterKey {
    /** No key: the name is sent as it is. */
    public static final ClusterKey NONE = new ClusterKey(new byte[0]);

    private static final int SHORTEST = 16;
    private static final String HMAC = "HmacSHA256";

    /** Before the name: members of 0.1.0 sent the name alone. None of theirs can join, and none of ours joins them. */
    private static final String PLAIN = "holdfast:", DERIVED = "holdfast-key:";

    private final byte[] bytes;

    private ClusterKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The key of an option: text, base64 after {@code base64:}, or all that is in the file after {@code file:}, without the white space
     * around it.
     *
     * @throws IllegalArgumentException if it is none; the message does not tell the key
     */
    public static ClusterKey of(String text) {
        if (text.isEmpty()) return NONE;
        byte[] bytes = bytes(text);
        if (bytes.length < SHORTEST) throw new IllegalArgumentException("it has less than " + SHORTEST + " bytes");
        return new ClusterKey(bytes);
    }

    private static byte[] bytes(String text) {
        try {
            if (text.startsWith("file:"))
                return Files.readString(Path.of(text.substring(5)), StandardCharsets.ISO_8859_1)
                        .strip()
                        .getBytes(StandardCharsets.ISO_8859_1);
            if (text.startsWith("base64:")) return Base64.getMimeDecoder().decode(text.substring(7));
            return text.getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("its file cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            // The cause would show parts of the key.
            throw new IllegalArgumentException(
                    "what stands after " + text.substring(0, text.indexOf(':') + 1) + " is neither base64 nor a path");
        }
    }

    /** Whether there is a key. */
    public boolean isSet() {
        return bytes.length > 0;
    }

    /** The name of the cluster as members send it each other. If there is a key, this name is as secret as the key. */
    public String onTheWire(String name) {
        if (!isSet()) return PLAIN + name;
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            return DERIVED + HexFormat.of().formatHex(mac.doFinal((DERIVED + name).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has " + HMAC, e);
        }
    }
}
