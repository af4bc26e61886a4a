/**
 * The kernel as a feature room is given it.
 *
 * <p>Start at {@link io.holdfast.kernel.Kernel}. The room holds nothing of its own: it names, once, the parts that every
 * feature room needs, so that a new room takes one argument and its options.
 *
 * <p>May use {@code access}, {@code waiter}, {@code cluster}, {@code http} and {@code time}.
 */
@NullMarked
package io.holdfast.kernel;

import org.jspecify.annotations.NullMarked;
