/**
 * Items: what is published to a channel, its formats, the filters of its subscribers, and the order of delivery.
 *
 * <p>Start at {@link io.holdfast.grip.item.Item}; {@link io.holdfast.grip.item.PublishRequest} reads items from the body of a
 * publish request.
 *
 * <p>{@link io.holdfast.grip.item.Filters} decides what of an item a subscriber receives;
 * {@link io.holdfast.grip.item.Sequencer} restores the order that the items name.
 *
 * <p>Promises: everything here is pure and keeps no clock. The forms that are understood are those of Pushpin, and so are the
 * words of each refusal.
 *
 * <p>May use {@code http}.
 */
@NullMarked
package io.holdfast.grip.item;

import org.jspecify.annotations.NullMarked;
