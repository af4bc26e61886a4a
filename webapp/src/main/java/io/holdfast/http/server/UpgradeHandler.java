// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.http.HttpUpgradeHandler;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes a connection over from the server, which makes one for each. */
public abstract class UpgradeHandler implements HttpUpgradeHandler {
    private volatile @Nullable Terms terms;

    /**
     * The ends of a connection, and its user.
     *
     * @param remote the peer's address
     * @param local ours
     * @param user runs once, when the server gives the connection away
     */
    public record Terms(SocketAddress remote, SocketAddress local, Consumer<Upgraded> user) {}

    /** Sets the terms, before the server calls anything. */
    final void agree(Terms agreed) {
        terms = agreed;
    }

    final Terms terms() {
        Terms agreed = terms;
        if (agreed == null) throw new IllegalStateException("The request is still being answered");
        return agreed;
    }
}
