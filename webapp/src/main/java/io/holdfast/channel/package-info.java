/**
 * Channels: logs of events that any member can be published to, read, followed and replayed.
 *
 * <p>Start at {@link io.holdfast.channel.ChannelRoom}. The package itself has the paths, bodies and streams. Its inner room
 * {@code channel.core} publishes, reads and waits, and {@code channel.log} has the replicated record. A stream ({@code ChannelStream})
 * is a reader that is held again and again.
 *
 * <p>Promises:
 * <ul>
 *   <li>An acknowledged event is on the primary and its backups, once however often its publication was sent. If the outcome cannot be
 *       known, the publisher is informed.
 *   <li>The ids of a channel only grow. A reader with a cursor gets every later event that is kept, in order, at least once. If events
 *       are missing, the reader is informed of the gap.
 *   <li>After a split, a channel has the events of both sides. Events of one side whose numbers the other side used too appear again
 *       under new numbers.
 *   <li>Everything that a reader sees is on the backups too.
 * </ul>
 * It promises neither that nothing is shown twice nor that a released reader has received its answer.
 *
 * <p>May use its inner rooms, {@code kernel}, {@code access}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and
 * {@code time}, and the inner rooms of these.
 */
@NullMarked
package io.holdfast.channel;

import org.jspecify.annotations.NullMarked;
