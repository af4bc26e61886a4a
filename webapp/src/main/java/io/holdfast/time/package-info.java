/**
 * Clocks and the one timer, injected everywhere so that tests never sleep; and threads for what is done beside.
 *
 * <p>Start at {@link io.holdfast.time.Timer}. Three kinds of time are kept apart: {@link java.time.InstantSource} is the wall
 * clock, for humans and headers; {@link io.holdfast.time.Ticker} is monotonic, for durations, and its readings never leave
 * their JVM; {@link io.holdfast.time.Timer} runs something later.
 *
 * <p>May use no other room.
 */
@NullMarked
package io.holdfast.time;

import org.jspecify.annotations.NullMarked;
