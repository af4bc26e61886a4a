// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Retention;
import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How channels behave.
 *
 * @param hold how long a reader is held if its request names no wait
 * @param patience how long a request waits for the cluster
 * @param receiptPatience how long a publisher waits for the other members' receipts
 * @param eventSize the longest event, in bytes
 * @param kept how much of a channel is kept unless a pattern says otherwise
 * @param patterns exceptions by name; the first that matches applies
 * @param limit how many channels there may be
 * @param memory how many bytes all channels may hold, backups not counted
 * @param heartbeat how often an idle stream sends a sign of life
 * @param streamTime how long a stream lives
 * @param stall how long a client may accept nothing while data is ready for it
 * @param lag by how many bytes a stream may fall behind
 * @param presence the channels whose coming and going of readers is published
 */
public record ChannelOptions(
        Duration hold,
        Duration patience,
        Duration receiptPatience,
        int eventSize,
        Retention kept,
        List<Rule> patterns,
        int limit,
        long memory,
        Duration heartbeat,
        Duration streamTime,
        Duration stall,
        long lag,
        Optional<Pattern> presence) {
    private static final String NAMES = "[A-Za-z0-9._~*-]{1,128}";

    private static final Option<Duration> HOLD = Option.duration(
            "channel.hold", "30s", "0s", "1h", "How long a reader is held if its request has no `wait`.");
    private static final Option<Duration> PATIENCE = Option.duration(
            "channel.patience",
            "10s",
            "1s",
            "1m",
            "How long a request waits for the cluster before its outcome counts as unknown.");
    private static final Option<Duration> RECEIPT = Option.duration(
            "channel.receipt-patience",
            "1s",
            "10ms",
            "30s",
            "How long a publisher waits for the other members to report their releases.");
    private static final Option<Long> EVENT_SIZE = Option.bytes(
            "channel.event-size", "1MiB", "1B", "64MiB", "The longest event; a longer one is answered 413.");
    private static final Option<Integer> EVENTS = Option.number(
            "channel.keep.events", 1_000, 1, 10_000, "The most events that a channel retains; older ones are dropped.");
    private static final Option<Long> BYTES = Option.bytes(
            "channel.keep.bytes",
            "16MiB",
            "1KiB",
            "1GiB",
            "The most bytes that a channel retains; the newest event is always retained.");
    private static final Option<Duration> AGE = Option.duration(
            "channel.keep.age",
            "1h",
            "1s",
            "365d",
            "How long events are retained. A channel without a newer event or idempotency key is removed, ten minutes after its last use at the earliest.");
    private static final Option<Integer> KEYS = Option.number(
            "channel.keys",
            1_000,
            0,
            10_000,
            "The most idempotency keys that a channel remembers, for an hour. It always remembers those of the last two minutes.");
    private static final Option<List<Exemption>> PATTERNS = new Option<>(
            "channel.keep.patterns",
            "",
            "NAME:BOUND;BOUND,… with * in a name and bounds such as events=10, bytes=1MiB, age=5m, within those of channel.keep",
            "Exceptions to the bounds of `channel.keep`, by channel name; the first matching pattern counts.",
            ChannelOptions::exemptions);
    private static final Option<Integer> LIMIT =
            Option.number("channel.limit", 200_000, 1, 100_000_000, "The most channels; one more is answered 507.");
    private static final Option<Long> MEMORY = Option.memory(
            "channel.memory",
            "10%",
            "1KiB",
            "1024GiB",
            "The most bytes in all channels of the cluster, including keys, without backups. Beyond it, a channel drops its oldest events, and is answered 507 only if that does not suffice. A quarter is for small channels of callers in a role and on this machine alone.");
    private static final Option<Duration> HEARTBEAT = Option.duration(
            "channel.heartbeat",
            "8s",
            "1s",
            "2m",
            "The interval of heartbeats on an idle stream. Some clients give up after 10 s of silence.");
    private static final Option<Duration> STREAM_TIME = Option.duration(
            "channel.stream-time",
            "10m",
            "1s",
            "7d",
            "How long a stream lasts, plus or minus a sixteenth. Its reader then comes back, perhaps to another member.");
    private static final Option<Duration> STALL = Option.duration(
            "channel.stall",
            "30s",
            "1s",
            "10m",
            "A stream or long answer is cut if its client accepts nothing for this long.");
    private static final Option<Long> LAG = Option.bytes(
            "channel.lag",
            "1MiB",
            "1KiB",
            "1GiB",
            "A stream is cut if it falls behind by this much more than at its start.");
    private static final Option<String> PRESENCE = Option.text(
            "channel.presence",
            "",
            "(?:" + NAMES + "(?:," + NAMES + ")*)?",
            "channel names, separated by commas, in which * stands for any characters",
            "Channels with presence: the arrival of the first reader and the departure of the last one are published in the channel NAME~presence.");

    /**
     * An exception to the retention.
     *
     * @param names the channels it applies to
     * @param kept the retention of these channels
     */
    public record Rule(Pattern names, Retention kept) {}

    /** A rule whose missing bounds are not filled in with the defaults yet. */
    private record Exemption(Pattern names, UnaryOperator<Retention> bounds) {

        Rule from(Retention otherwise) {
            return new Rule(names, bounds.apply(otherwise));
        }
    }

    /** Reads the options. */
    public static ChannelOptions read(Settings settings) {
        Retention kept =
                new Retention(settings.get(EVENTS), settings.get(BYTES), settings.get(AGE), settings.get(KEYS));
        return new ChannelOptions(
                settings.get(HOLD),
                settings.get(PATIENCE),
                settings.get(RECEIPT),
                Math.toIntExact(settings.get(EVENT_SIZE)),
                kept,
                settings.get(PATTERNS).stream()
                        .map(exemption -> exemption.from(kept))
                        .toList(),
                settings.get(LIMIT),
                settings.get(MEMORY),
                settings.get(HEARTBEAT),
                settings.get(STREAM_TIME),
                settings.get(STALL),
                settings.get(LAG),
                names(settings.get(PRESENCE)));
    }

    /** How much of this channel is kept. */
    Retention retention(String channel) {
        if (Journal.isOfARoom(channel)) return Journal.KEPT;
        for (Rule rule : patterns) if (rule.names.matcher(channel).matches()) return rule.kept;
        return kept;
    }

    /** Whether this channel has its readers' coming and going published. */
    boolean announces(String channel) {
        return presence.isPresent()
                && !Journal.isOfARoom(channel)
                && presence.get().matcher(channel).matches();
    }

    private static List<Exemption> exemptions(String text) {
        if (text.isEmpty()) return List.of();
        return Stream.of(text.split(",", -1)).map(ChannelOptions::exemption).toList();
    }

    private static Exemption exemption(String rule) {
        int colon = rule.indexOf(':');
        String names = rule.substring(0, Math.max(0, colon)).strip();
        if (!names.matches(NAMES)) throw new IllegalArgumentException();
        UnaryOperator<Retention> bounds = kept -> kept;
        for (String bound : rule.substring(colon + 1).split(";", -1)) {
            UnaryOperator<Retention> before = bounds, next = bound(bound.strip());
            bounds = kept -> next.apply(before.apply(kept));
        }
        return new Exemption(Pattern.compile(glob(names)), bounds);
    }

    private static UnaryOperator<Retention> bound(String bound) {
        int equals = bound.indexOf('=');
        String value = bound.substring(equals + 1);
        switch (bound.substring(0, Math.max(0, equals))) {
            case "events" -> {
                int events = EVENTS.parser().apply(value);
                return kept -> new Retention(events, kept.bytes(), kept.age(), kept.keys());
            }
            case "bytes" -> {
                long bytes = BYTES.parser().apply(value);
                return kept -> new Retention(kept.events(), bytes, kept.age(), kept.keys());
            }
            case "age" -> {
                Duration age = AGE.parser().apply(value);
                return kept -> new Retention(kept.events(), kept.bytes(), age, kept.keys());
            }
            default -> throw new IllegalArgumentException();
        }
    }

    private static Optional<Pattern> names(String text) {
        if (text.isEmpty()) return Optional.empty();
        List<String> globs = new ArrayList<>();
        for (String name : text.split(",", -1)) globs.add(glob(name));
        return Optional.of(Pattern.compile(String.join("|", globs)));
    }

    private static String glob(String name) {
        return Pattern.quote(name).replace("*", "\\E.*\\Q");
    }
}
