/**
 * Channels: logs of events that any member can be published to, read, followed and replayed.
 *
 * <p>Start at {@link io.holdfast.channel.ChannelRoom}. State lives in one map of {@code Log} records, changed only by the entry
 * processors {@code Command} and {@code Clear}; {@code LogStore} is the only class that holds the map. Whoever reads is held by
 * {@code Channels.await} until there is something; a stream ({@code ChannelStream}) is a reader who is held again and again.
 *
 * <p>Promises:
 * <ul>
 *   <li>An acknowledged event is on the primary and its backups, once however often its publication was sent. Where the outcome
 *       cannot be known, the publisher is told so.
 *   <li>The ids of a channel only grow. A reader with a cursor is given every later event that is kept, in order, at least once; or
 *       it is told that there is a gap.
 *   <li>After a split, a channel has the events of both sides. What one side has given the same numbers to comes again under new
 *       ones.
 *   <li>What a reader is shown is on the backups too.
 * </ul>
 * It does not promise that nothing is shown twice, nor that a released reader has received.
 *
 * <p>May use {@code kernel}, {@code access}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.channel;

import org.jspecify.annotations.NullMarked;
