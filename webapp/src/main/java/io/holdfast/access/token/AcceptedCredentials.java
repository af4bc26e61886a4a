// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that a configuration accepts; any one of them is enough.
 *
 * @param issuer that signed tokens must name; null if any may have signed
 * @param key that tokens are signed with; null if none are taken. Without an issuer, a secret is also taken as it is
 * @param token that is taken as it is; null if there is none
 * @param user who is asked for the password; null if there is none
 * @param password of the user
 */
public record AcceptedCredentials(
        @Nullable String issuer,
        @Nullable TokenKey key,
        @Nullable String token,
        @Nullable String user,
        String password) {

    /** From options, of which those that are empty ask for nothing. */
    public static AcceptedCredentials of(
            String issuer, @Nullable TokenKey key, String token, String user, String password) {
        return new AcceptedCredentials(emptyToNull(issuer), key, emptyToNull(token), emptyToNull(user), password);
    }

    private static @Nullable String emptyToNull(String option) {
        return option.isEmpty() ? null : option;
    }

    /** Whether nothing is asked for: everybody may publish. */
    public boolean isOpen() {
        return key == null && token == null && user == null;
    }

    /** Whether someone with this header, if any, may publish now. */
    public boolean allows(@Nullable String authorization, Instant now) {
        if (isOpen()) return true;
        if (authorization == null) return false;
        Optional<Credentials> credentials = Credentials.parse(authorization);
        return credentials.isPresent() && allows(credentials.get(), now);
    }

    private boolean allows(Credentials credentials, Instant now) {
        if (credentials instanceof Credentials.Bearer bearer)
            return equal(token, bearer.token()) || isSecret(bearer.token()) || isSigned(bearer.token(), now);
        Credentials.Basic basic = (Credentials.Basic) credentials;
        // Both are compared, so that the time tells nothing of the user.
        boolean known = equal(user, basic.user()), proven = equal(password, basic.password());
        return known && proven;
    }

    private boolean isSecret(String shown) {
        return key != null && issuer == null && key.isSecret(shown);
    }

    private boolean isSigned(String shown, Instant now) {
        return key != null
                && Jwt.claims(shown, key, now)
                        .filter(claims -> issuer == null || issuer.equals(claims.issuer()))
                        .isPresent();
    }

    private static boolean equal(@Nullable String expected, String shown) {
        return expected != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "AcceptedCredentials[issuer=" + issuer + ", user=" + user + "]";
    }
}
