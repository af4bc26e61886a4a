/**
 * GRIP: a backend answers with instructions to hold its response, and whoever publishes to a channel completes what is held on it.
 *
 * <p>Start at {@code GripRoom}: the proxy gives it what is instructed. A {@code ResponseHold} ends with the first item that concerns
 * it, a {@code StreamHold} goes on with every one. Both are subscribed to topics: a {@code Topic} is followed at this member, in a
 * channel of this room's own, from the first hold until a minute after the last, so that its items come in order and once, wherever
 * they were published and whatever signals are lost. {@code PublishResource} is where they are published.
 *
 * <p>The rest is pure: {@code InstructParser} reads the instructions, {@code PublishRequest} what is published,
 * {@code Filters} and {@code Responses} say what a held request gets of it, {@code Sequencer} in which order. What they understand
 * and the words in which they refuse are Pushpin's; {@code GripSig} and {@code PublishAuth} are the signatures both ways. Header
 * values are characters of one byte each, as servers and clients of HTTP give and take them.
 *
 * <p>Promises:
 * <ul>
 *   <li>Nothing is missed between the backend's answer and the hold: where an item came meanwhile, or one that the backend did not
 *       know, the backend is asked again.
 *   <li>An item is on the primary and its backups before its publisher is answered.
 *   <li>A client cannot forge an instruction, nor a header of GRIP.
 * </ul>
 *
 * <p>May use {@code kernel}, {@code channel}, {@code access}, {@code waiter}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.grip;

import org.jspecify.annotations.NullMarked;
