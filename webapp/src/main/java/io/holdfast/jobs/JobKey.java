// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

/**
 * What is remembered of an {@code Idempotency-Key}.
 *
 * @param request what was asked with it, as a fingerprint
 * @param job the name of the job, whether it was created or not
 * @param since when it was first used, in epoch milliseconds
 */
record JobKey(String request, String job, long since) {}
