// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Forgets, after each test, the error that the test has thrown on purpose, because tests of other classes run in the same process. */
public final class Forgetful implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) {
        OutOfMemory.forget();
    }
}
