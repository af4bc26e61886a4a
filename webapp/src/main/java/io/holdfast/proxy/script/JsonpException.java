// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

/** Thrown where a request for JSONP cannot be taken; the message is the line that is answered with 400. */
public final class JsonpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JsonpException(String message) {
        super(message, null, false, false);
    }
}
