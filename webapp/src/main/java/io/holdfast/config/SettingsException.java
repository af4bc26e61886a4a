// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings are wrong: every fault, a line each. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** For these faults, a sentence each. */
    public SettingsException(List<String> faults, @Nullable Throwable cause) {
        super("The settings are wrong:\n  " + String.join("\n  ", faults), cause);
    }
}
