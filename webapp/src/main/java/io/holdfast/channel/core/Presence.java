// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Attend;
import io.holdfast.channel.log.Draft;
import io.holdfast.channel.log.Publication;
import io.holdfast.cluster.Cluster;
import io.holdfast.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Publishes in the channel {@code NAME~presence} that the first reader has come and that the last reader has left. Only configured
 * channels have presence. A reader that returns within a few seconds has not left. The readers of a member that dies leave when its lease
 * ends. The events are hints: if the member that notices a change dies at that moment, the change is not published.
 */
public final class Presence {
    public static final String SUFFIX = "~presence";
    private static final Logger LOG = System.getLogger(Presence.class.getName());
    private static final Duration GRACE = Duration.ofSeconds(6);
    private static final Duration LEASE = Duration.ofSeconds(30), RENEW = Duration.ofSeconds(10);
    private static final int LONGEST_NAME = 128;

    private final ChannelOptions options;
    private final LogStore store;
    private final String me;
    private final Clocks clocks;
    private final Executor executor;

    /** The channels that this member attends: when a waiting reader was last seen, and when the lease was last renewed. */
    private final Map<String, Attended> attended = new ConcurrentHashMap<>();

    private volatile long looked;

    private record Attended(long seen, long said) {}

    Presence(ChannelOptions options, Cluster cluster, LogStore store, Clocks clocks, Executor executor) {
        this.options = options;
        this.store = store;
        this.me = cluster.signals().name();
        this.clocks = clocks;
        this.executor = executor;
        this.looked = clocks.ticker().nanos();
    }

    /** Whether any channel has presence configured. */
    boolean isOn() {
        return !options.presence().isEmpty();
    }

    /** Whether only this class may publish to the channel. */
    public static boolean isReserved(String channel) {
        return channel.endsWith(SUFFIX);
    }

    /** Compares the awaited channels with the leases of this member. Called regularly, by one thread at a time. */
    void look(Collection<String> awaited) {
        long now = clocks.ticker().nanos();
        for (String channel : awaited)
            if (isAnnounced(channel))
                attended.merge(
                        channel, new Attended(now, now - RENEW.toNanos()), (was, is) -> new Attended(now, was.said));
        for (Map.Entry<String, Attended> one : attended.entrySet()) {
            if (now - one.getValue().seen > GRACE.toNanos()) leave(one.getKey());
            else if (now - one.getValue().said >= RENEW.toNanos()) {
                one.setValue(new Attended(one.getValue().seen, now));
                say(one.getKey(), me, clocks.cluster().millis() + LEASE.toMillis());
            }
        }
        if (now - looked >= RENEW.toNanos()) {
            looked = now;
            // The member that stores an entry ends the leases of members that are gone.
            store.attendedHere().forEach(channel -> say(channel, "", 0));
        }
    }

    private boolean isAnnounced(String channel) {
        return options.announces(channel)
                && !channel.endsWith(SUFFIX)
                && channel.length() + SUFFIX.length() <= LONGEST_NAME;
    }

    private void leave(String channel) {
        attended.remove(channel);
        say(channel, me, 0);
    }

    private void say(String channel, String member, long until) {
        store.attend(channel, new Attend(member, until, clocks.cluster().millis()))
                .whenCompleteAsync((change, error) -> said(channel, change, error), executor);
    }

    private void said(String channel, @Nullable Integer change, @Nullable Throwable error) {
        if (change == null) {
            LOG.log(
                    Level.DEBUG,
                    () -> "Presence is said again with the next renewal channel=" + channel + " cause=" + error);
            attended.computeIfPresent(channel, (name, was) -> new Attended(was.seen, was.said - RENEW.toNanos()));
        } else if (change != 0) announce(channel, change > 0);
    }

    private void announce(String channel, boolean present) {
        String type = present ? "present" : "absent";
        byte[] data =
                ("{\"channel\":\"" + channel + "\",\"present\":" + present + "}").getBytes(StandardCharsets.UTF_8);
        List<Draft> draft = List.of(new Draft(type, "application/json", data));
        store.publish(channel + SUFFIX, Publication.of(draft, "", false), false).whenComplete((published, error) -> {
            if (error != null)
                LOG.log(Level.DEBUG, () -> "Presence is not told channel=" + channel + " cause=" + error);
        });
    }
}
