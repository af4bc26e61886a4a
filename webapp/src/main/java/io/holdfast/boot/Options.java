// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.access.Access;
import io.holdfast.camera.CameraOptions;
import io.holdfast.channel.core.ChannelOptions;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.counter.CounterOptions;
import io.holdfast.grip.GripOptions;
import io.holdfast.http.CrossOrigin;
import io.holdfast.jobs.JobOptions;
import io.holdfast.proxy.ProxyOptions;
import io.holdfast.work.WorkOptions;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of every room. */
record Options(
        ProcessOptions process,
        CrossOrigin crossOrigin,
        ClusterOptions cluster,
        Access access,
        CounterOptions counter,
        ChannelOptions channel,
        CameraOptions camera,
        WorkOptions work,
        JobOptions jobs,
        GripOptions grip,
        ProxyOptions proxy) {

    /**
     * Reads all options.
     *
     * @param heldBytes the heap that a held request takes on this server
     * @throws io.holdfast.config.SettingsException naming every setting that is wrong
     */
    static Options read(Settings settings, int heldBytes) {
        WorkOptions work = WorkOptions.read(settings);
        Options options = new Options(
                ProcessOptions.read(settings, heldBytes),
                CorsOptions.read(settings),
                ClusterOptions.read(settings),
                Access.read(settings),
                CounterOptions.read(settings),
                ChannelOptions.read(settings),
                CameraOptions.read(settings),
                work,
                JobOptions.read(settings, work),
                GripOptions.read(settings),
                ProxyOptions.read(settings));
        MemoryBudget.fault(options, heldBytes, Runtime.getRuntime().maxMemory()).ifPresent(settings::fault);
        settings.refuseFaults();
        return options;
    }

    /** The limits of the whole cluster, which should be alike at all members. */
    Map<String, String> agreed() {
        Map<String, Number> limits = Map.of(
                "channel.memory", channel.memory(),
                "channel.limit", channel.limit(),
                "camera.memory", camera.memory(),
                "camera.limit", camera.limit(),
                "work.memory", jobs.memory(),
                "work.jobs", jobs.limit(),
                "work.queues", work.queues(),
                "counter.limit", counter.limit());
        return limits.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, limit -> limit.getValue()
                .toString()));
    }
}
