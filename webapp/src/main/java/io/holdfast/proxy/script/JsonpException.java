// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

/** Thrown if a JSONP request is refused; the message is the body of the response with status 400. */
public final class JsonpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JsonpException(String message) {
        super(message, null, false, false);
    }
}
