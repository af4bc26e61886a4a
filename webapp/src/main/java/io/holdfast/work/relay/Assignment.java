// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

/**
 * A request that is given to a worker.
 *
 * @param token says which of two assignments of one request is the newer
 */
public record Assignment(Order order, long token) {}
