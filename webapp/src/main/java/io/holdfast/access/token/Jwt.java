// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import io.holdfast.http.JsonInput;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signed tokens (JWT) that say who speaks, for a time: the proxy to its backends, publishers to the proxy. */
public final class Jwt {
    /** How long a token of ours is good. */
    static final Duration GOOD_FOR = Duration.ofHours(1);

    /** A time above this is in milliseconds: in seconds it would be after the year 5000. */
    private static final double IN_MILLISECONDS = 1e11;

    private Jwt() {}

    /**
     * What a token that was verified says.
     *
     * @param issuer who has signed; null if that is not said
     */
    public record Claims(@Nullable String issuer) {}

    /** A token that names the issuer, and ends an hour from now. */
    public static String sign(String issuer, TokenKey key, Instant now) {
        String header = "{\"typ\":\"JWT\",\"alg\":\"" + key.algorithm() + "\"}";
        JsonObject claims = JsonInput.JSON
                .createObjectBuilder()
                .add("iss", issuer)
                .add("exp", now.plus(GOOD_FOR).getEpochSecond())
                .build();
        String signed = encoded(bytes(header)) + "." + encoded(bytes(claims.toString()));
        return signed + "." + encoded(key.sign(bytes(signed)));
    }

    /** Whether the token is signed with the key, by the algorithm that is the key's, and has not ended. */
    public static boolean verify(String token, TokenKey key, Instant now) {
        return claims(token, key, now).isPresent();
    }

    /** What the token says; empty if it is not signed with the key, has ended, or never ends. */
    public static Optional<Claims> claims(String token, TokenKey key, Instant now) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) return Optional.empty();
        try {
            Optional<JsonObject> header = JsonInput.object(decoded(parts[0])),
                    claims = JsonInput.object(decoded(parts[1]));
            if (header.isEmpty() || claims.isEmpty() || !isOf(key, header.get())) return Optional.empty();
            if (!key.verify(bytes(parts[0] + "." + parts[1]), decoded(parts[2]))) return Optional.empty();
            if (!isTime(claims.get(), now)) return Optional.empty();
            return Optional.of(new Claims(string(claims.get(), "iss")));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** A token that says more of its own form than we know must not be taken (RFC 7515, 4.1.11). */
    private static boolean isOf(TokenKey key, JsonObject header) {
        return key.algorithm().name().equals(string(header, "alg")) && !header.containsKey("crit");
    }

    private static boolean isTime(JsonObject claims, Instant now) {
        double current = now.toEpochMilli();
        Double ends = milliseconds(claims.get("exp")), begins = milliseconds(claims.get("nbf"));
        boolean begun = !claims.containsKey("nbf") || (begins != null && begins <= current);
        return begun && ends != null && current < ends;
    }

    private static @Nullable Double milliseconds(@Nullable JsonValue value) {
        if (!(value instanceof JsonNumber number)) return null;
        double time = number.doubleValue();
        return time > IN_MILLISECONDS ? time : time * 1_000;
    }

    private static @Nullable String string(JsonObject object, String name) {
        return object.get(name) instanceof JsonString string ? string.getString() : null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decoded(String part) {
        return Base64.getUrlDecoder().decode(part);
    }
}
