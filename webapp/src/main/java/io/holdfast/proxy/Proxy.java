// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.StallLimit;
import io.holdfast.grip.Instructions;
import io.holdfast.http.Json;
import io.holdfast.time.Clocks;
import java.util.concurrent.Executor;

/**
 * The parts that all requests through the proxy share.
 *
 * @param queues where they wait
 * @param connector how they reach backends
 * @param heads what becomes of their headers
 * @param grip what is done with instructions
 * @param fetches how more is asked for, for streams
 * @param stall for how long a client may take nothing of its response
 * @param json for problems
 * @param clocks the time
 * @param executor where what may take long is done
 */
record Proxy(
        BackendQueues queues,
        Connector connector,
        ForwardedHeaders heads,
        Instructions grip,
        LinkFetcher fetches,
        StallLimit stall,
        Json json,
        Clocks clocks,
        Executor executor) {}
