// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import org.jspecify.annotations.Nullable;

/** The answer of a turn: the job as it is now, if there is one. */
record JobTurned(@Nullable Job job) {}
