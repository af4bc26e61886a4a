// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tokens are signed now and then, and each is good when it is used. */
class TokenCacheTest {
    private static final TokenKey KEY = TokenKey.of("changeme"), OTHER = TokenKey.of("other");

    private final ManualTime time = new ManualTime();
    private final TokenCache tokens = new TokenCache(time);

    @Test
    void oneIsUsedForAMinuteAndIsGoodForALongTimeAfter() {
        String first = tokens.token("me", KEY);
        time.advance(Duration.ofSeconds(59));
        assertSame(first, tokens.token("me", KEY));

        time.advance(Duration.ofSeconds(1));
        String second = tokens.token("me", KEY);
        assertNotEquals(first, second);
        Instant later = time.instant().plus(Duration.ofMinutes(59));
        assertTrue(Jwt.verify(second, KEY, later));
    }

    @Test
    void eachSignerHasItsOwnTokens() {
        String mine = tokens.token("me", KEY);
        assertEquals(
                "you",
                Jwt.claims(tokens.token("you", KEY), KEY, time.instant())
                        .orElseThrow()
                        .issuer());
        assertTrue(Jwt.verify(tokens.token("me", OTHER), OTHER, time.instant()));
        assertSame(mine, tokens.token("me", TokenKey.of("changeme")));
    }

    @Test
    void aClockThatIsPutBackHasANewOneSigned() {
        AtomicReference<Instant> clock = new AtomicReference<>(time.instant());
        TokenCache moved = new TokenCache(clock::get);
        String first = moved.token("me", KEY);
        clock.set(time.instant().minusSeconds(1));
        assertNotEquals(first, moved.token("me", KEY));
    }
}
