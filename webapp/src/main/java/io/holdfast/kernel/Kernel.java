// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.kernel;

import io.holdfast.access.Access;
import io.holdfast.cluster.Cluster;
import io.holdfast.http.message.Json;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Waiters;
import java.util.concurrent.Executor;

/**
 * The parts of the process that all feature rooms share.
 *
 * @param cluster this process's member, which is running
 * @param waiters the held requests
 * @param access the rules that say which caller may do what
 * @param json writes and reads JSON
 * @param clocks the time and the timer
 * @param executor runs releases and completions; its threads are few and must not block
 */
public record Kernel(Cluster cluster, Waiters waiters, Access access, Json json, Clocks clocks, Executor executor) {}
