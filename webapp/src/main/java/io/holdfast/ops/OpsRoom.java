// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import io.holdfast.cluster.Cluster;
import io.holdfast.drain.Drain;
import io.holdfast.http.Call;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.time.OutOfMemory;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Health and metrics over HTTP and JMX. */
public final class OpsRoom implements AutoCloseable {
    private final Drain drain;
    private final Cluster cluster;
    private final BuildInfo build;
    private final Metrics metrics;
    private final Json json;
    private final Supplier<Optional<String>> obstacle;
    private final MetersBean bean;
    private final HeapWatch heap = new HeapWatch();

    /**
     * The health of this member.
     *
     * @param status {@code UP} or {@code DOWN}
     * @param reason absent if it is up
     * @param members how many members the cluster has; absent for liveness
     * @param expected how many members the settings expect; absent if nobody knows
     * @param unexpected how many members there are that `cluster.peers` does not name; absent if there are none
     * @param holds how many requests of clients this member holds; absent for liveness
     * @param version the version that this member runs; absent for liveness
     * @param commit the commit that it was built from; absent for liveness
     */
    @JsonbPropertyOrder({"status", "reason", "members", "expected", "unexpected", "holds", "version", "commit"})
    public record Health(
            String status,
            @Nullable String reason,
            @Nullable Integer members,
            @Nullable Integer expected,
            @Nullable Integer unexpected,
            @Nullable Integer holds,
            @Nullable String version,
            @Nullable String commit) {
        /** A member that lives. */
        public static final Health UP = new Health("UP", null, null, null, null, null, null, null);

        /** A member that nothing but a restart makes whole. */
        static final Health DEAD = new Health(
                "DOWN",
                "this process has run out of memory; it must be started again",
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private OpsRoom(
            Drain drain,
            Cluster cluster,
            BuildInfo build,
            Metrics metrics,
            Json json,
            Supplier<Optional<String>> obstacle,
            MetersBean bean) {
        this.drain = drain;
        this.cluster = cluster;
        this.build = build;
        this.metrics = metrics;
        this.json = json;
        this.obstacle = obstacle;
        this.bean = bean;
    }

    /**
     * Opens the room.
     *
     * @param obstacle why the server does not let requests be held; empty if it does
     * @param context the context path, by which the JMX bean is told from another deployment's
     */
    public static OpsRoom open(
            Drain drain,
            Cluster cluster,
            Metrics metrics,
            Json json,
            Supplier<Optional<String>> obstacle,
            String context) {
        BuildInfo build = BuildInfo.read();
        metrics.watch(drain.waiters(), cluster, build);
        metrics.gauge(
                "holdfast.drain.state",
                "How far this member is out of service: 0 serving, 1 delaying, 2 releasing, 3 drained",
                () -> drain.state().number());
        MetersBean bean = MetersBean.register(metrics::registry, context.isEmpty() ? "/" : context);
        return new OpsRoom(drain, cluster, build, metrics, json, obstacle, bean);
    }

    /** The context paths of the copies of Holdfast in this JVM that have their meters in JMX. */
    public static String others() {
        return MetersBean.contexts();
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        routes.add("/health/live", Map.of("GET", this::live));
        routes.add("/health/ready", Map.of("GET", this::ready));
        routes.add("/metrics", Map.of("GET", this::metrics));
    }

    private void live(Call call) throws IOException {
        call.answer(OutOfMemory.isSeen() ? json.answer(503, Health.DEAD) : json.answer(200, Health.UP));
    }

    private void ready(Call call) throws IOException {
        Optional<String> why = doubt();
        int unexpected = cluster.unexpectedMembers();
        Health health = new Health(
                why.isEmpty() ? "UP" : "DOWN",
                why.orElse(null),
                cluster.trust().size(),
                cluster.expected() > 0 ? cluster.expected() : null,
                unexpected == 0 ? null : unexpected,
                drain.progress().holds(),
                build.version(),
                build.commit());
        call.answer(json.answer(why.isEmpty() ? 200 : 503, health));
    }

    private Optional<String> doubt() {
        if (OutOfMemory.isSeen()) return Optional.ofNullable(Health.DEAD.reason);
        return drain.reason()
                .or(obstacle)
                .or(heap::pressure)
                .or(cluster.trust()::doubt)
                .or(cluster::doubtOfOwners)
                .or(cluster::doubtOfExpected)
                .or(cluster::doubtOfClock);
    }

    private void metrics(Call call) throws IOException {
        byte[] text = metrics.scrape().getBytes(StandardCharsets.UTF_8);
        call.answer(new OwnResponse(200, "text/plain; version=0.0.4; charset=utf-8", Headers.NONE, text));
    }

    @Override
    public void close() {
        bean.close();
        metrics.close();
    }
}
