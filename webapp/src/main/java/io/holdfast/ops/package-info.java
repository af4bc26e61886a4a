/**
 * The view for operators: health, metrics for Prometheus, and the same metrics over JMX.
 *
 * <p>Start at {@link io.holdfast.ops.OpsRoom}. The room pulls what the other rooms report and changes nothing; no room knows it.
 * {@code /health/live} never depends on the cluster, {@code /health/ready} does.
 *
 * <p>May use every room but {@code boot}.
 */
@NullMarked
package io.holdfast.ops;

import org.jspecify.annotations.NullMarked;
