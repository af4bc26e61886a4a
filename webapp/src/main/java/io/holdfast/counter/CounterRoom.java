// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Handler;
import io.holdfast.http.Routes;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import java.util.Map;

/** The room as the composition root sees it: its part of the member, then its life. */
public final class CounterRoom implements AutoCloseable {
    private final Counters counters;
    private final CounterResource resource;
    private final Scheduled sweep;

    private CounterRoom(Counters counters, CounterResource resource, Scheduled sweep) {
        this.counters = counters;
        this.resource = resource;
        this.sweep = sweep;
    }

    /** The part of the member that must be known before it starts. */
    public static ClusterPart part() {
        return CounterWire.part();
    }

    /** Opens the room on a running member. */
    public static CounterRoom open(Kernel kernel, CounterOptions options) {
        Counters counters = new Counters(kernel, options);
        CounterResource resource = new CounterResource(counters, options, kernel);
        return new CounterRoom(
                counters, resource, counters.open(kernel.cluster().sweep()));
    }

    /** The counters. */
    public Counters counters() {
        return counters;
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        Map<String, Handler> methods = Map.of("GET", resource::get, "POST", resource::post);
        routes.add("/counter/value/", methods, "last", "epoch", "wait");
        routes.add("/counters/{name}/value/", methods, "last", "epoch", "wait");
        routes.add("/counters/{name}", Map.of("DELETE", resource::delete));
        routes.add("/counters/", Map.of("GET", resource::list), "prefix", "after", "limit");
    }

    /** Stops checking for changes, and the background work. */
    @Override
    public void close() {
        sweep.cancel();
        counters.close();
    }
}
