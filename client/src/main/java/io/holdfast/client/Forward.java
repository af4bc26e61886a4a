// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Performs requests by asking an HTTP application for them, each on a connection of its own: whether it was reached is then known, and
 * closing the connection tells it that nobody wants the response any more. {@code Host} is as the client has sent it.
 */
final class Forward implements Handler {
    private static final Executor POOL = Holdfast.pool();
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final int FIRST_FINAL = 200, PROCESSING = 102;
    private static final long TO_THE_END = -2;

    private final URI application;
    private final String base;

    Forward(URI application) {
        this.application = Addresses.checkApplication(application);
        this.base =
                application.getRawPath() == null ? "" : application.getRawPath().replaceFirst("/+$", "");
    }

    @Override
    public void ready() throws IOException {
        try {
            Sockets.connect(application).close();
        } catch (IOException e) {
            throw new IOException(unreachable(e), e);
        }
    }

    URI application() {
        return application;
    }

    private static String unreachable(IOException why) {
        return "The application cannot be reached: " + Phrase.of(why);
    }

    @Override
    public WorkResponse handle(WorkRequest request) throws IOException {
        Socket socket;
        try {
            socket = Sockets.connect(application);
        } catch (IOException e) {
            throw new DeclinedException(unreachable(e), e);
        }
        request.onCancel(() -> Sockets.close(socket));
        try {
            OutputStream out = socket.getOutputStream();
            Http1.write(out, request.method() + " " + base + request.path() + " HTTP/1.1", headers(request));
            if (request.length() != 0) POOL.execute(() -> send(request, out, socket));
            return response(request, socket);
        } catch (IOException e) {
            Sockets.close(socket);
            if (request.isCancelled()) throw e;
            String detail = "The application behind the worker has not answered: " + Phrase.of(e);
            return Problem.of(502, detail, "unknown");
        }
    }

    private List<Map.Entry<String, String>> headers(WorkRequest request) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        if (request.headers().firstValue("Host").isEmpty()) all.add(Map.entry("Host", application.getRawAuthority()));
        Http1.endToEnd(request.headers())
                .map()
                .forEach((name, values) -> values.forEach(value -> all.add(Map.entry(name, value))));
        all.add(Map.entry("Connection", "close"));
        long length = request.length();
        if (length == Http1.UNKNOWN) all.add(Map.entry("Transfer-Encoding", "chunked"));
        else if (length > 0 || WITH_BODY.contains(request.method()))
            all.add(Map.entry("Content-Length", Long.toString(length)));
        return all;
    }

    private static void send(WorkRequest request, OutputStream out, Socket socket) {
        InputStream body = request.body();
        try {
            Http1.copy(body, out, request.length(), request.length() == Http1.UNKNOWN);
        } catch (Http1.PeerException e) {
            // It may have answered without it.
        } catch (IOException e) {
            // What it has is not all, and it must not take it for that.
            Sockets.close(socket);
        }
    }

    private static WorkResponse response(WorkRequest request, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        Http1.Head head = Http1.head(in.read(), in);
        int status = head.status();
        for (; status < FIRST_FINAL; status = head.status()) {
            if (status == 101) throw new Http1.MalformedException("It speaks another protocol.");
            String progress = head.value("Work-Progress");
            if (status == PROCESSING && !progress.isEmpty()) request.progress(progress);
            head = Http1.head(in.read(), in);
        }
        boolean isEmpty = request.method().equals("HEAD") || status == 204 || status == 304;
        long length = isEmpty ? 0 : head.length(TO_THE_END);
        InputStream body = length == TO_THE_END ? in : Http1.body(in, length, () -> {});
        return WorkResponse.of(
                status, head.headers(), new Closing(body, socket), length == TO_THE_END ? Http1.UNKNOWN : length);
    }

    /** A body that closes its connection. */
    private static final class Closing extends FilterInputStream {
        private final Closeable connection;

        Closing(InputStream body, Closeable connection) {
            super(body);
            this.connection = connection;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
