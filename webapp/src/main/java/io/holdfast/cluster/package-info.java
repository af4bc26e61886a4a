/**
 * The cluster: one embedded Hazelcast member, its life cycle, and whether it can be trusted at this moment.
 *
 * <p>Start at {@link io.holdfast.cluster.Cluster}. The {@link io.holdfast.cluster.Signals} send the other members hints that a key has
 * changed; a hint may be lost, doubled or late. The class {@link io.holdfast.cluster.MemberTrust} says whether this member may vouch for
 * the state at all. A room keeps replicated {@link io.holdfast.cluster.Records}, and changes them by
 * {@linkplain io.holdfast.cluster.Step steps} through a {@link io.holdfast.cluster.StepStore}. It gives each record that travels a
 * {@linkplain io.holdfast.cluster.RecordWire wire form}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A member joins others only if it is configured to, and binds only the named interface.
 *   <li>Only Holdfast's own types are deserialized.
 *   <li>A member that was paused, is merging, or sees fewer members than the configured minimum vouches for nothing.
 *   <li>After {@link io.holdfast.cluster.Cluster#close}, no thread is left.
 * </ul>
 * Members do not encrypt what they send each other: the network of the member port must be trusted.
 *
 * <p>May use {@code config} and {@code time}. Outside this room, only the hidden store, commands and wire class of a room
 * import Hazelcast.
 */
@NullMarked
package io.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
