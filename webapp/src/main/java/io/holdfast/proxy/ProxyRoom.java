// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.StallLimit;
import io.holdfast.grip.Instructions;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Json;
import io.holdfast.proxy.backend.BackendQueues;
import io.holdfast.proxy.backend.Connector;
import io.holdfast.proxy.backend.HealthChecks;
import io.holdfast.proxy.backend.HealthProbe;
import io.holdfast.proxy.routes.RoutesWatch;
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
            RoutesWatch watch,
            BackendQueues queues,
            Connector connector,
            HealthChecks checks,
            ProxyResource resource) {}

    private ProxyRoom(Optional<Open> open) {
        this.open = open;
    }

    /** Opens the room. Without a routes file, it does nothing. */
    public static ProxyRoom open(ProxyOptions options, Instructions grip, Json json, Clocks clocks, Executor executor) {
        return new ProxyRoom(options.routes().map(file -> {
            RoutesWatch watch = RoutesWatch.open(file, clocks.timer());
            Connector connector = new Connector(options.threads(), host -> List.of(InetAddress.getAllByName(host)));
            BackendQueues queues = new BackendQueues(clocks, executor);
            HealthChecks checks = new HealthChecks(queues, new HealthProbe(connector, clocks.timer()), clocks.timer());
            watch.onChange(table -> {
                checks.keep(table.routes());
                queues.keep(table.routes());
            });
            ForwardedHeaders heads = new ForwardedHeaders(pseudonym());
            LinkFetcher fetches = new LinkFetcher(watch::current, queues, connector, heads, grip);
            Proxy proxy = new Proxy(
                    queues,
                    connector,
                    heads,
                    grip,
                    fetches,
                    new StallLimit(options.stall(), clocks.timer()),
                    json,
                    clocks,
                    executor);
            return new Open(watch, queues, connector, checks, new ProxyResource(watch::current, proxy));
        }));
    }

    private static String pseudonym() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return "holdfast-" + HexFormat.of().formatHex(random);
    }

    /** Adds the proxy for all other paths. */
    public void addTo(Routes routes) {
        open.ifPresent(room -> routes.otherwise(room.resource::serve));
    }

    /** The number of requests that wait for a backend. */
    public int waiting() {
        return open.map(room -> room.queues.waiting()).orElse(0);
    }

    /** Cuts the requests that are on their way. */
    @Override
    public void close() {
        if (open.isEmpty()) return;
        open.get().watch.close();
        open.get().checks.close();
        open.get().queues.close();
        open.get().connector.close();
    }
}
