// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.grip.Instructions;
import io.holdfast.http.Json;
import io.holdfast.http.Routes;
import io.holdfast.time.Clocks;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The room as the composition root sees it. */
public final class ProxyRoom implements AutoCloseable {
    private final Optional<Open> open;

    private record Open(
            RoutesWatch watch, Lines lines, Upstream upstream, HealthChecks checks, ProxyResource resource) {}

    private ProxyRoom(Optional<Open> open) {
        this.open = open;
    }

    /** Opens the room: without a routes file, it is empty. */
    public static ProxyRoom open(ProxyOptions options, Instructions grip, Json json, Clocks clocks, Executor executor) {
        return new ProxyRoom(options.routes().map(file -> {
            RoutesWatch watch = RoutesWatch.open(file, clocks.timer());
            Upstream upstream = new Upstream(options.threads(), host -> List.of(InetAddress.getAllByName(host)));
            Lines lines = new Lines(clocks, executor);
            HealthChecks checks = new HealthChecks(lines, new HealthProbe(upstream, clocks.timer()), clocks.timer());
            watch.onChange(table -> {
                checks.keep(table.routes());
                lines.keep(table.routes());
            });
            Heads heads = new Heads(pseudonym());
            Fetches fetches = new Fetches(watch::current, lines, upstream, heads, grip);
            Proxy proxy = new Proxy(lines, upstream, heads, grip, fetches, options.stall(), json, clocks, executor);
            return new Open(watch, lines, upstream, checks, new ProxyResource(watch::current, proxy));
        }));
    }

    private static String pseudonym() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return "holdfast-" + HexFormat.of().formatHex(random);
    }

    /** Whatever has no other path comes here. */
    public void addTo(Routes routes) {
        open.ifPresent(room -> routes.otherwise(room.resource::serve));
    }

    /** How many requests wait for a backend. */
    public int waiting() {
        return open.map(room -> room.lines.waiting()).orElse(0);
    }

    /** Breaks off what is on its way. */
    @Override
    public void close() {
        if (open.isEmpty()) return;
        open.get().watch.close();
        open.get().checks.close();
        open.get().lines.close();
        open.get().upstream.close();
    }
}
