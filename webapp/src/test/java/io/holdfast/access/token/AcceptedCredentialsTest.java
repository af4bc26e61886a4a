// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import static io.holdfast.grip.Samples.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AcceptedCredentialsTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final TokenKey KEY = TokenKey.of("changeme");

    private static AcceptedCredentials auth(String issuer, String key, String token, String user, String password) {
        return AcceptedCredentials.of(issuer, key.isEmpty() ? null : TokenKey.verifying(key), token, user, password);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    private static void assertAllows(AcceptedCredentials auth, String... headers) {
        for (String header : headers) assertTrue(auth.allows(header, NOW), header);
    }

    private static void assertRefuses(AcceptedCredentials auth, String... headers) {
        for (String header : headers) assertFalse(auth.allows(header, NOW), header);
        assertFalse(auth.allows(null, NOW));
    }

    @Test
    void credentialsAreOfTwoKinds() {
        Credentials.Basic basic = new Credentials.Basic("ü", "a:b ");

        assertEquals(Optional.of(new Credentials.Bearer("a.b.c")), Credentials.parse("Bearer a.b.c"));
        assertEquals(Optional.of(new Credentials.Bearer("x")), Credentials.parse(" bearer   x "));
        assertEquals(Optional.of(basic), Credentials.parse("Basic " + base64("ü:a:b ")));
        assertEquals(Optional.of(basic), Credentials.parse("BASIC " + base64("ü:a:b ")));
        assertEquals(Optional.of(basic), Credentials.parse(base64("ü:a:b ")), "as the Java library sends it");
        for (String bad : List.of(
                "",
                "Bearer",
                "Basic",
                "Basic ?",
                "Basic " + base64("nobody"),
                base64("nobody"),
                "?",
                "Digest a",
                "Token " + base64("a:b"))) assertEquals(Optional.empty(), Credentials.parse(bad), bad);
    }

    @Test
    void secretsAreNotShown() {
        assertEquals("Basic me", new Credentials.Basic("me", "secret").toString());
        assertEquals("Bearer", new Credentials.Bearer("secret").toString());
        assertFalse(auth("i", "secret", "secret", "me", "secret").toString().contains("secret"));
    }

    @Test
    void withoutConfiguredCredentialsPublishingIsOpen() {
        AcceptedCredentials open = auth("", "", "", "", "");

        assertTrue(open.isOpen());
        assertTrue(open.allows(null, NOW));
        assertAllows(open, "", "Bearer x");
        assertFalse(auth("", "", "x", "", "").isOpen());
        assertFalse(auth("", "x", "", "", "").isOpen());
        assertFalse(auth("", "", "", "x", "").isOpen());
    }

    @Test
    void aSignedTokenMustNameTheIssuer() {
        AcceptedCredentials auth = auth("me", "changeme", "", "", "");

        assertAllows(auth, "Bearer " + Jwt.sign("me", KEY, NOW));
        assertRefuses(
                auth,
                "Bearer " + Jwt.sign("you", KEY, NOW),
                "Bearer " + Jwt.sign("me", TokenKey.of("other"), NOW),
                "Bearer " + Jwt.sign("me", KEY, NOW.minusSeconds(3600)),
                Jwt.sign("me", KEY, NOW),
                "Basic " + base64("me:changeme"),
                "Bearer changeme",
                "Bearer ",
                "");
    }

    @Test
    void withoutAnIssuerAnyTokenThatIsSignedIsGoodAndSoIsTheSecret() {
        AcceptedCredentials auth = auth("", "changeme", "", "", "");

        assertAllows(auth, "Bearer " + Jwt.sign("you", KEY, NOW), "Bearer changeme");
        assertRefuses(auth, "Bearer changem", "Bearer " + Jwt.sign("you", TokenKey.of("other"), NOW));
    }

    @Test
    void tokensMayBeSignedWithAPrivateKey() {
        AcceptedCredentials auth = auth("pushpin", TestKeys.RSA_PUBLIC, "", "", "");

        assertAllows(auth, "Bearer " + TestKeys.RSA_TOKEN);
        assertRefuses(auth, "Bearer " + TestKeys.CURVE_TOKEN, "Bearer x");
    }

    @Test
    void aTokenMayBeTakenAsItIs() {
        AcceptedCredentials auth = auth("", "", "let-me-in", "", "");

        assertAllows(auth, "Bearer let-me-in", "bearer let-me-in");
        assertRefuses(auth, "Bearer let-me-i", "Bearer let-me-in2", "let-me-in", "Basic " + base64("let-me-in:"));
    }

    @Test
    void aUserNeedsThePassword() {
        AcceptedCredentials auth = auth("", "", "", "me", "se:cret");

        assertAllows(auth, "Basic " + base64("me:se:cret"), base64("me:se:cret"));
        assertRefuses(
                auth,
                "Basic " + base64("me:secret"),
                "Basic " + base64("you:se:cret"),
                "Basic " + base64("me:"),
                "Basic " + base64(":se:cret"),
                "Bearer " + base64("me:se:cret"));
        assertAllows(auth("", "", "", "me", ""), "Basic " + base64("me:"));
        assertRefuses(auth("", "", "x", "", "secret"), "Basic " + base64(":secret"));
    }

    @Test
    void anyOneOfSeveralIsEnough() {
        AcceptedCredentials auth = auth("me", "changeme", "let-me-in", "you", "secret");

        assertAllows(auth, "Bearer let-me-in", "Bearer " + Jwt.sign("me", KEY, NOW), "Basic " + base64("you:secret"));
        assertRefuses(auth, "Bearer secret", "Basic " + base64("me:changeme"));
    }
}
