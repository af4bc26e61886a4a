// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/**
 * A hint that a key has changed.
 *
 * @param room the room of the key
 * @param name the key
 * @param state its new state, in that room's form
 * @param question the number under which a reply is wanted, or 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Signal(String room, String name, byte[] state, long question) {}
