// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A backend of a test, byte by byte: it may answer, answer badly, be away and come back. */
public final class Origin implements AutoCloseable {
    private final int port;
    private final Conversation conversation;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final @Nullable SSLContext security;
    private volatile @Nullable ServerSocket listener;

    /** Its way to handle a request. */
    @FunctionalInterface
    public interface Behaviour {
        /** Writes an answer; the connection is closed afterwards unless it says that it is not. */
        void answer(Asked request, OutputStream out) throws IOException;
    }

    /**
     * A request as it arrived.
     *
     * @param line its first line
     * @param headers the lines of its head
     * @param body its body
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Asked(String line, List<String> headers, byte[] body) {

        /** The value of a header; empty if it is not there. */
        public String header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(header -> header.substring(start.length()).strip())
                    .findFirst()
                    .orElse("");
        }

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Its way to handle a connection. */
    @FunctionalInterface
    public interface Conversation {
        /** Reads and writes; the connection is closed afterwards. */
        void hold(InputStream in, OutputStream out) throws IOException;
    }

    private Origin(int port, @Nullable SSLContext security, @Nullable Conversation conversation, Behaviour behaviour) {
        this.port = port;
        this.security = security;
        this.conversation = conversation == null ? (in, out) -> answerAll(in, out, behaviour) : conversation;
    }

    private void answerAll(InputStream in, OutputStream out, Behaviour behaviour) throws IOException {
        for (Asked request = read(in); request != null; request = read(in)) {
            asked.add(request);
            behaviour.answer(request, out);
        }
    }

    /** One that listens. */
    public static Origin that(Behaviour behaviour) throws IOException {
        Origin origin = away(behaviour);
        origin.listen();
        return origin;
    }

    /** One that listens, and speaks TLS. */
    public static Origin secure(SSLContext security, Behaviour behaviour) throws IOException {
        Origin origin = new Origin(Ports.free(), security, null, behaviour);
        origin.listen();
        return origin;
    }

    /** One that does not listen yet. */
    public static Origin away(Behaviour behaviour) {
        return new Origin(Ports.free(), null, null, behaviour);
    }

    /** One that listens and knows nothing of HTTP. */
    public static Origin raw(Conversation conversation) throws IOException {
        Origin origin = new Origin(Ports.free(), null, conversation, (asked, out) -> {});
        origin.listen();
        return origin;
    }

    /** A simple answer of this status and body. */
    public static String answer(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " Whatever\r\n" + headers + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** Writes text. */
    public static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    public int port() {
        return port;
    }

    /** The requests it got, in the order of their arrival. */
    public List<Asked> asked() {
        return asked;
    }

    /** The names by which it was called, by TLS. */
    public List<String> names() {
        return names;
    }

    /** Comes. */
    public void listen() throws IOException {
        SSLContext secured = security;
        ServerSocket socket = secured == null
                ? new ServerSocket()
                : secured.getServerSocketFactory().createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        listener = socket;
        Thread thread = new Thread(() -> accept(socket), "origin-" + port);
        thread.setDaemon(true);
        thread.start();
    }

    /** Goes, with all its connections. */
    public void leave() throws IOException {
        ServerSocket socket = listener;
        if (socket != null) socket.close();
        for (Socket connection = open.poll(); connection != null; connection = open.poll()) connection.close();
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket connection = socket.accept();
                open.add(connection);
                Thread thread = new Thread(() -> serve(connection), "origin-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // It has left.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            if (connection instanceof SSLSocket secured) note((ExtendedSSLSession) secured.getSession());
            conversation.hold(new BufferedInputStream(connection.getInputStream()), connection.getOutputStream());
        } catch (IOException gone) {
            // The proxy has left, or the behaviour wants the connection to be broken.
        }
    }

    private void note(ExtendedSSLSession session) {
        if (!session.isValid()) return;
        for (SNIServerName name : session.getRequestedServerNames())
            names.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
    }

    /** The next request; null if there is none. */
    static @Nullable Asked read(InputStream in) throws IOException {
        String head = head(in);
        if (head.isEmpty()) return null;
        List<String> lines = List.of(head.split("\r\n"));
        Asked request = new Asked(lines.get(0), lines.subList(1, lines.size()), new byte[0]);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (request.header("Transfer-Encoding").equals("chunked")) readChunks(in, body);
        else if (!request.header("Content-Length").isEmpty())
            body.writeBytes(in.readNBytes(Integer.parseInt(request.header("Content-Length"))));
        return new Asked(request.line, request.headers, body.toByteArray());
    }

    private static void readChunks(InputStream in, ByteArrayOutputStream body) throws IOException {
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.writeBytes(in.readNBytes(size));
            line(in);
        }
        line(in);
    }

    /** The lines of a head. */
    static String head(InputStream in) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in))
            all.append(line).append("\r\n");
        return all.toString();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) line.append((char) next);
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        leave();
    }
}
