// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Messages of HTTP/1.1 as bytes on a connection (RFC 9112), for the side that asks and for the side that answers. Internal: users must
 * not depend on this package, which may change with each release. Start at {@link io.holdfast.client.http1.MessageHead}.
 *
 * <p>Promises: a message with two readings is refused, and a body that breaks off is never taken for a whole one. Uses no other package
 * of the client.
 */
@NullMarked
package io.holdfast.client.http1;

import org.jspecify.annotations.NullMarked;
