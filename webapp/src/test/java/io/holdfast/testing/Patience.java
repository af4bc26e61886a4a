// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a condition a minute to come true, unless its test names another bound. A machine may be busy with other work for longer than the
 * ten seconds of Awaitility.
 */
public final class Patience implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
