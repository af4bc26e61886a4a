// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Pushpin from its Debian package, with files and ports of its own. */
final class Pushpin implements AutoCloseable {
    private static final Path CONFIG = Path.of("/etc/pushpin/pushpin.conf"),
            INTERNAL = Path.of("/usr/lib/pushpin/internal.conf");

    private final Spawned process;
    private final int port = Ports.free(), control = Ports.free();

    Pushpin(String name, String routes) {
        need();
        Path folder = Spawned.folder(name);
        process = Spawned.start(name, List.of("pushpin", "--config=" + write(folder, routes)), Map.of());
        try {
            await("Pushpin listens")
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> listens(port) && listens(control));
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    private static void need() {
        for (Path file : List.of(CONFIG, INTERNAL, Path.of("/usr/bin/pushpin")))
            if (!Files.exists(file))
                throw new AssertionError(file + " is missing: install Debian's package with"
                        + " `apt-get install --no-install-recommends pushpin`, or run ./verify");
    }

    private Path write(Path folder, String routes) {
        try {
            Path internal = folder.resolve("internal.conf"), config = folder.resolve("pushpin.conf");
            // The package expects another service to run zurl.
            Files.writeString(
                    internal,
                    Files.readString(INTERNAL).replace("ipc:///var/run/zurl/", "ipc://{rundir}/{ipc_prefix}"));
            Files.writeString(folder.resolve("routes"), routes);
            Files.writeString(config, config(folder, internal));
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String config(Path folder, Path internal) throws IOException {
        Map<String, Object> changes = Map.ofEntries(
                Map.entry("include", internal),
                // Names of sockets must be short.
                Map.entry("rundir", Files.createTempDirectory("pushpin")),
                Map.entry("logdir", folder.resolve("log")),
                Map.entry("services", "condure,zurl,pushpin-proxy,pushpin-handler"),
                Map.entry("http_port", "127.0.0.1:" + port),
                Map.entry("push_in_http_port", control),
                Map.entry("push_in_spec", "tcp://127.0.0.1:" + Ports.free()),
                Map.entry("push_in_sub_specs", "tcp://127.0.0.1:" + Ports.free()),
                Map.entry("command_spec", "tcp://127.0.0.1:" + Ports.free()));
        String text = Files.readString(CONFIG);
        for (Map.Entry<String, Object> change : changes.entrySet())
            text = text.replaceAll("(?m)^" + change.getKey() + "=.*$", change.getKey() + "=" + change.getValue());
        return text;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    int control() {
        return control;
    }

    @Override
    public void close() {
        // Pushpin ends its own processes only if it is asked to terminate.
        if (process.isAlive()) process.signal("TERM");
        process.awaitEnd(Duration.ofSeconds(10));
        process.close();
    }
}
