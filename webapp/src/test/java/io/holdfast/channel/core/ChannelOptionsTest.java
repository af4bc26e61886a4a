// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.log.Retention;
import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How channels are set, some of them otherwise than the rest. */
class ChannelOptionsTest {
    private static final Retention USUAL = new Retention(1_000, 16 << 20, Duration.ofHours(1), 1_000);

    private static ChannelOptions read(Map<String, String> values) {
        Properties properties = new Properties();
        values.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        Settings settings = Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
        ChannelOptions options = ChannelOptions.read(settings);
        settings.refuseFaults();
        return options;
    }

    private static ChannelOptions patterns(String value) {
        return read(Map.of("channel.keep.patterns", value));
    }

    private static String refused(String key, String value) {
        return String.valueOf(assertThrows(SettingsException.class, () -> read(Map.of(key, value)))
                .getMessage());
    }

    @Test
    void byDefaultEveryChannelKeepsTheSameAndNoneHasPresence() {
        ChannelOptions options = read(Map.of());

        assertEquals(USUAL, options.kept());
        assertEquals(USUAL, options.retention("any"));
        assertFalse(options.announces("any"));
        assertEquals(1 << 20, options.eventSize());
        assertEquals(Runtime.getRuntime().maxMemory() / 10, options.memory(), "a tenth of the heap");
        assertEquals(1L << 20, options.lag());
    }

    @Test
    void anExceptionChangesWhatItNamesAndTheRestIsAsUsual() {
        ChannelOptions options = read(Map.of(
                "channel.keep.events", "500",
                "channel.keys", "7",
                "channel.keep.patterns", "a:events=10,b:bytes=2MiB,c:age=5m,d:events=1;bytes=1KiB;age=365d"));

        assertEquals(new Retention(10, 16 << 20, Duration.ofHours(1), 7), options.retention("a"));
        assertEquals(new Retention(500, 2 << 20, Duration.ofHours(1), 7), options.retention("b"));
        assertEquals(new Retention(500, 16 << 20, Duration.ofMinutes(5), 7), options.retention("c"));
        assertEquals(new Retention(1, 1_024, Duration.ofDays(365), 7), options.retention("d"));
        assertEquals(new Retention(500, 16 << 20, Duration.ofHours(1), 7), options.retention("e"));
    }

    @Test
    void theFirstPatternThatMatchesCounts() {
        ChannelOptions options = patterns("log-1:events=1,log-*:events=2,*:events=3");

        assertEquals(1, options.retention("log-1").events());
        assertEquals(2, options.retention("log-12").events());
        assertEquals(2, options.retention("log-").events());
        assertEquals(3, options.retention("log").events());
    }

    @ParameterizedTest
    @CsvSource({
        "a*, a, true",
        "a*, abc, true",
        "a*, ba, false",
        "*a, ba, true",
        "*a, ab, false",
        "a*z, az, true",
        "a*z, a-b.c~z, true",
        "a*b*c, a1b2c, true",
        "a*b*c, acb, false",
        "*, anything, true",
        "**, anything, true",
        // Only the star is special: a dot is a dot.
        "a.c, a.c, true",
        "a.c, abc, false",
        "A, a, false",
        "a-b~c_d, a-b~c_d, true"
    })
    void aStarStandsForAnyCharactersAndNothingElseIsSpecial(String glob, String channel, boolean matches) {
        assertEquals(
                matches ? 3 : 1_000,
                patterns(glob + ":events=3").retention(channel).events());
        assertEquals(matches, read(Map.of("channel.presence", glob)).announces(channel));
    }

    @Test
    void blanksAroundTheSeparatorsDoNotCount() {
        ChannelOptions options = patterns(" a : events=1 ; age=5m , b:bytes=4096 ");

        assertEquals(new Retention(1, 16 << 20, Duration.ofMinutes(5), 1_000), options.retention("a"));
        assertEquals(4_096, options.retention("b").bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:",
                ":events=1",
                "a b:events=1",
                "a/b:events=1",
                "a:events",
                "a:events=",
                "a:=1",
                "a:keys=1",
                "a:events=1;",
                "a:events=1,",
                ",a:events=1",
                "a:events=1,,b:events=1",
                "a:Events=1",
                "a:events=many",
                "a:events=1.5",
                // as for channel.keep.events, channel.keep.bytes and channel.keep.age
                "a:events=0",
                "a:events=-1",
                "a:events=10001",
                "a:events=99999999999",
                "a:bytes=0",
                "a:bytes=1023",
                "a:bytes=2GiB",
                "a:bytes=1MB",
                "a:bytes=17179869185GiB",
                "a:age=0s",
                "a:age=999ms",
                "a:age=366d",
                "a:age=5",
                "b:events=1,a:age=1y"
            })
    void anExceptionThatBreaksARuleIsRefusedByKeyRuleAndValue(String value) {
        String message = refused("channel.keep.patterns", value);

        assertTrue(message.contains("channel.keep.patterns must be NAME:BOUND;BOUND,… with * in a name"), message);
        assertTrue(message.contains(", not '" + value + "' (from a system property)."), message);
    }

    @Test
    void aNameInAPatternIsNoLongerThanAName() {
        String longest = "n".repeat(128);

        assertEquals(1, patterns(longest + ":events=1").retention(longest).events());
        refused("channel.keep.patterns", longest + "n:events=1");
        refused("channel.presence", longest + "n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,,b", ",", "a,", "a b", "a/b", "a:b"})
    void anInvalidListOfPresenceChannelsIsRefused(String value) {
        assertTrue(refused("channel.presence", value)
                .contains("channel.presence must be channel names, separated by commas"));
    }

    @Test
    void severalNamesAreAnnounced() {
        ChannelOptions options = read(Map.of("channel.presence", "a,room-*"));

        assertTrue(options.announces("a"));
        assertTrue(options.announces("room-1"));
        assertFalse(options.announces("ab"));
        assertFalse(options.announces("a,room-"));
    }
}
