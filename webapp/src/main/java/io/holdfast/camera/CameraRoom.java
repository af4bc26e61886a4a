// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Routes;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import java.util.Map;

/** The room as the composition root sees it: its part of the member, then its life. */
public final class CameraRoom implements AutoCloseable {
    private final Cameras cameras;
    private final CameraResource resource;
    private final Scheduled sweep;

    private CameraRoom(Cameras cameras, CameraResource resource, Scheduled sweep) {
        this.cameras = cameras;
        this.resource = resource;
        this.sweep = sweep;
    }

    /** The part of the member that must be known before it starts. */
    public static ClusterPart part() {
        return CameraWire.part();
    }

    /** Opens the room on a running member. */
    public static CameraRoom open(Kernel kernel, CameraOptions options) {
        Cameras cameras = new Cameras(kernel, options);
        CameraResource resource = new CameraResource(kernel, cameras, options);
        return new CameraRoom(cameras, resource, cameras.open(kernel.cluster().sweep()));
    }

    /** How many cameras this member holds now. */
    public long held() {
        return cameras.polls().count();
    }

    /** How many dumps this member has taken. */
    public long delivered() {
        return cameras.deliveries().count();
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        for (String camera : new String[] {"", "/cameras/{camera}"}) {
            routes.add(camera + "/updates/", Map.of("GET", resource::updates), "commands", "wait");
            routes.add(camera + "/logs/", Map.of("GET", resource::logs), "cached", "wait");
            routes.add(camera + "/dump/", Map.of("POST", resource::dump));
        }
        routes.add("/cameras/{camera}/commands", Map.of("POST", resource::command), "wait");
        routes.add("/cameras/{camera}/commands/{command}", Map.of("POST", resource::reply));
        routes.add("/cameras/", Map.of("GET", resource::list), "after", "limit");
    }

    /** Stops checking for changes. */
    @Override
    public void close() {
        sweep.cancel();
        cameras.close();
    }
}
