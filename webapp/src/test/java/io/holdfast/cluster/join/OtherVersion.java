// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;

/** A member that lets those join that have another wire version, and checks them as members do. */
public final class OtherVersion {
    private OtherVersion() {}

    /** Starts it with this configuration. */
    public static HazelcastInstance start(Config config) {
        return JoinCheck.start(config, "3");
    }
}
