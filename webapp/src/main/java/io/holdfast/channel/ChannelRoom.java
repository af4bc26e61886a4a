// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.channel.core.ChannelCounts;
import io.holdfast.channel.core.ChannelOptions;
import io.holdfast.channel.core.Channels;
import io.holdfast.channel.core.Journal;
import io.holdfast.channel.log.ChannelWire;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Routes;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Timer.Scheduled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The room as the composition root sees it: its part of the cluster, then its life. */
public final class ChannelRoom implements AutoCloseable {
    private final Channels channels;
    private final ChannelResource resource;
    private final Scheduled sweep;

    private ChannelRoom(Channels channels, ChannelResource resource, Scheduled sweep) {
        this.channels = channels;
        this.resource = resource;
        this.sweep = sweep;
    }

    /** The part of the cluster that the room needs before the member starts. */
    public static ClusterPart part() {
        return ChannelWire.part();
    }

    /** Opens the room on a running member. */
    public static ChannelRoom open(Kernel kernel, ChannelOptions options) {
        Channels channels =
                new Channels(options, kernel.cluster(), kernel.waiters(), kernel.clocks(), kernel.executor());
        ChannelResource resource = new ChannelResource(
                channels,
                options,
                kernel.access(),
                kernel.cluster(),
                kernel.json(),
                kernel.clocks(),
                kernel.executor());
        return new ChannelRoom(
                channels, resource, channels.open(kernel.cluster().sweep()));
    }

    /** The numbers of this member's work for channels. */
    public ChannelCounts counts() {
        return channels.counts();
    }

    /** The channels of another room. No path of this room leads to them. */
    public Journal journal(String room) {
        return new Journal(channels, room);
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        routes.add("/channels/{names,}/events", Map.of("GET", resource::get, "POST", resource::post), parameters());
        routes.add("/channels/{name}/events/{id}", Map.of("GET", resource::event));
        routes.add("/channels/{name}", Map.of("GET", resource::describe, "DELETE", resource::delete), "must-exist");
    }

    private static String[] parameters() {
        List<String> all = new ArrayList<>(List.of("after", "limit", "wait", "must-exist", "type", "receipt", "batch"));
        all.addAll(ChannelResource.LAST_EVENT_ID);
        return all.toArray(String[]::new);
    }

    /** Stops looking for changes. */
    @Override
    public void close() {
        sweep.cancel();
        channels.close();
    }
}
