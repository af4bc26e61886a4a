// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

/**
 * The first line of a request.
 *
 * @param method the method
 * @param target the path within the queue, and the query
 * @param isHttp11 whether the client speaks HTTP/1.1 or later, so that it understands chunks and interim responses
 */
record RequestLine(String method, String target, boolean isHttp11) {}
