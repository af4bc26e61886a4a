// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.IOException;

/** The peer of a connection does not accept the bytes that are written to it. */
public final class PeerException extends IOException {
    private static final long serialVersionUID = 1;

    PeerException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
