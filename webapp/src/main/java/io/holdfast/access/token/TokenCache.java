// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** TokenCache for the requests to backends. Signing takes time, so each is used for a minute of the hour that it is good for. */
public final class TokenCache {
    private static final Duration USED = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Map<Signer, Token> signed = new ConcurrentHashMap<>();

    private record Signer(String issuer, TokenKey key) {}

    private record Token(String text, Instant since) {
        boolean isUsed(Instant now) {
            return !now.isBefore(since) && now.isBefore(since.plus(USED));
        }
    }

    public TokenCache(InstantSource clock) {
        this.clock = clock;
    }

    public String token(String issuer, TokenKey key) {
        Instant now = clock.instant();
        Signer signer = new Signer(issuer, key);
        Token token = signed.get(signer);
        if (token != null && token.isUsed(now)) return token.text;
        // Among those that are not used any more are those of routes that are gone.
        signed.values().removeIf(old -> !old.isUsed(now));
        Token made = new Token(Jwt.sign(issuer, key, now), now);
        signed.put(signer, made);
        return made.text;
    }
}
