// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** HTTP over bare sockets: requests and answers are exact to the byte, and an answer may take a long time. */
public final class Http {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI server;

    /** A client of the server at that address; paths are below the path of it. */
    public Http(URI server) {
        this.server = server;
    }

    /** The header that shows these credentials. */
    public static String basic(String pair) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a request; its answer is there when it is there. */
    public Exchange send(String method, String path, String... headers) {
        String lines = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        return raw(method + " " + server.getPath() + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + lines + "\r\n");
    }

    /** Sends these very characters. */
    public Exchange raw(String text) {
        try {
            return new Exchange(new Socket(InetAddress.getLoopbackAddress(), server.getPort()), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of the server, for clients of another kind. */
    public int port() {
        return server.getPort();
    }

    /** The path with which this server's paths begin. */
    public String context() {
        return server.getPath();
    }

    /** The answer of a {@code GET}. */
    public Response get(String path, String... headers) {
        return send("GET", path, headers).response();
    }

    /** The answer of a {@code POST} without a body. */
    public Response post(String path) {
        return send("POST", path, "Content-Length: 0").response();
    }

    /** Sends a request with a body of its own length; its answer is there when it is there. */
    public Exchange send(String method, String path, byte[] body, String... headers) {
        String[] all = Stream.concat(Stream.of(headers), Stream.of("Content-Length: " + body.length))
                .toArray(String[]::new);
        Exchange exchange = send(method, path, all);
        exchange.write(body);
        return exchange;
    }

    /** A request that is on its way. */
    public static final class Exchange implements AutoCloseable {
        private final Socket socket;
        private final StringBuilder come = new StringBuilder(); // read and not used yet, a character for each byte

        private Exchange(Socket socket, String text) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends more of the request. */
        public void write(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reads until this text has come, within the test's patience; all that has come since the last such call. */
        public String until(String text) {
            String wanted = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            byte[] chunk = new byte[1 << 16];
            try {
                for (int at = come.indexOf(wanted); at < 0; at = come.indexOf(wanted, at)) {
                    at = Math.max(0, come.length() - wanted.length());
                    int read = socket.getInputStream().read(chunk);
                    if (read < 0) throw new AssertionError("'" + text + "' has not come, but the end, after:\n" + come);
                    come.append(new String(chunk, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("'" + text + "' has not come, but only:\n" + come, e);
            }
            int end = come.indexOf(wanted) + wanted.length();
            byte[] all = come.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
            come.delete(0, end);
            return new String(all, StandardCharsets.UTF_8);
        }

        /** Whether the first byte of an answer has come. */
        public boolean isAnswered() {
            try {
                return socket.getInputStream().available() > 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reads the rest until the server closes. */
        public String rest() {
            try (socket) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                socket.getInputStream().transferTo(all);
                return come + all.toString(StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Waits for the whole answer. */
        public Response response() {
            return Response.of(new String(bytes(), StandardCharsets.UTF_8));
        }

        /** Reads all bytes until the server closes. */
        public byte[] bytes() {
            try (socket) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                socket.getInputStream().transferTo(all);
                return all.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Vanishes: with a reset where possible, as when a device loses power and restarts. */
        public void vanish() {
            if (socket.isClosed()) return;
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            vanish();
        }
    }

    /**
     * A whole answer.
     *
     * @param status the status
     * @param headers by name in lower case
     * @param body the bytes after the headers, put together if they arrived in chunks
     */
    public record Response(int status, Map<String, List<String>> headers, String body) {

        private static Response of(String text) {
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) throw new AssertionError("not an answer: '" + text + "'");
            String[] lines = text.substring(0, end).split("\r\n");
            Map<String, List<String>> headers = Stream.of(lines)
                    .skip(1)
                    .map(line -> line.split(":\\s*", 2))
                    .collect(Collectors.groupingBy(
                            pair -> pair[0].toLowerCase(Locale.ROOT),
                            TreeMap::new,
                            Collectors.mapping(pair -> pair[1], Collectors.toList())));
            String rest = text.substring(end + 4);
            boolean chunked =
                    headers.getOrDefault("transfer-encoding", List.of()).contains("chunked");
            return new Response(Integer.parseInt(lines[0].split(" ", -1)[1]), headers, chunked ? joined(rest) : rest);
        }

        private static String joined(String chunks) {
            StringBuilder all = new StringBuilder();
            int at = 0;
            while (at < chunks.length()) {
                int line = chunks.indexOf("\r\n", at);
                int size = Integer.parseInt(chunks.substring(at, line), 16);
                all.append(chunks, line + 2, line + 2 + size);
                at = line + 2 + size + 2;
            }
            return all.toString();
        }

        /** The header, or nothing. */
        public String header(String name) {
            return String.join(", ", headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
        }
    }
}
