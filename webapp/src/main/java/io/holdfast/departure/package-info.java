/**
 * The clients that have left while nothing is read from them or written to them, which no server reports.
 *
 * <p>Start at {@link io.holdfast.departure.Departures}. On Linux, the kernel's table of TCP connections shows which connections are still
 * open. A sweep of the table ends the holds of the others.
 *
 * <p>Promises: a hold is ended only if its connection was once in the table, or no server in between can have hidden it. It is ended if the
 * client has closed its side, or if two sweeps in a row do not find the connection. A row costs no garbage. No thread waits.
 *
 * <p>May use {@code time}.
 */
@NullMarked
package io.holdfast.departure;

import org.jspecify.annotations.NullMarked;
