// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.util.Locale;

/** How members find each other. Each constant is a configuration in the module {@code hazelcast-config}. */
public enum Discovery {
    SINGLE,
    TCP_IP,
    MULTICAST,
    KUBERNETES;

    String resource() {
        return "io/holdfast/hazelcast/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".yaml";
    }
}
