/**
 * The kernel: requests that wait for a key to move past the state that their client has seen.
 *
 * <p>Start at {@link io.holdfast.waiter.Waiters}. A waiter waits for a key, with a deadline, and ends exactly once. The room
 * knows neither HTTP nor the cluster and lives in one JVM.
 *
 * <p>Promises:
 * <ul>
 *   <li><b>One ending.</b> Every ending (released, timed out, gone, refused, drained) closes one door. The winner cancels the
 *       timer, unlinks the waiter and then, outside any lock, calls the sink. Losers do nothing.
 *   <li><b>No lost wake-up,</b> if callers keep the order: {@linkplain io.holdfast.waiter.Waiters#hold register} first, then
 *       read the state and {@linkplain io.holdfast.waiter.Waiter#offer offer} it. A change before the registration is in the
 *       state that is read; a change after it arrives as a {@linkplain io.holdfast.waiter.Waiters#release release}.
 *   <li><b>No foreign code under a lock,</b> and none on the thread that releases: sinks run in batches on the executor.
 * </ul>
 *
 * <p>It does not promise that a released client received anything; only its next request can tell.
 *
 * <p>May use {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.waiter;

import org.jspecify.annotations.NullMarked;
