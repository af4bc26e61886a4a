/**
 * Clustered counters you can wait on: {@code GET ?last=N} is held until the counter is no longer N, {@code POST} increments.
 *
 * <p>Start at {@link io.holdfast.counter.Counters}. State lives in one map of {@code Tally} records, changed only by the entry
 * processor {@code AddToTally}; {@code TallyStore} is the only class that holds the map.
 *
 * <p>Promises:
 * <ul>
 *   <li>An acknowledged increment is on the primary and its backups. It is applied once, also when the cluster had to be asked
 *       twice; where that cannot be known, the caller is told that the outcome is unknown.
 *   <li>After a split, a counter is the join of both sides: no acknowledged increment is lost, and the value is not below what
 *       either side has shown.
 *   <li>What a reader is shown is on the backups too, so the loss of a member does not step a counter back.
 * </ul>
 * It does not promise exactly-once across a caller's own repeats, nor that every value is seen: a waiter is shown the newest.
 *
 * <p>May use {@code kernel}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.counter;

import org.jspecify.annotations.NullMarked;
