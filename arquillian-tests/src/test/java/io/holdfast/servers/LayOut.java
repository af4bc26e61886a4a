// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Lays out the servers of this run before Arquillian reads its settings. */
public final class LayOut implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (System.getProperty("servers.server") == null) return;
        try {
            Shipped.layOut();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
