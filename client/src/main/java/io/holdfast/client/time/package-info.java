// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Time and chance for this client, so that tests can replace both. Internal: users must not depend on this package, which may change
 * with each release. Start at {@link io.holdfast.client.time.Clocks}.
 *
 * <p>Promise: a closed {@link io.holdfast.client.time.Alarm} runs no task. Uses no other package of the client.
 */
@NullMarked
package io.holdfast.client.time;

import org.jspecify.annotations.NullMarked;
