// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.access.token.TokenKey;
import io.holdfast.grip.Held;
import io.holdfast.grip.Instructions;
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import java.util.Optional;

/** Adds nothing to requests to backends, and must get no instruction to follow: other tests have instructions. */
class Uninstructed implements Instructions {
    @Override
    public Headers announcement(Optional<String> issuer, Optional<TokenKey> key) {
        return Headers.NONE;
    }

    @Override
    public boolean isFromUpstream(Headers headers) {
        return false;
    }

    @Override
    public Optional<PassedResponse> beginning(Held held, int status, Headers headers) {
        throw new AssertionError("nobody instructs");
    }

    @Override
    public void goOn(Held held, int status, Headers headers, HeldStream begun) {
        throw new AssertionError("nobody instructs");
    }

    @Override
    public void take(Held held, int status, Headers headers, byte[] body) {
        throw new AssertionError("nobody instructs");
    }
}
