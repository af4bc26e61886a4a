// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/** Which members may join, and what is said about it in the log. Start at {@link io.holdfast.cluster.join.HazelcastLog}. */
@NullMarked
package io.holdfast.cluster.join;

import org.jspecify.annotations.NullMarked;
