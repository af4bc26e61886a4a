// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Refusal;
import java.io.IOException;

/** Serves one method of one path: answers, holds, or throws a {@link Refusal}. Must not block. */
@FunctionalInterface
public interface Handler {

    /** Serves the call. */
    void serve(Call call) throws IOException;
}
