// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.DeclinedException;
import io.holdfast.client.Handler;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Json;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import io.holdfast.client.http1.HeadWriter;
import io.holdfast.client.http1.MalformedMessageException;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.http1.MessageHead;
import io.holdfast.client.http1.PeerException;
import io.holdfast.client.http1.Sockets;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Performs requests by forwarding them to an HTTP application, each on a connection of its own. It therefore knows whether it has reached
 * the application, and closing the connection tells the application that the response is no longer wanted. {@code Host} stays as the
 * client has sent it.
 */
public final class ForwardHandler implements Handler {
    private static final Executor POOL = Transport.newPool();
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final int FIRST_FINAL = 200, SWITCHING = 101, PROCESSING = 102;
    private static final long TO_THE_END = -2;
    private static final String SLASH = "[/\\\\]|%2f|%5c";
    private static final Pattern DOTS =
            Pattern.compile("(?:^|" + SLASH + ")(?:\\.|%2e){1,2}(?=$|;|" + SLASH + ")", Pattern.CASE_INSENSITIVE);

    private final URI application;
    private final String base;

    public ForwardHandler(URI application) {
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
        return "The application cannot be reached: " + Wording.of(why);
    }

    @Override
    public WorkResponse handle(WorkRequest request) throws IOException {
        String path = request.path().split("\\?", 2)[0];
        if (leavesBase(path)) return Responses.badValue("path", "without the segments . and ..", path);
        Socket socket;
        try {
            socket = Sockets.connect(application);
        } catch (IOException e) {
            throw new DeclinedException(unreachable(e), e);
        }
        request.onCancel(() -> Sockets.close(socket));
        AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
        try {
            OutputStream out = socket.getOutputStream();
            head(request).writeTo(out);
            if (request.length() != 0) POOL.execute(() -> sendBody(request, out, socket, broken));
            return response(request, socket);
        } catch (IOException e) {
            Sockets.close(socket);
            if (request.isCancelled()) throw e;
            return Responses.problem(502, unanswered(broken.get(), e), Responses.UNKNOWN);
        }
    }

    /** Whether the application might take the path for one outside its own: a segment may be encoded, or have parameters. */
    private boolean leavesBase(String path) {
        return !base.isEmpty() && DOTS.matcher(path).find();
    }

    private static String unanswered(@Nullable IOException broken, IOException failure) {
        if (broken != null) return "The request broke off before the application had all of it: " + Wording.of(broken);
        return "The application behind the worker has not answered: " + Wording.of(failure);
    }

    private HeadWriter head(WorkRequest request) {
        HeadWriter head = new HeadWriter(request.method() + " " + base + request.path() + " HTTP/1.1");
        if (request.headers().firstValue("Host").isEmpty()) head.add("Host", application.getRawAuthority());
        head.addEndToEnd(request.headers()).add("Connection", "close");
        long length = request.length();
        if (length == MessageBody.UNKNOWN) head.add("Transfer-Encoding", "chunked");
        else if (length > 0 || WITH_BODY.contains(request.method())) head.add("Content-Length", Long.toString(length));
        return head;
    }

    private static void sendBody(
            WorkRequest request, OutputStream out, Socket socket, AtomicReference<@Nullable IOException> broken) {
        try {
            MessageBody.copy(request.body(), out, request.length(), request.length() == MessageBody.UNKNOWN);
        } catch (PeerException e) {
            // The application may have answered without the body.
        } catch (IOException e) {
            // The application has a part of the body, and must not take it for the whole.
            broken.set(e);
            Sockets.close(socket);
        }
    }

    private static WorkResponse response(WorkRequest request, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        MessageHead head = MessageHead.read(in);
        int status = head.status();
        for (; status < FIRST_FINAL; status = head.status()) {
            if (status == SWITCHING) throw new MalformedMessageException("The application switched protocols.");
            String progress = head.value("Work-Progress");
            if (status == PROCESSING && !progress.isEmpty()) report(request, progress);
            head = MessageHead.read(in);
        }
        long length = Responses.mayHaveBody(status, request.method()) ? head.length(TO_THE_END) : 0;
        InputStream body = length == TO_THE_END ? in : MessageBody.read(in, length, () -> {});
        return WorkResponse.of(
                status,
                head.headers(),
                new ClosingBody(body, socket),
                length == TO_THE_END ? MessageBody.UNKNOWN : length);
    }

    /** Reports the progress of the application. A text that is not JSON becomes a string; the request goes on in any case. */
    private static void report(WorkRequest request, String progress) throws IOException {
        boolean isJson = Json.mayBeJson(progress);
        request.progress(isJson ? progress : Json.PROVIDER.createValue(progress).toString());
    }

    /** A body that closes its connection. */
    private static final class ClosingBody extends FilterInputStream {
        private final Closeable connection;

        ClosingBody(InputStream body, Closeable connection) {
            super(body);
            this.connection = connection;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
