// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.IOException;

/** A message is not HTTP/1.1, or uses a feature that this client does not support. */
public final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1;

    public MalformedMessageException(String message) {
        super(message);
    }
}
