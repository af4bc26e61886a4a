// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A secret, which signs and verifies; or a private key, which signs; or a public key, which verifies. Its kind fixes the algorithm. */
public final class TokenKey {
    /** HMAC pads a key with zeros up to 64 bytes, so that this padding changes no signature; the library takes no shorter key. */
    private static final int LEAST_SECRET = 32;

    private final Key key;
    private final JWSAlgorithm algorithm;
    private final @Nullable JWSSigner signer;
    private final @Nullable JWSVerifier verifier;

    private TokenKey(Key key) {
        this.key = key;
        try {
            if (key instanceof SecretKey) {
                byte[] secret = encoded(key), padded = Arrays.copyOf(secret, Math.max(secret.length, LEAST_SECRET));
                algorithm = JWSAlgorithm.HS256;
                signer = new MACSigner(padded);
                verifier = new MACVerifier(padded);
            } else if (key instanceof RSAKey) {
                RSAPublicKey known = Pem.publicOf(key);
                algorithm = JWSAlgorithm.RS256;
                signer = key instanceof PrivateKey own
                        ? new RSASSASigner(own, Set.of(AllowWeakRSAKey.getInstance()))
                        : null;
                verifier = known == null ? null : new RSASSAVerifier(known);
            } else if (key instanceof ECKey) {
                algorithm = JWSAlgorithm.ES256;
                signer = key instanceof ECPrivateKey own ? new ECDSASigner(own) : null;
                verifier = key instanceof ECPublicKey known ? new ECDSAVerifier(known) : null;
            } else throw new IllegalArgumentException("a key must be a secret, or of RSA or P-256");
        } catch (JOSEException e) {
            throw new IllegalArgumentException("a key must be a secret, or of RSA or P-256", e);
        }
    }

    private static byte[] encoded(Key secret) {
        return Objects.requireNonNull(secret.getEncoded());
    }

    /**
     * A key that signs; as {@link #of} takes it.
     *
     * @param folder from which the path of a file is seen
     * @throws IllegalArgumentException if it is none; the message does not tell the key
     */
    public static TokenKey signing(String text, Path folder) {
        TokenKey key = of(text, folder);
        if (key.signer == null) throw new IllegalArgumentException("a public key cannot sign");
        return key;
    }

    /**
     * A key that verifies; as {@link #of} takes it.
     *
     * @throws IllegalArgumentException if it is none; the message does not tell the key
     */
    public static TokenKey verifying(String text) {
        TokenKey key = of(text);
        if (key.verifier == null)
            throw new IllegalArgumentException("the public key cannot be told from a private key on P-256");
        return key;
    }

    /** As seen from the folder of the process. */
    public static TokenKey of(String text) {
        return of(text, Path.of(""));
    }

    /**
     * The key of an option: a secret or an RSA or P-256 key. A secret is given as it is, in base64 after {@code base64:}, or in
     * hexadecimal digits in a file after {@code file:}. An RSA or P-256 key is given in PEM, as it is or in a file.
     *
     * @throws IllegalArgumentException if it is none of these; the message does not tell the key
     */
    private static TokenKey of(String text, Path folder) {
        if (text.startsWith("file:")) return ofFile(folder.resolve(text.substring(5)));
        if (text.startsWith("base64:"))
            return secret(decoded("after base64:", () -> Base64.getMimeDecoder().decode(text.substring(7))));
        return text.startsWith(Pem.BEGIN) ? new TokenKey(Pem.parse(text)) : secret(bytes(text));
    }

    private static TokenKey ofFile(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (text.startsWith(Pem.BEGIN)) return new TokenKey(Pem.parse(text));
            return secret(decoded("in " + file, () -> HexFormat.of().parseHex(text)));
        } catch (IOException e) {
            throw new IllegalArgumentException("the key file " + file + " cannot be read as text", e);
        }
    }

    private static byte[] decoded(String where, Supplier<byte[]> decoder) {
        try {
            return decoder.get();
        } catch (IllegalArgumentException e) {
            // The cause would show parts of the key.
            throw new IllegalArgumentException("what stands " + where + " is not a key");
        }
    }

    private static TokenKey secret(byte[] bytes) {
        if (bytes.length == 0) throw new IllegalArgumentException("a key must not be empty");
        return new TokenKey(new SecretKeySpec(bytes, "HmacSHA256"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    JWSAlgorithm algorithm() {
        return algorithm;
    }

    /**
     * The signer of this key.
     *
     * @throws IllegalStateException with a public key
     */
    JWSSigner signer() {
        if (signer == null) throw new IllegalStateException("a public key cannot sign");
        return signer;
    }

    /** The verifier of this key; null with a private key on P-256, from which the public key cannot be derived. */
    @Nullable
    JWSVerifier verifier() {
        return verifier;
    }

    /** Whether it is a secret, and this text is that secret. */
    boolean isSecret(String text) {
        return key instanceof SecretKey && MessageDigest.isEqual(encoded(key), bytes(text));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenKey that && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "TokenKey[" + algorithm + "]";
    }
}
