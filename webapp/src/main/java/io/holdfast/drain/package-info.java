/**
 * Taking a member out of service before it stops, so that nobody notices.
 *
 * <p>Start at {@link io.holdfast.drain.Drain}, the one mechanism: readiness goes off first, while everything is served. Then no more
 * requests are held, and only then the held ones are answered. {@link io.holdfast.drain.DrainResource} and
 * {@link io.holdfast.drain.DrainControl} are the switches over HTTP and JMX.
 *
 * <p>Promises: each step is taken once and in that order. A drain can be taken back as long as everything is served.
 *
 * <p>May use {@code access}, {@code waiter}, {@code http} and {@code config}.
 */
@NullMarked
package io.holdfast.drain;

import org.jspecify.annotations.NullMarked;
