// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/** One hint: a key of a room, and its new state in that room's form; and the number under which a reply is wanted, or 0. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Signal(String room, String name, byte[] state, long question) {}
