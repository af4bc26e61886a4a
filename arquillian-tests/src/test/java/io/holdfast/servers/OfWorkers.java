// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.flow.PtthContract;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;

/** The contract of workers that dial in, on a server. Each instance has a queue of its own. */
final class OfWorkers extends PtthContract {
    private static final Duration IDLE = Duration.ofSeconds(4);

    private final URI server;
    private final String queue = "ptth-" + UUID.randomUUID();

    OfWorkers(URI server) {
        this.server = server;
    }

    @Override
    protected URI server() {
        return server;
    }

    @Override
    protected String workers() {
        return "/workers/" + queue;
    }

    @Override
    protected String requests() {
        return "/work/" + queue + "/";
    }

    @Override
    protected Duration idle() {
        return IDLE;
    }
}
