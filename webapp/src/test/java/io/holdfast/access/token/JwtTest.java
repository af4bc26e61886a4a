// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import static io.holdfast.grip.Samples.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.grip.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.500Z");
    private static final TokenKey CHANGEME = TokenKey.of("changeme");

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(json.replace('\'', '"')));
    }

    /** A token with this header and these claims, which a test writes with apostrophes in place of quotation marks. */
    private static String token(TokenKey key, String header, String claims) {
        String signed = encoded(header) + "." + encoded(claims);
        return signed + "." + signature(key, signed);
    }

    private static Base64URL signature(TokenKey key, String signed) {
        try {
            return key.signer().sign(new JWSHeader(key.algorithm()), bytes(signed));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isSignedBy(TokenKey key, String signed, String signature) throws JOSEException {
        return key.verifier().verify(new JWSHeader(key.algorithm()), bytes(signed), new Base64URL(signature));
    }

    private static boolean good(String claims) {
        return Jwt.verify(token(CHANGEME, "{'alg':'HS256'}", claims), CHANGEME, NOW);
    }

    private static String decoded(String part) {
        return Samples.text(Base64.getUrlDecoder().decode(part));
    }

    @Test
    void aTokenNamesItsIssuerAndExpiresInAnHour() {
        String[] parts = Jwt.sign("push\"pin", CHANGEME, NOW).split("\\.", -1);

        assertEquals("{\"typ\":\"JWT\",\"alg\":\"HS256\"}", decoded(parts[0]));
        assertEquals("{\"iss\":\"push\\\"pin\",\"exp\":" + (NOW.getEpochSecond() + 3600) + "}", decoded(parts[1]));
        assertEquals(43, parts[2].length());
    }

    @Test
    void aSignatureIsTheOneThatOthersMake() throws JOSEException {
        String signed = "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJmb28iOiAiYmFyIn0";

        assertTrue(isSignedBy(TokenKey.of("secret"), signed, "oBia0Fph39FwQWv0TS7Disg4qa0aFa8qpMaYDrIXZqs"));
        assertFalse(isSignedBy(TokenKey.of("wrong"), signed, "oBia0Fph39FwQWv0TS7Disg4qa0aFa8qpMaYDrIXZqs"));
        assertTrue(isSignedBy(TokenKey.of("base64:AWGA/g=="), signed, "-eLxyGEITnd6IP4WvGJx9CmIOt--Qcs3LB6wblJ7KXI"));
        assertEquals("pushpin", issuer(TestKeys.RSA_TOKEN, TestKeys.RSA_PUBLIC));
        assertEquals("pushpin", issuer(TestKeys.CURVE_TOKEN, TestKeys.CURVE_PUBLIC));
        assertFalse(Jwt.verify(TestKeys.CURVE_TOKEN, TokenKey.of(TestKeys.RSA_PUBLIC), NOW));
        assertFalse(Jwt.verify(TestKeys.RSA_TOKEN, TokenKey.of(TestKeys.CURVE_PUBLIC), NOW));
    }

    private static String issuer(String token, String key) {
        return String.valueOf(
                Jwt.claims(token, TokenKey.of(key), NOW).orElseThrow().issuer());
    }

    @Test
    void aTokenIsGoodWithItsKeyUntilItEnds() {
        String token = Jwt.sign("pushpin", CHANGEME, NOW);
        Instant end = Instant.ofEpochSecond(NOW.getEpochSecond() + 3600);

        assertEquals("pushpin", Jwt.claims(token, CHANGEME, NOW).orElseThrow().issuer());
        assertTrue(Jwt.verify(token, CHANGEME, end.minusMillis(1)));
        assertFalse(Jwt.verify(token, CHANGEME, end), "no time is added");
        assertFalse(Jwt.verify(token, TokenKey.of("changemf"), NOW));
    }

    @Test
    void aTokenThatWasChangedIsNotGood() {
        String token = Jwt.sign("pushpin", CHANGEME, NOW);
        for (int at = 0; at < token.length(); at++) {
            char other = token.charAt(at) == 'A' ? 'B' : 'A';
            // The last character has two bits that belong to no byte.
            if (at == token.length() - 1) other = '.';
            assertFalse(
                    Jwt.verify(token.substring(0, at) + other + token.substring(at + 1), CHANGEME, NOW),
                    "changed at " + at);
        }
        String[] parts = token.split("\\.", -1);
        for (String bad : List.of(
                "",
                ".",
                "..",
                "a.b",
                "a.b.c",
                parts[0] + "." + parts[1],
                parts[0] + "." + parts[1] + ".",
                token + ".",
                " " + token,
                token.replace('.', ' '),
                "é." + parts[1] + "." + parts[2])) assertFalse(Jwt.verify(bad, CHANGEME, NOW), bad);
    }

    @Test
    void theEndMayBeInSecondsOrMilliseconds() {
        long seconds = NOW.getEpochSecond();

        assertTrue(good("{'exp':" + (seconds + 1) + "}"));
        assertFalse(good("{'exp':" + seconds + "}"));
        assertTrue(good("{'exp':" + NOW.plusMillis(1).toEpochMilli() + "}"));
        assertFalse(good("{'exp':" + NOW.toEpochMilli() + "}"));
        assertTrue(good("{'exp':" + (seconds + 1) + ".0}"));
        assertTrue(good("{'exp':99999999999}"));
        assertFalse(good("{'exp':100000000001}"), "milliseconds of 1973");
    }

    @Test
    void aTokenThatDoesNotEndIsNotGood() {
        for (String bad : List.of(
                "{}",
                "{'iss':'x'}",
                "{'exp':null}",
                "{'exp':'9999999999'}",
                "{'exp':0}",
                "{'exp':-1}",
                "[]",
                "1",
                "{'exp':9999999999")) assertFalse(good(bad), bad);
    }

    @Test
    void aTokenMayBeginLater() {
        assertTrue(good("{'exp':9999999999,'nbf':" + NOW.getEpochSecond() + "}"));
        assertFalse(good("{'exp':9999999999,'nbf':" + (NOW.getEpochSecond() + 1) + "}"));
        assertFalse(good("{'exp':9999999999,'nbf':'0'}"));
    }

    @Test
    void theIssuerMayBeMissing() {
        String token = token(CHANGEME, "{'alg':'HS256'}", "{'exp':9999999999,'iss':1}");

        assertNull(Jwt.claims(token, CHANGEME, NOW).orElseThrow().issuer());
    }

    @Test
    void theAlgorithmIsTheKeysAndNotTheTokens() {
        String claims = "{'exp':9999999999}";
        for (String header : List.of(
                "{'alg':'none'}",
                "{'alg':'HS512'}",
                "{'alg':'hs256'}",
                "{}",
                "[]",
                "{'alg':1}",
                "{'alg':'RS256'}",
                "{'alg':'HS256','crit':['b64'],'b64':false}"))
            assertFalse(Jwt.verify(token(CHANGEME, header, claims), CHANGEME, NOW), header);
        assertTrue(Jwt.verify(token(CHANGEME, "{'alg':'HS256','typ':'x','kid':'1'}", claims), CHANGEME, NOW));
        assertFalse(Jwt.verify(encoded("{'alg':'none'}") + "." + encoded(claims) + ".", CHANGEME, NOW));

        TokenKey secretOfPublicKey =
                TokenKey.of("base64:" + Base64.getEncoder().encodeToString(bytes(TestKeys.RSA_PUBLIC)));
        TokenKey key = TokenKey.of(TestKeys.RSA_PUBLIC);
        assertEquals(JWSAlgorithm.HS256, secretOfPublicKey.algorithm());
        assertFalse(Jwt.verify(token(secretOfPublicKey, "{'alg':'HS256'}", claims), key, NOW));
        assertFalse(Jwt.verify(token(secretOfPublicKey, "{'alg':'RS256'}", claims), key, NOW));
    }

    @Test
    void anRsaKeySigns() {
        KeyPair pair = TestKeys.rsa();
        byte[] encoded = pair.getPrivate().getEncoded();
        TokenKey verifier =
                TokenKey.of(TestKeys.pem("PUBLIC KEY", pair.getPublic().getEncoded()));

        for (TokenKey key : List.of(
                TokenKey.of(TestKeys.pem("PRIVATE KEY", encoded)),
                TokenKey.of(TestKeys.pem("RSA PRIVATE KEY", TestKeys.older(encoded))))) {
            String token = Jwt.sign("pushpin", key, NOW);
            assertEquals(JWSAlgorithm.RS256, key.algorithm());
            assertEquals("{\"typ\":\"JWT\",\"alg\":\"RS256\"}", decoded(token.split("\\.", -1)[0]));
            assertTrue(Jwt.verify(token, verifier, NOW));
            assertTrue(Jwt.verify(token, key, NOW), "the public key can be told from the private");
            assertFalse(Jwt.verify(token, TokenKey.of(TestKeys.RSA_PUBLIC), NOW));
        }
        assertThrows(IllegalStateException.class, verifier::signer);
    }

    @Test
    void aCurveKeySigns() {
        TokenKey verifier = TokenKey.of(TestKeys.CURVE_PUBLIC);

        for (String pem : List.of(TestKeys.CURVE_PRIVATE, TestKeys.CURVE_PRIVATE_OLD)) {
            TokenKey key = TokenKey.of(pem);
            String token = Jwt.sign("pushpin", key, NOW);
            assertEquals(JWSAlgorithm.ES256, key.algorithm());
            assertEquals(86, token.split("\\.", -1)[2].length(), "64 bytes, as tokens have them");
            assertTrue(Jwt.verify(token, verifier, NOW));
            assertFalse(Jwt.verify(token, key, NOW), "the public key cannot be told from the private");
        }
    }

    @Test
    void aKeyMayBeInAFile(@TempDir Path folder) throws IOException {
        Path pem = Files.writeString(folder.resolve("key.pem"), TestKeys.CURVE_PUBLIC);
        Path hex = Files.writeString(folder.resolve("key.hex"), "6368616e67656D65\n");
        Path text = Files.writeString(folder.resolve("key.txt"), "changeme");

        assertTrue(Jwt.verify(TestKeys.CURVE_TOKEN, TokenKey.of("file:" + pem), NOW));
        assertTrue(Jwt.verify(Jwt.sign("x", CHANGEME, NOW), TokenKey.of("file:" + hex), NOW));
        assertThrows(IllegalArgumentException.class, () -> TokenKey.of("file:" + text));
        assertThrows(IllegalArgumentException.class, () -> TokenKey.of("file:" + folder.resolve("none")));
    }

    @Test
    void aTextThatIsNotAKeyIsRefusedWithoutBeingShown() {
        String dsa = TestKeys.CURVE_PRIVATE.replace("PRIVATE KEY", "DSA PRIVATE KEY");
        for (String bad : List.of(
                "",
                "base64:",
                "base64:a",
                TestKeys.OTHER_CURVE,
                TestKeys.OTHER_CURVE_OLD,
                dsa,
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")) {
            String message = assertThrows(IllegalArgumentException.class, () -> TokenKey.of(bad), bad)
                    .getMessage();
            assertTrue(message.length() < 80 && !message.contains("MIG"), message);
        }
    }

    @Test
    void onlyASecretIsASecret() {
        assertTrue(CHANGEME.isSecret("changeme"));
        assertFalse(CHANGEME.isSecret("changeme2"));
        assertFalse(TokenKey.of(TestKeys.RSA_PUBLIC).isSecret(TestKeys.RSA_PUBLIC));
    }

    /** The library takes no secret below 32 bytes. */
    @Test
    void aSecretOfAnyLengthSignsAsHmacDoes() throws Exception {
        for (int length = 1; length <= 130; length++) {
            String secret = "s".repeat(length);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));

            assertEquals(
                    Base64URL.encode(mac.doFinal(bytes("to be signed"))),
                    signature(TokenKey.of(secret), "to be signed"),
                    "length " + length);
        }
    }

    @Test
    void aTokenWithACharacterOutsideItsAlphabetIsRefused() {
        String[] parts = Jwt.sign("pushpin", CHANGEME, NOW).split("\\.", -1);
        for (String more : List.of(" ", "\n", "=", "+", "/", "\u00e9"))
            for (int at = 0; at < parts.length; at++) {
                String[] changed = parts.clone();
                changed[at] += more;
                assertFalse(Jwt.verify(String.join(".", changed), CHANGEME, NOW), at + more);
            }
    }
}
