// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

/**
 * A delivery of a camera, as the cluster knows it. Its bytes are kept apart, in pieces.
 *
 * @param id its name, never used again
 * @param answers the newest question that was asked before its delivery began
 * @param bytes how many it has
 * @param pieces in how many pieces
 * @param time when it was complete, in epoch milliseconds
 */
record Dump(String id, long answers, int bytes, int pieces, long time) {}
