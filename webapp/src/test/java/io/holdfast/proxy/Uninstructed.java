// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.grip.GripKey;
import io.holdfast.grip.Held;
import io.holdfast.grip.Instructions;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Relayed;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells backends nothing, and must be given nothing to follow: that is tested with instructions. */
class Uninstructed implements Instructions {
    @Override
    public List<Map.Entry<String, String>> announcement(Optional<String> issuer, Optional<GripKey> key) {
        return List.of();
    }

    @Override
    public boolean isFromUpstream(List<Map.Entry<String, String>> headers) {
        return false;
    }

    @Override
    public Optional<Relayed> beginning(Held held, int status, List<Map.Entry<String, String>> headers) {
        throw new AssertionError("nobody instructs");
    }

    @Override
    public void goOn(Held held, int status, List<Map.Entry<String, String>> headers, HeldStream begun) {
        throw new AssertionError("nobody instructs");
    }

    @Override
    public void take(Held held, int status, List<Map.Entry<String, String>> headers, byte[] body) {
        throw new AssertionError("nobody instructs");
    }
}
