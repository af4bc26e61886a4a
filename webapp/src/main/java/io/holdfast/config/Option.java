// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One setting: its key, its default, the rule for its values, and its purpose.
 *
 * @param key lower case with dots between rooms and dashes between words, such as {@code cluster.minimum-size}
 * @param otherwise the default, in the form a file would have it; may be empty, even where the rule forbids an empty value
 * @param rule the rule for values, worded to follow "must be"
 * @param meaning one sentence for the table of options
 * @param parser turns a value into its type; throws {@link IllegalArgumentException} if the value breaks the rule
 * @param <T> the type of the value
 */
public record Option<T>(String key, String otherwise, String rule, String meaning, Function<String, T> parser) {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,2}(?:\\.\\d)?)%");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    /** A whole number within bounds. */
    public static Option<Integer> number(String key, int otherwise, int least, int most, String meaning) {
        return new Option<>(
                key, Integer.toString(otherwise), "a whole number from " + least + " to " + most, meaning, text -> {
                    require(WHOLE.matcher(text).matches());
                    int value = Integer.parseInt(text);
                    require(value >= least && value <= most);
                    return value;
                });
    }

    /** A duration within bounds, written as a number and a unit: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}, {@code 7d}. */
    public static Option<Duration> duration(String key, String otherwise, String least, String most, String meaning) {
        Duration shortest = duration(least), longest = duration(most);
        return new Option<>(key, otherwise, "a duration from " + least + " to " + most, meaning, text -> {
            Duration value = duration(text);
            require(value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0);
            return value;
        });
    }

    /** A size within bounds, written as a number and perhaps a unit: {@code 500}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}. */
    public static Option<Long> bytes(String key, String otherwise, String least, String most, String meaning) {
        long smallest = bytes(least), largest = bytes(most);
        return new Option<>(key, otherwise, "a size from " + least + " to " + most, meaning, text -> {
            long value = bytes(text);
            require(value >= smallest && value <= largest);
            return value;
        });
    }

    /** An amount of memory: a size within bounds, or a share of the heap, such as {@code 10%}. */
    public static Option<Long> memory(String key, String otherwise, String least, String most, String meaning) {
        long smallest = bytes(least), largest = bytes(most);
        String rule = "a size from " + least + " to " + most + ", or a share of the heap such as 10%";
        return new Option<>(key, otherwise, rule, meaning, text -> {
            if (SHARE.matcher(text).matches()) return Math.max(smallest, share(text));
            long value = bytes(text);
            require(value >= smallest && value <= largest);
            return value;
        });
    }

    /** A number of things that take memory, or as many as fit in a share of the heap at so many bytes each. */
    public static Option<Integer> places(String key, String otherwise, int bytesEach, int most, String meaning) {
        String rule = "a whole number from 1 to " + most + ", or a share of the heap such as 2%, with " + bytesEach
                + " bytes for each";
        return new Option<>(key, otherwise, rule, meaning, text -> {
            if (SHARE.matcher(text).matches()) return (int) Math.max(1, Math.min(most, share(text) / bytesEach));
            require(WHOLE.matcher(text).matches());
            int value = Integer.parseInt(text);
            require(value >= 1 && value <= most);
            return value;
        });
    }

    private static long share(String text) {
        Matcher matcher = SHARE.matcher(text);
        require(matcher.matches());
        return (long) (Runtime.getRuntime().maxMemory() / 100.0 * Double.parseDouble(matcher.group(1)));
    }

    /** Text that matches a pattern. */
    public static Option<String> text(String key, String otherwise, String pattern, String rule, String meaning) {
        Pattern compiled = Pattern.compile(pattern);
        return new Option<>(key, otherwise, rule, meaning, text -> {
            require(compiled.matcher(text).matches());
            return text;
        });
    }

    /** One of a few words. */
    public static <E extends Enum<E>> Option<E> choice(String key, E otherwise, Class<E> type, String meaning) {
        List<String> words =
                List.of(type.getEnumConstants()).stream().map(Option::word).toList();
        return new Option<>(
                key,
                word(otherwise),
                "one of " + String.join(", ", words),
                meaning,
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        require(matcher.matches());
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        require(matcher.matches());
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        int shift = unit == null || unit.equals("B") ? 0 : unit.equals("KiB") ? 10 : unit.equals("MiB") ? 20 : 30;
        require(amount <= Long.MAX_VALUE >> shift);
        return amount << shift;
    }

    private static void require(boolean holds) {
        if (!holds) throw new IllegalArgumentException();
    }
}
