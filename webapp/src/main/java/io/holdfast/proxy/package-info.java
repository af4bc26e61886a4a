/**
 * The proxy: requests go to configured backends, which may be away for a while.
 *
 * <p>{@code RoutesWatch} reads the routes file with {@code RoutesFile} and provides the present {@code RouteTable}. When the file
 * changes, it replaces the table. A {@code Route} says which requests it is for, how it changes them and how long they may wait. A
 * {@code Target} says where they go.
 *
 * <p>A request is a {@code ProxiedRequest}. It waits for its {@code Admission} in the {@code BackendQueues}, which know whether each
 * {@code Backend} accepts connections. The {@code BackendOrigin} sends the request on a connection of the {@code Connector}. The response
 * goes back, unless it is an instruction, which room {@code grip} follows. {@code ForwardedHeaders} has the rules for headers.
 * {@code HealthChecks} checks backends regularly.
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
 * <p>May use {@code grip} and its {@code instruct}, {@code flow}, {@code access} and its {@code token}, {@code cluster},
 * {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
