// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The build that runs here, as the build itself wrote it beside this class.
 *
 * @param version the version of the archive
 * @param commit the commit it was built from, followed by {@code -dirty} if files differed from it
 */
record BuildInfo(String version, String commit) {
    private static final String UNKNOWN = "unknown";

    /** Reads the file of the build; what is not in it is {@code unknown}. */
    static BuildInfo read() {
        Properties properties = new Properties();
        try (InputStream file = BuildInfo.class.getResourceAsStream("build.properties")) {
            if (file != null) properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The archive cannot be read: " + e.getMessage(), e);
        }
        return new BuildInfo(properties.getProperty("version", UNKNOWN), properties.getProperty("commit", UNKNOWN));
    }
}
