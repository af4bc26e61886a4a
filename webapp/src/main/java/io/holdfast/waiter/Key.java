// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/**
 * What a waiter waits for: a name within a room.
 *
 * @param room the room whose state it is, such as {@code counter}
 * @param name the name within that room
 * @param <S> the state that the key moves through, as the room hands it to its waiters
 */
@SuppressWarnings("UnusedTypeParameter") // it ties what waits for a key to what is told about it
public record Key<S>(String room, String name) {}
