// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.StallLimit;
import io.holdfast.grip.Instructions;
import io.holdfast.http.message.Json;
import io.holdfast.proxy.backend.BackendQueues;
import io.holdfast.proxy.backend.Connector;
import io.holdfast.time.Clocks;
import java.util.concurrent.Executor;

/**
 * The parts that all requests through the proxy share.
 *
 * @param queues the queues in which requests wait for backends
 * @param connector makes the connections to backends
 * @param heads the rules for headers
 * @param grip follows instructions
 * @param fetches fetches the continuation of streams
 * @param stall how long a client may accept nothing of its response
 * @param json writes problem documents
 * @param clocks the time
 * @param executor runs tasks that may take long
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
