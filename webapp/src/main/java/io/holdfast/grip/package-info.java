/**
 * GRIP: a backend answers with instructions to hold its response, and whoever publishes to a channel completes what is held on it.
 *
 * <p>So far the room has what is pure: {@code InstructParser} reads the instructions, {@code PublishRequest} what is published,
 * {@code Filters} and {@code Responses} say what a held request gets of it, {@code Sequencer} in which order. What they understand
 * and the words in which they refuse are Pushpin's; {@code GripSig} and {@code PublishAuth} are the signatures both ways.
 *
 * <p>Nothing here waits, locks, sends or reads a clock. Header values are characters of one byte each, as servers and clients of
 * HTTP give and take them; {@code Headers} says what of them is UTF-8.
 *
 * <p>Uses no other room.
 */
@NullMarked
package io.holdfast.grip;

import org.jspecify.annotations.NullMarked;
