// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.access.Access;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Json;
import io.holdfast.http.Routes;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;

/** The room as the composition root sees it: what it brings to the member, then its life. */
public final class CameraRoom implements AutoCloseable {
    private final Cameras cameras;
    private final CameraResource resource;
    private final Scheduled sweep;

    private CameraRoom(Cameras cameras, CameraResource resource, Scheduled sweep) {
        this.cameras = cameras;
        this.resource = resource;
        this.sweep = sweep;
    }

    /** What the member needs to know before it starts. */
    public static ClusterPart part() {
        return CameraWire.part();
    }

    /** Opens the room on a running member. */
    public static CameraRoom open(
            CameraOptions options,
            Access access,
            Duration sweep,
            Cluster cluster,
            Waiters waiters,
            Json json,
            Clocks clocks,
            Executor executor) {
        Cameras cameras = new Cameras(options, cluster, waiters, clocks, executor);
        CameraResource resource = new CameraResource(cameras, options, access, json, clocks, executor);
        return new CameraRoom(cameras, resource, cameras.open(sweep));
    }

    /** How many cameras this member holds now. */
    public long held() {
        return cameras.held();
    }

    /** How many dumps this member has taken. */
    public long delivered() {
        return cameras.delivered();
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        for (String camera : new String[] {"", "/cameras/{camera}"}) {
            routes.add(camera + "/updates/", Map.of("GET", resource::updates));
            routes.add(camera + "/logs/", Map.of("GET", resource::logs));
            routes.add(camera + "/dump/", Map.of("POST", resource::dump));
        }
        routes.add("/cameras/{camera}/commands", Map.of("POST", resource::command));
        routes.add("/cameras/{camera}/commands/{command}", Map.of("POST", resource::reply));
        routes.add("/cameras/", Map.of("GET", resource::list));
    }

    /** Stops looking for changes. */
    @Override
    public void close() {
        sweep.cancel();
        cameras.close();
    }
}
