// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Backends: whether they accept connections, who may use them next, and the connections to them. Start at
 * {@link io.holdfast.proxy.backend.BackendQueues}.
 *
 * <p>A request waits for its {@code Admission} in the {@code BackendQueues}, which know the state of each {@code Backend}. The
 * {@code BackendOrigin} sends it on a connection of the {@code Connector}. {@code HealthChecks} checks backends regularly.
 *
 * <p>Promises:
 * <ul>
 *   <li>Requests are admitted in the order in which they came. One request at a time tries a backend that is down.
 *   <li>No thread waits for a backend or an admission.
 * </ul>
 *
 * <p>May use {@code proxy.routes}, {@code flow}, {@code http}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy.backend;

import org.jspecify.annotations.NullMarked;
