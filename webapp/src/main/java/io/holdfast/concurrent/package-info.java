/**
 * Concurrency habits, each with a name: state that several threads race for is guarded by one of these, not by hand.
 *
 * <ul>
 *   <li>{@link io.holdfast.concurrent.SerialTask}: the first caller does the work, later callers leave word. Over it stand
 *       {@link io.holdfast.concurrent.SerialQueue}, for tasks that run in order, and {@link io.holdfast.concurrent.SerialCall},
 *       for calls of which one at most is on its way.
 *   <li>{@link io.holdfast.concurrent.ClosingReference}: closes what is made for an owner that has ended meanwhile.
 *   <li>{@link io.holdfast.concurrent.StallWatch}: reports that something awaited has made no progress for too long.
 * </ul>
 *
 * <p>Promises: no lock is held while foreign code runs. No call recurses, however many callers there are. A task that fails stops
 * neither its successors nor its callers.
 *
 * <p>May use {@code time}.
 */
@NullMarked
package io.holdfast.concurrent;

import org.jspecify.annotations.NullMarked;
