// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend that answers each path by a script, byte by byte, and remembers its requests. */
final class Script implements AutoCloseable {
    private final ServerSocket listener;
    private final Map<String, Answer> answers;
    private final Map<String, List<Raw.Message>> asked = new ConcurrentHashMap<>();

    /** The bytes of a response. No bytes are a closed connection. */
    @FunctionalInterface
    interface Answer {
        String to(Raw.Message request);
    }

    /** Starts a backend with these scripts. The map may grow. */
    Script(Map<String, Answer> answers) throws IOException {
        this.answers = answers;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The requests for that path. */
    List<Raw.Message> asked(String path) {
        return asked.computeIfAbsent(path, p -> new CopyOnWriteArrayList<>());
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                run(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private void serve(Socket connection) {
        try (Raw raw = Raw.on(connection)) {
            Raw.Message request = raw.request();
            String path = request.first().split(" ", -1)[1].split("\\?", 2)[0];
            asked(path).add(request);
            raw.send(answers.getOrDefault(path, r -> answer("404 Not Found", "", "no such path"))
                    .to(request));
        } catch (IOException gone) {
            // The proxy has closed the connection.
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "script");
        thread.setDaemon(true);
        thread.start();
    }

    /** A whole answer that closes the connection. Header lines end with a line feed. */
    static String answer(String status, String headers, String body) {
        return head(status, headers + "Content-Length: " + body.length() + "\n") + body;
    }

    /** The head of an answer. */
    static String head(String status, String headers) {
        return "HTTP/1.1 " + status + "\r\n" + headers.replace("\n", "\r\n") + "Connection: close\r\n\r\n";
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
