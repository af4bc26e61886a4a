// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signed tokens (JWT), which name an issuer for a time: the proxy signs them for its backends, publishers for the proxy. */
public final class Jwt {
    /** How long a token of ours is good. */
    static final Duration GOOD_FOR = Duration.ofHours(1);

    /** The library skips characters that no token has. */
    private static final Pattern COMPACT = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    /** A time above this is in milliseconds: in seconds it would be after the year 5000. */
    private static final double IN_MILLISECONDS = 1e11;

    private Jwt() {}

    /**
     * The claims of a verified token.
     *
     * @param issuer the issuer that it names; null if it names none
     */
    public record Claims(@Nullable String issuer) {}

    /** A token that names the issuer, and ends an hour from now. */
    public static String sign(String issuer, TokenKey key, Instant now) {
        JWSHeader header =
                new JWSHeader.Builder(key.algorithm()).type(JOSEObjectType.JWT).build();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .expirationTime(Date.from(now.plus(GOOD_FOR)))
                .build();
        SignedJWT token = new SignedJWT(header, claims);
        try {
            token.sign(key.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign", e);
        }
        return token.serialize();
    }

    /** Whether the token is signed with the key, by the algorithm that is the key's, and has not ended. */
    public static boolean verify(String token, TokenKey key, Instant now) {
        return claims(token, key, now).isPresent();
    }

    /** The claims of the token; empty if it is not signed with the key, has ended, or never ends. */
    public static Optional<Claims> claims(String token, TokenKey key, Instant now) {
        JWSVerifier verifier = key.verifier();
        if (verifier == null || !COMPACT.matcher(token).matches()) return Optional.empty();
        try {
            SignedJWT signed = SignedJWT.parse(token);
            if (!isOf(key, signed.getHeader()) || !signed.verify(verifier)) return Optional.empty();
            Map<String, Object> claims = signed.getPayload().toJSONObject();
            if (claims == null || !isTime(claims, now)) return Optional.empty();
            return Optional.of(new Claims(claims.get("iss") instanceof String issuer ? issuer : null));
        } catch (ParseException | JOSEException notSigned) {
            return Optional.empty();
        }
    }

    /** A token whose form has critical parameters must not be taken: we know none (RFC 7515, 4.1.11). */
    private static boolean isOf(TokenKey key, JWSHeader header) {
        return key.algorithm().equals(header.getAlgorithm()) && header.getCriticalParams() == null;
    }

    /** Read here and not by the library: as with Pushpin, times may be in milliseconds too, and no leeway is added. */
    private static boolean isTime(Map<String, Object> claims, Instant now) {
        double current = now.toEpochMilli();
        Double ends = milliseconds(claims.get("exp")), begins = milliseconds(claims.get("nbf"));
        boolean begun = !claims.containsKey("nbf") || (begins != null && begins <= current);
        return begun && ends != null && current < ends;
    }

    private static @Nullable Double milliseconds(@Nullable Object value) {
        if (!(value instanceof Number number)) return null;
        double time = number.doubleValue();
        return time > IN_MILLISECONDS ? time : time * 1_000;
    }
}
