/**
 * The cluster: one embedded Hazelcast member, its life, and what it may be trusted with at this moment.
 *
 * <p>Start at {@link io.holdfast.cluster.Cluster}. {@link io.holdfast.cluster.Signals} tells the other members that a key has
 * changed; signals are hints that may be lost, doubled or late. {@link io.holdfast.cluster.MemberTrust} says whether this member
 * may speak for the state at all. A room keeps replicated {@link io.holdfast.cluster.Records}, changes them by
 * {@linkplain io.holdfast.cluster.Step steps} through a {@link io.holdfast.cluster.StepStore}, and gives each record that travels a
 * {@linkplain io.holdfast.cluster.RecordWire wire form}.
 *
 * <p>Promises: nothing joins unless told to; the member binds the named interface only; only Holdfast's own types are
 * deserialized; a member that was paused, is merging, or sees fewer members than the configured minimum vouches for nothing;
 * after {@link io.holdfast.cluster.Cluster#close} no thread is left. It does not promise members that authenticate each other:
 * the network of the member port must be trusted.
 *
 * <p>May use {@code config} and {@code time}. Outside this room only a room's hidden store, commands and wire class import
 * Hazelcast.
 */
@NullMarked
package io.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
