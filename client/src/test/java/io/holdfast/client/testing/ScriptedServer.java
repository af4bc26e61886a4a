// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on bare sockets that answers by a script, rightly or wrongly, and records the requests. After the end of the script it
 * holds a request until it is closed.
 */
public final class ScriptedServer implements AutoCloseable {

    /** A request that it received. */
    public record Request(String method, String target, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        public String line() {
            return method + " " + target;
        }
    }

    /** Answers a request; false if the server must close the connection afterwards. */
    @FunctionalInterface
    public interface Reply {
        boolean write(Request request, OutputStream out) throws IOException;
    }

    public final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Reply> script = new ConcurrentLinkedQueue<>();
    private final Map<String, Queue<Reply>> scripts = new ConcurrentHashMap<>();
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger gone = new AtomicInteger();
    private volatile Reply always;

    public ScriptedServer() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    public ScriptedServer then(Reply... replies) {
        script.addAll(List.of(replies));
        return this;
    }

    /** Sets the script of requests whose target begins like this. Other requests, and those after its end, use the common script. */
    public ScriptedServer at(String target, Reply... replies) {
        scripts.computeIfAbsent(target, t -> new ConcurrentLinkedQueue<>()).addAll(List.of(replies));
        return this;
    }

    /** Sets the answer to each request after the end of the script. */
    public ScriptedServer always(Reply reply) {
        always = reply;
        return this;
    }

    public List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    /** The number of connections that clients have closed while they were held. */
    public int gone() {
        return gone.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                Reply reply = next(request);
                if (reply == null) {
                    if (in.read() < 0) gone.incrementAndGet();
                    return;
                }
                if (!reply.write(request, socket.getOutputStream())) return;
            }
        } catch (IOException e) {
            // The client has left; the test checks what it did instead.
        }
    }

    private Reply next(Request request) {
        for (Map.Entry<String, Queue<Reply>> one : scripts.entrySet())
            if (request.target().startsWith(one.getKey()) && !one.getValue().isEmpty())
                return one.getValue().poll();
        Reply reply = script.poll();
        return reply == null ? always : reply;
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) return null;
        String[] words = first.split(" ", -1);
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.merge(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip(),
                    (one, other) -> one + "\n" + other);
        }
        byte[] body = headers.containsKey("transfer-encoding")
                ? chunks(in)
                : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Request(words[0], words[1], headers, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = size(in); size > 0; size = size(in)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static int size(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) throw new EOFException("A body in chunks breaks off.");
        return Integer.parseInt(line, 16);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') return line.toString(StandardCharsets.UTF_8).stripTrailing();
            line.write(next);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) socket.close();
    }

    // Replies.

    public static Reply answer(int status, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String length = status == 204 || status == 304 ? "" : "Content-Length: " + bytes.length + "\r\n";
        return raw("HTTP/1.1 " + status + " Because\r\n" + lines(headers) + length + "\r\n" + body, true);
    }

    private static String lines(String headers) {
        return headers.isEmpty() ? "" : headers.replace("\n", "\r\n") + "\r\n";
    }

    public static Reply raw(String text, boolean open) {
        return (request, out) -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return open;
        };
    }

    public static Reply page(String last, String... events) {
        return answer(
                200,
                "Content-Type: application/json\nETag: \"" + last + "\"",
                "{\"events\":[" + String.join(",", events) + "],\"last\":\"" + last + "\"}");
    }

    public static String event(String id, String data) {
        return "{\"id\":\"" + id + "\",\"channel\":\"orders\",\"time\":\"2026-11-21T10:15:30.123Z\","
                + "\"contentType\":\"text/plain\",\"data\":\"" + data + "\"}";
    }

    public static Reply nothing(String cursor) {
        return answer(204, "ETag: \"" + cursor + "\"", "");
    }

    public static Reply problem(int status, String detail, String... headers) {
        String all = String.join("\n", "Content-Type: application/problem+json", String.join("\n", headers));
        return answer(
                status,
                all.stripTrailing(),
                "{\"type\":\"about:blank\",\"status\":" + status + ",\"detail\":\"" + detail + "\"}");
    }

    /** A stream of these pieces that stays open until the server is closed. */
    public static Reply stream(String... pieces) {
        return (request, out) -> {
            begin(out, pieces);
            try {
                synchronized (out) {
                    out.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
    }

    /** A stream that ends as it should after these pieces. */
    public static Reply endedStream(String... pieces) {
        return (request, out) -> {
            begin(out, pieces);
            out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            return true;
        };
    }

    /** A stream that is cut after these pieces. */
    public static Reply cutStream(String... pieces) {
        return (request, out) -> {
            begin(out, pieces);
            return false;
        };
    }

    private static void begin(OutputStream out, String... pieces) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        for (String piece : pieces) {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
