// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** The sources of a deployment's settings: system properties, the environment, a file in the server's configuration folder, and JNDI. */
final class SettingsSources {
    private static final String FILE = "holdfast.properties";

    private SettingsSources() {}

    static Settings open() {
        return Settings.open(System.getProperties(), System.getenv(), file(), SettingsSources::jndi);
    }

    /** The named file, which must exist; or, if none is named, the file in the server's configuration folder if it exists. */
    private static Optional<Path> file() {
        String named = System.getProperty("holdfast.config", System.getenv().getOrDefault("HOLDFAST_CONFIG", ""));
        if (!named.isEmpty()) return Optional.of(Path.of(named));
        return Stream.of(
                        below("catalina.base", "conf"),
                        below("jboss.server.config.dir", ""),
                        below("com.sun.aas.instanceRoot", "config"))
                .flatMap(Optional::stream)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static Optional<Path> below(String property, String folder) {
        return Optional.ofNullable(System.getProperty(property)).map(home -> Path.of(home, folder, FILE));
    }

    /** The value at {@code java:comp/env/holdfast/KEY}; the key never comes from a client. */
    @SuppressWarnings("BanJNDI")
    private static Optional<String> jndi(String key) {
        String name = "java:comp/env/holdfast/" + key.substring(key.indexOf('.') + 1);
        try {
            return Optional.ofNullable(new InitialContext().lookup(name)).map(Object::toString);
        } catch (NamingException absent) {
            return Optional.empty();
        }
    }
}
