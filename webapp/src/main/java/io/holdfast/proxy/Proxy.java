// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.grip.Instructions;
import io.holdfast.http.Json;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What every request through the proxy shares.
 *
 * @param lines where they wait
 * @param upstream how they reach backends
 * @param heads what becomes of their headers
 * @param grip what is done with instructions
 * @param fetches how more is asked for, for streams
 * @param stall for how long a client may take nothing of its response
 * @param json for problems
 * @param clocks the time
 * @param executor where what may take long is done
 */
record Proxy(
        Lines lines,
        Upstream upstream,
        Heads heads,
        Instructions grip,
        Fetches fetches,
        Duration stall,
        Json json,
        Clocks clocks,
        Executor executor) {}
