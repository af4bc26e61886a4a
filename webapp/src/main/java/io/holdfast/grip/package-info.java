/**
 * GRIP: a backend instructs the proxy to hold its response on channels; a publisher to such a channel releases or extends it.
 *
 * <p>Start at {@code GripRoom}, to which the proxy hands instructions. A {@code ResponseHold} ends with the first item that concerns
 * it; a {@code StreamHold} continues with every one. Both are subscribed to topics. A {@code Topic} is followed at this member, in a
 * channel of this room's own, from the first hold until a minute after the last. So its items arrive in order and once, wherever
 * they were published and whichever signals are lost. {@code PublishResource} publishes them.
 *
 * <p>Two inner rooms are pure: {@code grip.instruct} reads instructions, {@code grip.item} reads what is published and decides what
 * of it a held request receives. The signatures both ways are {@code access.token}'s.
 *
 * <p>Promises:
 * <ul>
 *   <li>Nothing is missed between the backend's answer and the hold. If an item came meanwhile, or one that the backend did not
 *       know, the backend is asked again.
 *   <li>An item is on the primary and its backups before its publisher is answered.
 *   <li>A client cannot forge an instruction, nor a header of GRIP.
 * </ul>
 *
 * <p>May use its inner rooms, {@code kernel}, {@code channel}, {@code access}, {@code access.token}, {@code concurrent},
 * {@code waiter}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.grip;

import org.jspecify.annotations.NullMarked;
