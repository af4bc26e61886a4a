// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.Headers;

/**
 * The head of a response.
 *
 * @param status the HTTP status
 * @param headers those that concern one connection are not among them
 * @param length of the body, in bytes; 0 if there is none, -1 if that is not known
 */
public record ResponseHead(int status, Headers headers, long length) {}
