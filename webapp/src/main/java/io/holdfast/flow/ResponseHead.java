// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.message.Headers;

/**
 * The head of a response.
 *
 * @param status the HTTP status
 * @param headers the headers, without those that concern one connection
 * @param length the length of the body in bytes; 0 if there is none, -1 if it is unknown
 */
public record ResponseHead(int status, Headers headers, long length) {}
