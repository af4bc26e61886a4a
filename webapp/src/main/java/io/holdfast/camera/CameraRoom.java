// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Routes;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import java.util.Map;

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
    public static CameraRoom open(Kernel kernel, CameraOptions options) {
        Cameras cameras = new Cameras(options, kernel.cluster(), kernel.waiters(), kernel.clocks(), kernel.executor());
        CameraResource resource = new CameraResource(
                cameras, options, kernel.access(), kernel.json(), kernel.clocks(), kernel.executor());
        return new CameraRoom(cameras, resource, cameras.open(kernel.cluster().sweep()));
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
