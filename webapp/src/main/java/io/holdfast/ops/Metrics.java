// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.MemberTrust;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.WaiterObserver;
import io.holdfast.waiter.Waiters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/** The meters of the process. Endings are counted as they happen; a scrape reads everything else. */
public final class Metrics implements WaiterObserver, AutoCloseable {
    /** So many values of a label get series of their own, which bounds the registry. */
    private static final double MILLIS = 1000; // of a second

    private static final int MOST_LABELS = 100;

    private static final String OTHERS = "~others";
    private static final Duration[] HOLD_TIMES = seconds(0.1, 1, 5, 15, 30, 60, 120, 300);
    private static final Duration[] RELEASE_TIMES = seconds(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Ending, Counter> endings = new EnumMap<>(Ending.class);
    private final List<Runnable> labelled = new CopyOnWriteArrayList<>();
    /** Strong references: the registry keeps only weak ones. */
    private final List<LongSupplier> counted = new ArrayList<>();

    private final Timer holdTime = Timer.builder("holdfast.hold.time")
            .description("Time that requests were held")
            .serviceLevelObjectives(HOLD_TIMES)
            .register(registry);
    private final Timer releaseTime = Timer.builder("holdfast.release.time")
            .description("Time from the decision to release a request until the server was given the response")
            .serviceLevelObjectives(RELEASE_TIMES)
            .register(registry);

    public Metrics() {
        for (Ending ending : Ending.values())
            endings.put(
                    ending,
                    Counter.builder("holdfast.endings")
                            .description("Ended holds by kind of ending")
                            .tag(
                                    "ending",
                                    ending.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .register(registry));
    }

    void watch(Waiters waiters, Cluster cluster, BuildInfo build) {
        Gauge.builder("holdfast.build.info", () -> 1)
                .description("Always 1; the labels are the version and the commit of the build")
                .tag("version", build.version())
                .tag("commit", build.commit())
                .register(registry);
        Gauge.builder("holdfast.holds", waiters, w -> w.stats().held())
                .description("Requests of clients that this member holds")
                .register(registry);
        Gauge.builder("holdfast.waits.own", waiters, w -> w.stats().own())
                .description("Waits that no client asked for, such as one for each GRIP channel that is followed")
                .register(registry);
        Gauge.builder("holdfast.holds.limit", waiters, w -> w.stats().maxHeld())
                .description("Requests that this member may hold at once (hold.limit)")
                .register(registry);
        Gauge.builder("holdfast.cluster.members", cluster.trust(), MemberTrust::size)
                .description("Members of the cluster that this member sees")
                .register(registry);
        Gauge.builder("holdfast.cluster.members.unexpected", cluster, Cluster::unexpectedMembers)
                .description("Members of the cluster that cluster.peers does not name")
                .register(registry);
        Gauge.builder("holdfast.cluster.clock.skew", cluster, c -> c.skewMillis() / MILLIS)
                .baseUnit("seconds")
                .description("By how much the clock of this machine is ahead of the other members' clocks")
                .register(registry);
    }

    /** Registers a counter that a room keeps and a scrape reads. */
    public void count(String name, String description, LongSupplier count) {
        counted.add(count);
        FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(description)
                .register(registry);
    }

    /** Registers a gauge that a scrape reads. */
    public void gauge(String name, String description, LongSupplier value) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /**
     * One gauge of a labelled family.
     *
     * @param name is appended to the name of the family
     * @param number reads the value
     */
    public record Part<T>(String name, String description, Function<T, Number> number) {}

    /** Registers a family of gauges with one series for each of the first hundred labels. A scrape reads all values of a label at once. */
    public <T> void gauges(String kind, String label, Supplier<Map<String, T>> all, List<Part<T>> parts) {
        Map<Part<T>, MultiGauge> gauges = new LinkedHashMap<>();
        for (Part<T> part : parts)
            gauges.put(
                    part,
                    MultiGauge.builder(kind + "." + part.name())
                            .description(part.description())
                            .register(registry));
        labelled.add(() -> {
            Map<String, T> now = new TreeMap<>(all.get());
            gauges.forEach((part, gauge) -> gauge.register(rows(label, now, part.number()), true));
        });
    }

    private static <T> List<MultiGauge.Row<?>> rows(String label, Map<String, T> all, Function<T, Number> number) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        all.entrySet().stream()
                .limit(MOST_LABELS)
                .forEach(
                        one -> rows.add(MultiGauge.Row.of(Tags.of(label, one.getKey()), number.apply(one.getValue()))));
        return rows;
    }

    /** Registers timers by label; the consumer takes nanoseconds. Labels beyond the first hundred share one series. */
    public ObjLongConsumer<String> times(String name, String description, String label) {
        Map<String, Timer> timers = new ConcurrentHashMap<>();
        Function<String, Timer> another = value -> Timer.builder(name)
                .description(description)
                .tag(label, value)
                .serviceLevelObjectives(HOLD_TIMES)
                .register(registry);
        return (value, nanos) -> {
            boolean known = timers.containsKey(value) || timers.size() < MOST_LABELS;
            timers.computeIfAbsent(known ? value : OTHERS, another).record(Duration.ofNanos(nanos));
        };
    }

    @Override
    public void ended(Ending ending, long heldNanos, long releaseNanos) {
        Counter counter = endings.get(ending);
        if (counter != null) counter.increment();
        if (ending == Ending.REFUSED) return;
        holdTime.record(Duration.ofNanos(heldNanos));
        if (ending == Ending.RELEASED) releaseTime.record(Duration.ofNanos(releaseNanos));
    }

    /** The registry, with the labelled gauges brought up to date. */
    MeterRegistry registry() {
        labelled.forEach(Runnable::run);
        return registry;
    }

    /** The meters in the text format of Prometheus. */
    String scrape() {
        labelled.forEach(Runnable::run);
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }

    private static Duration[] seconds(double... seconds) {
        Duration[] durations = new Duration[seconds.length];
        for (int i = 0; i < seconds.length; i++) durations[i] = Duration.ofNanos(Math.round(seconds[i] * 1e9));
        return durations;
    }
}
