/**
 * The proxy: requests go to configured backends, which may be away for a while.
 *
 * <p>{@code RoutesWatch} reads the routes file by {@code RoutesFile}, hands out the {@code RouteTable} of the moment and puts another
 * one in its place when the file changes. A {@code Route} says which requests it is for, how they are changed on their way and how
 * long they may wait; a {@code Target} says where they go.
 *
 * <p>A request is a {@code ProxiedRequest}. It waits for its {@code Admission} in the {@code BackendQueues}, which know of each {@code
 * Backend} whether it lets anybody in. The {@code BackendOrigin} sends it on a connection of the {@code Connector}; its response goes
 * back, or is an instruction, which room {@code grip} follows. {@code ForwardedHeaders} are the rules for headers.
 * {@code HealthChecks} look after backends while nobody asks.
 *
 * <p>Promises:
 * <ul>
 *   <li>Only the targets of the file are ever contacted, whatever a request or a response says.
 *   <li>A file with a bad line never replaces one that is in use.
 *   <li>No thread waits: not for a client, not for a backend, not for an admission. Memory for a request is bounded, however long its body
 *       and its response are.
 *   <li>Who came first is let in first. A backend that is away is tried by one request at a time.
 *   <li>What may have had an effect is not sent again, unless its client or its route says that it may be.
 * </ul>
 *
 * <p>May use {@code grip} and its {@code instruct}, {@code flow}, {@code access} and its {@code token}, {@code cluster},
 * {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
