// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/**
 * Which members may join, which of them nobody has named, and what Hazelcast logs. Start at
 * {@link io.holdfast.cluster.join.JoinCheck}.
 */
@NullMarked
package io.holdfast.cluster.join;

import org.jspecify.annotations.NullMarked;
