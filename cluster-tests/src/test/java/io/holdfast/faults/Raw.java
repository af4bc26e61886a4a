// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** HTTP/1.1 byte by byte over one connection, with a character for each byte. */
final class Raw implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 15_000;

    private final Socket socket;
    private final InputStream in;

    /**
     * A request or a response.
     *
     * @param first its first line
     * @param headers the other lines of its head
     * @param body the body, without chunks
     * @param framing how the end of the body is marked
     */
    record Message(String first, List<String> headers, String body, String framing) {

        String header(String name) {
            return headers.stream()
                    .filter(line -> named(line).equals(name.toLowerCase(Locale.ROOT)))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        /** The name of a header line, in lower case. */
        static String named(String line) {
            return line.split(":", 2)[0].strip().toLowerCase(Locale.ROOT);
        }
    }

    private Raw(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Raw to(int port) throws IOException {
        return new Raw(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    static Raw on(Socket accepted) throws IOException {
        return new Raw(accepted);
    }

    Raw send(String bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (SocketException e) {
            // A peer that closes early may have answered before.
        }
        return this;
    }

    boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    /** Reads a whole request. */
    Message request() throws IOException {
        return message(false);
    }

    /** Reads a whole response. A closed connection counts as one. */
    Message response(String method) throws IOException {
        try {
            Message message;
            do message = message(true, method);
            while (message.first.contains(" 100 "));
            return message;
        } catch (EOFException | SocketException e) {
            return new Message("(closed)", List.of(), "", "");
        }
    }

    /** Reads until the connection is closed or silent for a while. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** The lines until an empty one. */
    List<String> head() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) lines.add(line);
        return lines;
    }

    private Message message(boolean isResponse) throws IOException {
        return message(isResponse, "");
    }

    private Message message(boolean isResponse, String method) throws IOException {
        List<String> head = head();
        if (head.isEmpty()) throw new EOFException();
        Message bare = new Message(head.get(0), head.subList(1, head.size()), "", "none");
        if (isResponse && (method.equals("HEAD") || bare.first.matches("HTTP/1.. (1..|204|304).*"))) return bare;
        if (bare.header("Transfer-Encoding").equals("chunked"))
            return new Message(bare.first, bare.headers, chunks(), "chunked");
        String length = bare.header("Content-Length");
        if (length.isEmpty()) return isResponse ? new Message(bare.first, bare.headers, rest(), "closed") : bare;
        byte[] body = in.readNBytes(Integer.parseInt(length));
        String whole = body.length == Integer.parseInt(length) ? "length" : "length, cut";
        return new Message(bare.first, bare.headers, new String(body, ISO_8859_1), whole);
    }

    /** The body of a chunked message. */
    String chunks() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) all.append(chunk);
        return all.toString();
    }

    /** One chunk. The last chunk is empty. */
    String chunk() throws IOException {
        int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) throw new EOFException("The body is cut");
        if (size > 0) line();
        else head();
        return new String(bytes, ISO_8859_1);
    }

    /** Reads chunks until their text has so many characters. */
    String chunks(int length) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.length() < length) {
            String chunk = chunk();
            if (chunk.isEmpty()) return all + "(end)";
            all.append(chunk);
        }
        return all.toString();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) throw new EOFException();
            if (next == '\n') break;
            line.write(next);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return new String(Arrays.copyOf(bytes, length), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
