// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.RefusedException;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http1.HeadWriter;
import io.holdfast.client.http1.MalformedMessageException;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.http1.MessageHead;
import io.holdfast.client.http1.Sockets;
import io.holdfast.client.time.Stopwatch;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection and receives requests on it: at a worker port, or after an upgrade from HTTP. The thread of one work loop uses it,
 * except for {@link #leave} and {@link #close}.
 */
final class Dialer {
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e\\x80-\\xff]+) HTTP/1\\.([0-9])");
    private static final String PROTOCOL = "PTTH/1.0";
    private static final Duration HANDSHAKE = Duration.ofSeconds(20), TOO_SOON = Duration.ofSeconds(1);
    private static final int EXPLANATION = 64 * 1024, SWITCHING = 101, FIRST_FINAL = 200;

    private final ActiveWorker worker;
    private final Transport transport;
    private volatile @Nullable WorkerConnection connection;
    private volatile @Nullable Socket dialing; // so that close() reaches it

    Dialer(ActiveWorker worker, Transport transport) {
        this.worker = worker;
        this.transport = transport;
    }

    /** The address does not upgrade connections of workers. */
    static final class NotUpgradedException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient RefusedException why;

        NotUpgradedException(RefusedException why) {
            super(why.getMessage());
            this.why = why;
        }

        /** The server's answer. */
        RefusedException why() {
            return why;
        }
    }

    /**
     * Waits for a request at that address; null if none came, or if the worker may take nothing new.
     *
     * @throws NotUpgradedException if that address will never give one
     */
    @Nullable
    Assignment take(URI at) throws IOException {
        WorkerConnection open = connection;
        boolean isNew = open == null;
        Stopwatch begun = transport.clocks().stopwatch();
        if (open == null) open = open(at);
        int first = open.awaitRequest(worker::mayTake);
        if (first < 0) {
            close();
            if (isNew && worker.mayTake() && begun.elapsed().compareTo(TOO_SOON) < 0)
                throw UnavailableException.of("The connection was closed at once.");
            return null;
        }
        return assignment(open, first);
    }

    private Assignment assignment(WorkerConnection open, int first) throws IOException {
        try {
            MessageHead head = MessageHead.read(first, open.in());
            Matcher line = REQUEST_LINE.matcher(head.start());
            if (!line.matches()) throw new MalformedMessageException("The message is not a request of HTTP/1.1.");
            boolean isHttp11 = !line.group(3).equals("0");
            return new ConnectionAssignment(
                    worker, this, open, head, new RequestLine(line.group(1), line.group(2), isHttp11));
        } catch (MalformedMessageException e) {
            new HeadWriter("HTTP/1.1 400 Bad Request")
                    .add("Connection", "close")
                    .writeTo(open.out());
            close();
            throw UnavailableException.of(e);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private WorkerConnection open(URI at) throws IOException {
        Socket socket = new Socket();
        dialing = socket;
        try {
            WorkerConnection opened = new WorkerConnection(Sockets.connect(socket, at), transport);
            boolean isHttp = !Addresses.isWorkerPort(at);
            if (isHttp) upgrade(opened, at);
            opened.lookAhead();
            connection = opened;
            worker.notifyAttached(at, isHttp ? Attachment.UPGRADE : Attachment.TCP);
            return opened;
        } catch (IOException | RuntimeException e) {
            Sockets.close(socket);
            throw e;
        } finally {
            dialing = null;
        }
    }

    private void upgrade(WorkerConnection opened, URI at) throws IOException {
        String path = at.getRawPath() + "/workers/" + worker.plan().queue();
        HeadWriter request = new HeadWriter("POST " + path + " HTTP/1.1")
                .add("Host", at.getRawAuthority())
                .add("Connection", "Upgrade")
                .add("Upgrade", PROTOCOL)
                .add("Content-Length", "0");
        String authorization = transport.authorization();
        if (authorization != null) request.add("Authorization", authorization);
        opened.socket().setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
        request.writeTo(opened.out());
        MessageHead head = MessageHead.read(opened.in());
        for (; head.status() < FIRST_FINAL; head = MessageHead.read(opened.in()))
            if (head.status() == SWITCHING) {
                if (!head.contains("Upgrade", PROTOCOL))
                    throw new MalformedMessageException(
                            "The server upgraded to another protocol than " + PROTOCOL + ".");
                opened.socket().setSoTimeout(0);
                return;
            }
        throw refusal(new ResponseHead(head.status(), head.headers()), explanation(opened.in(), head));
    }

    private IOException refusal(ResponseHead head, byte[] body) {
        boolean isTransient = head.isTransient() && head.status() != 501;
        return isTransient
                ? UnavailableException.of(head, body, transport)
                : new NotUpgradedException(head.refusal(body));
    }

    private static byte[] explanation(InputStream in, MessageHead head) throws IOException {
        return MessageBody.read(in, head.length(0), () -> {}).readNBytes(EXPLANATION);
    }

    /** Closes a connection whose peer may still send the rest of a request that was answered. */
    void closeAfterAnswer() {
        WorkerConnection open = connection;
        connection = null;
        if (open != null) open.closeAfterAnswer();
    }

    /** Whether there is a connection, on which a request may come although the worker takes nothing new. */
    boolean isAttached() {
        return connection != null;
    }

    /** Ends the wait, unless a request has come. On a connection that is being opened one may come; the wait for it ends later. */
    void leave() {
        WorkerConnection open = connection;
        if (open != null) open.leave();
    }

    void close() {
        Socket socket = dialing;
        if (socket != null) Sockets.close(socket);
        WorkerConnection open = connection;
        connection = null;
        if (open != null) open.close();
    }
}
