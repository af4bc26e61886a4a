/**
 * The proxy: requests go to configured backends, which may be away for a while.
 *
 * <p>The inner room {@code proxy.routes} reads the routes file: a {@code Route} says which requests it is for, how it changes them and
 * how long they may wait, and a {@code Target} says where they go. The inner room {@code proxy.backend} knows the backends.
 *
 * <p>A request is a {@code ProxiedRequest}. When it has its admission, the {@code BackendOrigin} sends it. The response goes
 * back, unless it is an instruction, which {@code GripGate} hands to room {@code grip}. The rules for headers are in
 * {@code ForwardedHeaders}.
 *
 * <p>Promises:
 * <ul>
 *   <li>Only the targets of the file are ever contacted, whatever a request or a response says.
 *   <li>A file with a bad line never replaces one that is in use.
 *   <li>No thread waits for a client, a backend or an admission. The memory for a request is bounded, however long its body and its
 *       response are.
 *   <li>Requests are admitted in the order in which they came. One request at a time tries a backend that is down.
 *   <li>A request that may have had an effect is not sent again, unless its client or its route allows it.
 * </ul>
 *
 * <p>May use its inner rooms, {@code grip} and its {@code instruct}, {@code flow}, {@code access} and its {@code token}, {@code cluster},
 * {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
