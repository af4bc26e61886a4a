/**
 * The archive as shipped, as separate processes behind a load balancer, and what can go wrong with them.
 *
 * <p>Start at {@link io.holdfast.faults.KillIT}. The kit: {@link io.holdfast.faults.Member} is one process,
 * {@link io.holdfast.faults.Trio} three in one cluster, {@link io.holdfast.faults.Balancer} HAProxy or nginx with the sample
 * configurations that ship, {@link io.holdfast.faults.Crowd} the clients, {@link io.holdfast.faults.Ledger} what they were told
 * and whether it can be true. Everything a test starts ends with it; logs stay in {@code target/processes}.
 */
@NullMarked
package io.holdfast.faults;

import org.jspecify.annotations.NullMarked;
