/**
 * Clustered counters you can wait on: {@code GET ?last=N} is held until the counter is no longer N, {@code POST} increments.
 *
 * <p>Start at {@link io.holdfast.counter.Counters}. The state is one map of {@code Tally} records. Only the entry processor
 * {@code AddToTally} changes them, and only {@code TallyStore} holds the map.
 *
 * <p>Promises:
 * <ul>
 *   <li>An acknowledged increment is on the primary and its backups. It is applied once, even if the cluster had to be asked
 *       twice. If that cannot be known, the answer says that the outcome is unknown.
 *   <li>After a split, a counter is the join of both sides: no acknowledged increment is lost, and the value is not below any that
 *       either side has shown.
 *   <li>Each value that a reader gets is on the backups too, so the loss of a member does not step a counter back.
 * </ul>
 *
 * <p>If a caller repeats an increment, the room does not promise that it is applied once. A waiter need not see every value; it gets
 * the newest.
 *
 * <p>May use {@code kernel}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.counter;

import org.jspecify.annotations.NullMarked;
