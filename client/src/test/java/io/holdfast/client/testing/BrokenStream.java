// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.testing;

import java.io.IOException;
import java.io.InputStream;

/** A stream of which every read fails. */
public final class BrokenStream extends InputStream {
    public static final String MESSAGE = "this breaks off";

    @Override
    public int read() throws IOException {
        throw new IOException(MESSAGE);
    }
}
