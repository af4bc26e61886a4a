// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Opens a connection and is asked on it: at a worker port, or after it was upgraded from HTTP. */
final class Dial implements Source {
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e\\x80-\\xff]+) HTTP/1\\.([0-9])");
    private static final String PROTOCOL = "PTTH/1.0";
    private static final Duration HANDSHAKE = Duration.ofSeconds(20), TOO_SOON = Duration.ofSeconds(1);
    private static final int EXPLANATION = 64 * 1024, SWITCHING = 101, FIRST_FINAL = 200;

    private final Crew crew;
    private final Connection connection;
    private volatile @Nullable Link link;
    private volatile @Nullable Socket dialing; // by whoever lets go of everything, it is closed

    Dial(Crew crew, Connection connection) {
        this.crew = crew;
        this.connection = connection;
    }

    /** The address upgrades no connection of a worker; an answer says why. */
    static final class NotUpgradedException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient RefusedException why;

        NotUpgradedException(RefusedException why) {
            super(why.getMessage());
            this.why = why;
        }

        RefusedException why() {
            return why;
        }
    }

    @Override
    public @Nullable Task take(URI at) throws IOException {
        Link open = link;
        boolean isNew = open == null;
        long begun = connection.surroundings().ticker().nanos();
        if (open == null) open = open(at);
        int first = open.idle(crew::mayTake);
        if (first < 0) {
            close();
            Duration took = Duration.ofNanos(connection.surroundings().ticker().nanos() - begun);
            if (isNew && crew.mayTake() && took.compareTo(TOO_SOON) < 0)
                throw Setback.trouble("The connection was closed at once.", Duration.ZERO);
            return null;
        }
        return task(open, first);
    }

    private Task task(Link open, int first) throws IOException {
        try {
            Http1.Head head = Http1.head(first, open.in());
            Matcher line = REQUEST_LINE.matcher(head.start());
            if (!line.matches()) throw new Http1.MalformedException("A request was expected, and no such thing came.");
            return new Asking(
                    crew,
                    this,
                    open,
                    head,
                    line.group(1),
                    line.group(2),
                    !line.group(3).equals("0"));
        } catch (Http1.MalformedException e) {
            Http1.write(open.out(), "HTTP/1.1 400 Bad Request", List.of(Map.entry("Connection", "close")));
            close();
            throw Setback.trouble(Phrase.of(e), Duration.ZERO);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Link open(URI at) throws IOException {
        Socket socket = new Socket();
        dialing = socket;
        try {
            Socket connected = Sockets.connect(socket, at);
            Link opened = new Link(
                    connected, connection.pool(), connection.surroundings().timer());
            boolean isHttp = !Addresses.isPort(at);
            if (isHttp) upgrade(opened, at);
            opened.lookAhead();
            link = opened;
            crew.attached(at, isHttp ? Attachment.UPGRADE : Attachment.TCP);
            return opened;
        } catch (IOException | RuntimeException e) {
            Sockets.close(socket);
            throw e;
        } finally {
            dialing = null;
        }
    }

    private void upgrade(Link opened, URI at) throws IOException {
        List<Map.Entry<String, String>> headers = new ArrayList<>(List.of(
                Map.entry("Host", at.getRawAuthority()),
                Map.entry("Connection", "Upgrade"),
                Map.entry("Upgrade", PROTOCOL),
                Map.entry("Content-Length", "0")));
        String authorization = connection.authorization();
        if (authorization != null) headers.add(Map.entry("Authorization", authorization));
        String path = at.getRawPath() + "/workers/" + crew.plan().queue();
        opened.socket().setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
        Http1.write(opened.out(), "POST " + path + " HTTP/1.1", headers);
        Http1.Head head = Http1.head(opened.in().read(), opened.in());
        for (; head.status() < FIRST_FINAL; head = Http1.head(opened.in().read(), opened.in()))
            if (head.status() == SWITCHING) {
                if (!head.has("Upgrade", PROTOCOL))
                    throw new Http1.MalformedException("Another protocol than " + PROTOCOL + ".");
                opened.socket().setSoTimeout(0);
                return;
            }
        refused(new Head(head.status(), head.headers()), explanation(opened.in(), head));
    }

    private void refused(Head head, byte[] body) throws IOException {
        boolean isPassing = head.isPassing() && head.status() != 501;
        if (isPassing) throw Setback.trouble(Phrase.of(head, body), connection.retryAfter(head));
        throw new NotUpgradedException(RefusedException.of(head, body));
    }

    private static byte[] explanation(InputStream in, Http1.Head head) throws IOException {
        return Http1.body(in, head.length(0), () -> {}).readNBytes(EXPLANATION);
    }

    /** Closes a connection on which something was answered before all was read. */
    void closeAfterAnswer() {
        Link open = link;
        link = null;
        if (open != null) open.closeAfterAnswer();
    }

    @Override
    public boolean isAttached() {
        return link != null;
    }

    /** A connection that is being opened may have a request on its way already: it is left when it is there. */
    @Override
    public void leave() {
        Link open = link;
        if (open != null) open.leave();
    }

    @Override
    public void close() {
        Socket socket = dialing;
        if (socket != null) Sockets.close(socket);
        Link open = link;
        link = null;
        if (open != null) open.close();
    }
}
