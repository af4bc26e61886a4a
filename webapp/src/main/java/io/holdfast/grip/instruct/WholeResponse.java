// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.http.message.Headers;

/**
 * A whole response.
 *
 * @param status from 0 to 999, as the protocol allows
 * @param reason the reason phrase; empty if it is not known
 * @param headers the lines in their order, values of one character per byte
 * @param body the bytes; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record WholeResponse(int status, String reason, Headers headers, byte[] body) {}
