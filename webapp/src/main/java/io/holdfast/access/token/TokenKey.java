// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A secret, which signs and verifies; or a private key, which signs; or a public key, which verifies. Its kind fixes the algorithm. */
public final class TokenKey {

    /** The algorithms, by the names that tokens have for them. */
    enum Algorithm {
        HS256("HmacSHA256"),
        RS256("SHA256withRSA"),
        ES256("SHA256withECDSAinP1363Format");

        private final String called;

        Algorithm(String called) {
            this.called = called;
        }
    }

    private final Algorithm algorithm;
    private final Key key;
    private final @Nullable PublicKey verifier;

    private TokenKey(Key key) {
        this.key = key;
        this.verifier = key instanceof PublicKey known ? known : Pem.publicOf(key);
        this.algorithm = algorithm(key);
    }

    /**
     * A key that signs; as {@link #of} takes it.
     *
     * @param folder from which the path of a file is seen
     * @throws IllegalArgumentException if it is none; the message does not tell the key
     */
    public static TokenKey signing(String text, Path folder) {
        TokenKey key = of(text, folder);
        if (key.key instanceof PublicKey) throw new IllegalArgumentException("a public key cannot sign");
        return key;
    }

    /**
     * A key that verifies; as {@link #of} takes it.
     *
     * @throws IllegalArgumentException if it is none; the message does not tell the key
     */
    public static TokenKey verifying(String text) {
        TokenKey key = of(text);
        if (!(key.key instanceof SecretKey) && key.verifier == null)
            throw new IllegalArgumentException("the public key cannot be told from a private key on P-256");
        return key;
    }

    /** As seen from the folder of the process. */
    public static TokenKey of(String text) {
        return of(text, Path.of(""));
    }

    /**
     * The key of an option: a secret as it is, in base64 after {@code base64:}, or in a file after {@code file:} in hexadecimal digits;
     * or an RSA or P-256 key in PEM, as it is or in a file.
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
        return new TokenKey(new SecretKeySpec(bytes, Algorithm.HS256.called));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Algorithm algorithm(Key key) {
        if (key instanceof SecretKey) return Algorithm.HS256;
        if (key instanceof RSAKey) return Algorithm.RS256;
        if (key instanceof ECKey) return Algorithm.ES256;
        throw new IllegalArgumentException("a key must be a secret, or of RSA or P-256");
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /**
     * The signature.
     *
     * @throws IllegalStateException with a public key
     */
    byte[] sign(byte[] data) {
        try {
            if (key instanceof SecretKey) return mac(data);
            if (!(key instanceof PrivateKey signer)) throw new IllegalStateException("a public key cannot sign");
            Signature signature = Signature.getInstance(algorithm.called);
            signature.initSign(signer);
            signature.update(data);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    /** Whether the signature is right. Never with a private key on P-256: the public key cannot be told from it. */
    boolean verify(byte[] data, byte[] signed) {
        try {
            if (key instanceof SecretKey) return MessageDigest.isEqual(mac(data), signed);
            if (verifier == null) return false;
            Signature signature = Signature.getInstance(algorithm.called);
            signature.initVerify(verifier);
            signature.update(data);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private byte[] mac(byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm.called);
        mac.init(key);
        return mac.doFinal(data);
    }

    /** Whether it is a secret, and this text is that. */
    boolean isSecret(String text) {
        return key instanceof SecretKey && MessageDigest.isEqual(Objects.requireNonNull(key.getEncoded()), bytes(text));
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
