/**
 * Tests of the archive as shipped: separate processes behind a load balancer, and their faults.
 *
 * <p>Start at {@link io.holdfast.faults.KillIT}. A {@link io.holdfast.faults.Member} is one process, and a {@link io.holdfast.faults.Trio}
 * is three of them in one cluster. A {@link io.holdfast.faults.Balancer} is HAProxy or nginx with the sample configurations that ship. A
 * {@link io.holdfast.faults.Crowd} has the clients, and a {@link io.holdfast.faults.Ledger} checks that their answers can all be true.
 * Everything that a test starts ends with it. Logs stay in {@code target/processes}.
 */
@NullMarked
package io.holdfast.faults;

import org.jspecify.annotations.NullMarked;
