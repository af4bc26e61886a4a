// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import com.nimbusds.jose.jwk.Curve;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** RSA and P-256 keys in PEM, as OpenSSL and others write them. */
final class Pem {
    static final String BEGIN = "-----BEGIN";

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final int INTEGER = 0x02, OCTETS = 0x04, SEQUENCE = 0x30;
    /** The algorithm identifiers of RSA, and of elliptic curves with P-256. */
    private static final String RSA = "300d06092a864886f70d0101010500",
            P_256_NAME = "06082a8648ce3d030107",
            P_256 = "301306072a8648ce3d0201" + P_256_NAME;

    private Pem() {}

    /**
     * The first key in the text that can be used.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Key parse(String text) {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            Key key = key(block.group(1), Base64.getMimeDecoder().decode(block.group(2)));
            if (key != null && (!(key instanceof ECKey curve) || isP256(curve))) return key;
        }
        throw new IllegalArgumentException("the PEM must have a private or public key of RSA or P-256");
    }

    private static @Nullable Key key(String type, byte[] der) {
        return switch (type) {
            case "PUBLIC KEY" -> rsaOrCurve(new X509EncodedKeySpec(der));
            case "PRIVATE KEY" -> rsaOrCurve(new PKCS8EncodedKeySpec(der));
            case "RSA PRIVATE KEY" -> key("RSA", new PKCS8EncodedKeySpec(pkcs8(RSA, der)));
            case "EC PRIVATE KEY" -> namesP256(der) ? key("EC", new PKCS8EncodedKeySpec(pkcs8(P_256, der))) : null;
            default -> null;
        };
    }

    private static @Nullable Key rsaOrCurve(KeySpec spec) {
        Key rsa = key("RSA", spec);
        return rsa == null ? key("EC", spec) : rsa;
    }

    private static @Nullable Key key(String algorithm, KeySpec spec) {
        try {
            KeyFactory factory = KeyFactory.getInstance(algorithm);
            return spec instanceof PKCS8EncodedKeySpec ? factory.generatePrivate(spec) : factory.generatePublic(spec);
        } catch (GeneralSecurityException notOfThis) {
            return null;
        }
    }

    private static boolean namesP256(byte[] der) {
        return HexFormat.of().formatHex(der).contains(P_256_NAME);
    }

    /** The older forms of private keys are the inner part of the newer. */
    private static byte[] pkcs8(String algorithm, byte[] inner) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(der(INTEGER, new byte[] {0}));
        parts.writeBytes(HexFormat.of().parseHex(algorithm));
        parts.writeBytes(der(OCTETS, inner));
        return der(SEQUENCE, parts.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        // As short as it can be: Java takes no other.
        if (length >= 0x100) out.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8)});
        else if (length >= 0x80) out.write(0x81);
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static boolean isP256(ECKey key) {
        return Curve.P_256.equals(Curve.forECParameterSpec(key.getParams()));
    }

    /** The key that verifies what an RSA key signs; null where it cannot be derived. */
    static @Nullable RSAPublicKey publicOf(Key key) {
        if (key instanceof RSAPublicKey known) return known;
        if (!(key instanceof RSAPrivateCrtKey known)) return null;
        return (RSAPublicKey) key("RSA", new RSAPublicKeySpec(known.getModulus(), known.getPublicExponent()));
    }
}
