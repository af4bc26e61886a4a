// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Complaints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings come from, and how all that is wrong with them is said at once. */
class SettingsTest {
    private static final Option<Integer> NUMBER = Option.number("room.number", 5, 1, 10, "A number.");
    private static final Option<Duration> DURATION =
            Option.duration("room.long-time", "30s", "100ms", "1h", "A duration.");
    private static final Option<String> TEXT = Option.text("room.text", "x", "[a-z]*", "letters", "Letters.");
    private static final Option<Colour> CHOICE =
            Option.choice("room.choice", Colour.DARK_RED, Colour.class, "A colour.");

    @TempDir
    Path folder;

    private final Properties system = new Properties();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> directory = new HashMap<>();

    private enum Colour {
        DARK_RED,
        BLUE
    }

    private Settings settings(@Nullable Path file) {
        return Settings.open(
                system, environment, Optional.ofNullable(file), key -> Optional.ofNullable(directory.get(key)));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("holdfast.properties"), text, StandardCharsets.UTF_8);
    }

    private static String refused(Settings settings) {
        return String.valueOf(
                assertThrows(SettingsException.class, settings::refuseFaults).getMessage());
    }

    @Test
    void anUnsetSettingHasItsDefault() {
        Settings settings = settings(null);

        assertEquals(5, settings.get(NUMBER));
        assertEquals(Duration.ofSeconds(30), settings.get(DURATION));
        assertEquals("x", settings.get(TEXT));
        assertEquals(Colour.DARK_RED, settings.get(CHOICE));
        settings.refuseFaults();
        assertEquals(List.of(NUMBER, DURATION, TEXT, CHOICE), settings.asked());
    }

    @Test
    void theDirectoryOfTheApplicationGoesBeforeSystemPropertiesTheEnvironmentTheFileAndTheDefault() throws IOException {
        Path file = file("room.number=3\n");
        assertEquals(3, settings(file).get(NUMBER));
        environment.put("HOLDFAST_ROOM_NUMBER", "4");
        assertEquals(4, settings(file).get(NUMBER));
        system.setProperty("holdfast.room.number", "6");
        assertEquals(6, settings(file).get(NUMBER));
        directory.put("holdfast.room.number", "2");
        assertEquals(2, settings(file).get(NUMBER));
    }

    @Test
    void everySourceGoesBeforeADefaultOfTheEnvironment() throws IOException {
        environment.put("HOLDFAST_DEFAULT_ROOM_LONG_TIME", "7s");
        assertEquals(Duration.ofSeconds(7), settings(null).get(DURATION));
        assertEquals(Duration.ofSeconds(5), settings(file("room.long-time=5s")).get(DURATION));
        directory.put("holdfast.room.long-time", "6s");
        assertEquals(Duration.ofSeconds(6), settings(null).get(DURATION));
    }

    @Test
    void aDefaultOfTheEnvironmentIsCheckedAndKnown() {
        environment.put("HOLDFAST_DEFAULT_ROOM_NUMBER", "11");
        Settings settings = settings(null);
        settings.get(NUMBER);

        try (Complaints complaints = new Complaints()) {
            assertTrue(
                    refused(settings)
                            .contains(
                                    "room.number must be a whole number from 1 to 10, not '11' (from a default of the environment)"));
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void aKeyWithDashesIsFoundInTheEnvironment() {
        environment.put("HOLDFAST_ROOM_LONG_TIME", "2m");

        assertEquals(Duration.ofMinutes(2), settings(null).get(DURATION));
    }

    @Test
    void everyKindOfFaultIsInOneMessage() throws IOException {
        Path file = file("room.text=ABC\nroom.unheard-of=1\n");
        system.setProperty("holdfast.room.number", "11");
        system.setProperty("holdfast.typo", "1");
        environment.put("HOLDFAST_ROOM_LONG_TIME", "2 weeks");
        directory.put("holdfast.room.choice", "green");
        Settings settings = settings(file);

        assertEquals(5, settings.get(NUMBER), "the default stands in until all is read");
        settings.get(DURATION);
        settings.get(TEXT);
        settings.get(CHOICE);
        settings.fault("Two settings contradict each other.");

        List<String> lines = refused(settings).lines().map(String::strip).toList();
        assertEquals("The settings are wrong:", lines.get(0));
        assertEquals(
                "room.number must be a whole number from 1 to 10, not '11' (from a system property).", lines.get(1));
        assertEquals(
                "room.long-time must be a duration from 100ms to 1h, not '2 weeks' (from the environment).",
                lines.get(2));
        assertEquals("room.text must be letters, not 'ABC' (from " + file + ").", lines.get(3));
        assertEquals("room.choice must be one of dark-red, blue, not 'green' (from JNDI).", lines.get(4));
        assertEquals("Two settings contradict each other.", lines.get(5));
        assertEquals(
                List.of(
                        "room.unheard-of is not a setting (from " + file + ").",
                        "typo is not a setting (from a system property)."),
                lines.subList(6, lines.size()).stream().sorted().toList());
    }

    @Test
    void aStrangersPropertyIsNoneOfOurs() {
        system.setProperty("user.home", "/anywhere");
        environment.put("PATH", "/bin");

        settings(null).refuseFaults();
    }

    @Test
    void aKeyThatIsNoneIsToldWithTheNearestOneIfOneIsNear() throws IOException {
        Path file = file("room.numbers=1\nroom.chioce=blue\nsomething.else=1\n");
        Settings settings = settings(file);
        List.of(NUMBER, CHOICE, TEXT).forEach(settings::get);

        String faults = refused(settings);

        assertTrue(
                faults.contains("room.numbers is not a setting; the nearest is room.number (from " + file + ")."),
                faults);
        assertTrue(faults.contains("room.chioce is not a setting; the nearest is room.choice (from "), faults);
        assertTrue(faults.contains("something.else is not a setting (from "), faults);
    }

    @Test
    void aVariableThatIsFarFromAllHasNoNearest() {
        environment.put("HOLDFAST_FOO_BAR", "1");
        Settings settings = settings(null);
        List.of(NUMBER, CHOICE, TEXT).forEach(settings::get);

        try (Complaints complaints = new Complaints()) {
            settings.refuseFaults();

            assertTrue(complaints.heard().get(0).contains("HOLDFAST_FOO_BAR null"), complaints.heard()::toString);
        }
    }

    @Test
    void aVariableThatIsNoOptionIsWarnedOfWithTheNearestOne() {
        environment.putAll(
                Map.of("HOLDFAST_ROOM_NUMBRE", "1", "HOLDFAST_ROOM_LONGTIME", "1", "HOLDFAST_ROOM_TEXT", "y"));
        Settings settings = settings(null);
        List.of(NUMBER, DURATION, TEXT).forEach(settings::get);

        try (Complaints complaints = new Complaints()) {
            settings.refuseFaults();

            assertEquals(1, complaints.heard().size(), complaints.heard()::toString);
            assertTrue(
                    complaints
                            .heard()
                            .get(0)
                            .contains("HOLDFAST_ROOM_LONGTIME (nearest: HOLDFAST_ROOM_LONG_TIME),"
                                    + " HOLDFAST_ROOM_NUMBRE (nearest: HOLDFAST_ROOM_NUMBER)"),
                    complaints.heard()::toString);
        }
    }

    @Test
    void aVariableOfTheServersTheBalancersTheClientOrKubernetesIsKnown() throws IOException {
        for (String name : List.of("SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_8080_TCP_ADDR", "USER", "CONFIG"))
            environment.put("HOLDFAST_" + name, "1");
        Pattern variable = Pattern.compile("HOLDFAST_[A-Z_]*[A-Z]");
        for (String file : List.of("tomcat-conf/bin/setenv.sh", "load-balancer-conf/haproxy.cfg")) {
            Matcher matcher = variable.matcher(Files.readString(Path.of("..", file)));
            while (matcher.find()) environment.put(matcher.group(), "1");
        }
        for (String name : List.of("HOLDFAST_HOLD_LIMIT", "HOLDFAST_DEFAULT_HOLD_LIMIT"))
            assertNotNull(environment.remove(name), name + " is of an option, which this test does not read");
        assertTrue(environment.size() > 15, environment::toString);

        try (Complaints complaints = new Complaints()) {
            settings(null).refuseFaults();

            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void theNameOfTheFileItselfIsASetting() {
        system.setProperty("holdfast.config", "/etc/holdfast.properties");

        settings(null).refuseFaults();
    }

    @Test
    void aFileThatCannotBeReadIsRefusedByName() throws IOException {
        Path absent = folder.resolve("absent.properties");
        String message = String.valueOf(
                assertThrows(SettingsException.class, () -> settings(absent)).getMessage());
        assertTrue(message.contains("The settings file " + absent + " cannot be read"), message);

        Path broken = file("room.text=\\u12\n");
        assertThrows(SettingsException.class, () -> settings(broken));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "10,10", "' 7 ',7"})
    void numbersAreTakenWithinTheirBounds(String text, int value) {
        system.setProperty("holdfast.room.number", text);
        Settings settings = settings(null);

        assertEquals(value, settings.get(NUMBER));
        settings.refuseFaults();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "", "x", "1.5", "99999999999", "0x5", "+5", "\u0665"})
    void otherNumbersAreRefused(String text) {
        system.setProperty("holdfast.room.number", text);
        Settings settings = settings(null);
        settings.get(NUMBER);

        assertTrue(refused(settings).contains("room.number must be a whole number from 1 to 10, not '" + text + "'"));
    }

    @ParameterizedTest
    @CsvSource({"100ms,100", "1h,3600000", "2m,120000", "5s,5000"})
    void durationsAreANumberAndAUnit(String text, long millis) {
        system.setProperty("holdfast.room.long-time", text);

        assertEquals(Duration.ofMillis(millis), settings(null).get(DURATION));
    }

    @Test
    void aDurationMayBeInDays() {
        Option<Duration> days = Option.duration("room.days", "7d", "1s", "30d", "Days.");

        assertEquals(Duration.ofDays(7), settings(null).get(days));
    }

    @ParameterizedTest
    @ValueSource(strings = {"99ms", "61m", "5", "s", "-5s", "5 s", "1.5s", "PT5S", "9999999999s", ""})
    void otherDurationsAreRefused(String text) {
        system.setProperty("holdfast.room.long-time", text);
        Settings settings = settings(null);
        settings.get(DURATION);

        assertTrue(refused(settings).contains("room.long-time must be a duration"));
    }

    @ParameterizedTest
    @CsvSource({
        "1KiB,1024",
        "2048,2048",
        "2048B,2048",
        "64KiB,65536",
        "3MiB,3145728",
        "2GiB,2147483648",
        "2147483648,2147483648"
    })
    void sizesAreANumberAndPerhapsAUnit(String text, long bytes) {
        Option<Long> size = Option.bytes("room.size", "1MiB", "1KiB", "2GiB", "A size.");
        system.setProperty("holdfast.room.size", text);
        Settings settings = settings(null);

        assertEquals(bytes, settings.get(size));
        settings.refuseFaults();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1023",
                "1025MiB1",
                "3GiB",
                "2147483649",
                "",
                "B",
                "KiB",
                "-1KiB",
                "1 KiB",
                "1kib",
                "1KB",
                "1.5MiB",
                "9999999999999",
                "999999999999GiB",
                // These wrap around to 1 GiB, 1 MiB and 1 KiB unless the code checks.
                "17179869185GiB",
                "17592186044417MiB",
                "18014398509481985KiB"
            })
    void otherSizesAreRefused(String text) {
        Option<Long> size = Option.bytes("room.size", "1MiB", "1KiB", "1GiB", "A size.");
        system.setProperty("holdfast.room.size", text);
        Settings settings = settings(null);

        assertEquals(1 << 20, settings.get(size));
        assertTrue(refused(settings).contains("room.size must be a size from 1KiB to 1GiB, not '" + text + "'"));
    }
}
