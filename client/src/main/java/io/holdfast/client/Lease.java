// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that was asked for, and is this worker's as long as it says so now and then. Whatever is said of it may be said to any
 * member, and is said to the next if one fails.
 */
final class Lease implements Task {
    private static final Duration GIVE_UP = Duration.ofMinutes(2), SILENCE = Duration.ofSeconds(60);
    private static final Pattern TOKEN = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern HEAD = Pattern.compile("[1-9][0-9]{0,5}");
    private static final int NONE_YET = -1;
    private static final String NOTHING = "";
    private static final int EXTENSIONS = 3;

    private final Crew crew;
    private final Addresses addresses;
    private final Connection connection;
    private final Head head;
    private final PushbackInputStream body;
    private final String path, token, method, target;
    private final HttpHeaders headers;
    private final int begin; // how much of the body is the head
    private final Duration ack, lease;
    private final Cancellation cancellation = new Cancellation();
    private volatile boolean over;
    private volatile Timer.Scheduled extension = () -> {};

    Lease(Crew crew, Addresses addresses, Connection connection, Head head, InputStream body)
            throws Unreadable, IOException {
        this.crew = crew;
        this.addresses = addresses;
        this.connection = connection;
        this.head = head;
        this.body = new PushbackInputStream(body);
        String id = required("Work-Id");
        if (!Addresses.isName(id)) throw new Unreadable("A request has an id that is none.");
        path = "/workers/" + crew.plan().queue() + "/" + id;
        token = required("Work-Token");
        if (!TOKEN.matcher(token).matches()) throw new Unreadable("A request has a token that is none.");
        begin = head.headers().firstValue("Work-Head").isPresent() ? beginning() : 0;
        Http1.Head asked = begin > 0 ? Http1.head(NONE_YET, beginning(begin)) : told();
        String[] line = asked.start().split(" ", 3);
        if (line.length < 2) throw new Unreadable("A request has no method, or no path.");
        method = line[0];
        target = line[1];
        headers = Http1.endToEnd(asked.headers());
        ack = seconds("Work-Ack");
        lease = seconds("Work-Lease");
        cancellation.onCancel(this::letGo);
    }

    private String value(String name) {
        return head.headers().firstValue(name).orElse("");
    }

    private String required(String name) throws Unreadable {
        String value = value(name);
        if (value.isEmpty()) throw new Unreadable("A request has no " + name + ".");
        return value;
    }

    private Duration seconds(String name) throws Unreadable {
        return RetryAfter.seconds(required(name))
                .filter(time -> !time.isZero())
                .orElseThrow(() -> new Unreadable("A request has a " + name + " that is none."));
    }

    @Override
    public @Nullable WorkRequest begin() throws IOException {
        if (!say("ack", NOTHING, ack)) return null;
        extendLater();
        return new WorkRequest(value("Work-Id"), method, target, headers, body, length(), this::progress, cancellation);
    }

    private int beginning() throws Unreadable {
        String told = required("Work-Head");
        if (!HEAD.matcher(told).matches()) throw new Unreadable("A request has a Work-Head that is none.");
        return Integer.parseInt(told);
    }

    /** A long head, with which the body begins. */
    private InputStream beginning(int bytes) throws IOException {
        byte[] read = body.readNBytes(bytes);
        if (read.length < bytes) throw new EOFException("The connection was closed.");
        return new ByteArrayInputStream(read);
    }

    private Http1.Head told() throws Unreadable {
        return new Http1.Head(required("Work-Method") + " " + required("Work-Path"), toldHeaders());
    }

    private HttpHeaders toldHeaders() {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : head.headers().allValues("Work-Header")) {
            int colon = header.indexOf(':');
            String name = colon < 0 ? "" : header.substring(0, colon);
            String value = header.substring(colon + 1).strip();
            if (Http1.isHeader(name, value))
                all.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return HttpHeaders.of(all, (name, value) -> true);
    }

    /** A server need not say that there is no body. */
    private long length() throws IOException {
        long told = head.headers().firstValueAsLong("Content-Length").orElse(Http1.UNKNOWN);
        if (told != Http1.UNKNOWN) return told - begin;
        int first = body.read();
        if (first < 0) return 0;
        body.unread(first);
        return Http1.UNKNOWN;
    }

    /** Says it, at one member after the other; whether the request is still ours. */
    private boolean say(String what, String json, Duration giveUp) throws IOException {
        Call<Boolean> call = call(what, json, giveUp);
        cancellation.onCancel(call::abandon);
        call.begin();
        try {
            return call.outcome().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IOException(Phrase.of(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private Call<Boolean> call(String what, String json, Duration giveUp) {
        LeasePost post = new LeasePost(path + "/" + what, token, json, patience(), crew::trouble);
        return new Call<>(post, addresses.fresh(), connection, giveUp);
    }

    /** A member that is silent leaves time to ask another. */
    private Duration patience() {
        Duration most = Connection.GRACE.multipliedBy(2), part = lease.dividedBy(2);
        return part.compareTo(most) < 0 ? part : most;
    }

    private void extendLater() {
        extension = connection.surroundings().timer().after(lease.dividedBy(EXTENSIONS), this::extend);
        if (over) extension.cancel();
    }

    private void extend() {
        if (over) return;
        Call<Boolean> call = call("extend", NOTHING, lease);
        call.begin();
        call.outcome().whenComplete((ours, error) -> {
            if (over) return;
            if (error == null && !ours) cancellation.cancel();
            else extendLater();
        });
    }

    private void progress(String json) {
        Call<Boolean> call = call("progress", json, lease);
        call.begin();
        call.outcome().whenComplete((ours, error) -> {
            if (error == null && !ours) cancellation.cancel();
        });
    }

    @Override
    public void answer(WorkResponse response) throws IOException {
        Replay replay = new Replay(response.body(), connection.pool());
        Retries retries = new Retries(connection.surroundings(), GIVE_UP);
        for (Setback failure = send(response, replay); failure != null; failure = send(response, replay)) {
            if (!replay.isWhole())
                throw new IOException(failure.getMessage() + " The response is too long to be sent again.", failure);
            Trouble trouble = crew.failed(addresses, retries, failure);
            crew.pause(trouble.pause(), cancellation.cancelled());
        }
    }

    /** Sends it once; null if it has arrived, or why it is to be sent again. */
    private @Nullable Setback send(WorkResponse response, Replay replay) throws IOException {
        HttpResponse<InputStream> answer;
        byte[] explanation;
        try {
            Asked asked = new Asked(connection, request(response, replay), SILENCE, replay::signs);
            cancellation.onCancel(asked::cancel);
            answer = asked.answer();
            explanation = Asked.explanation(answer);
        } catch (CancellationException e) {
            throw new IOException("Nobody wants it any more.", e);
        } catch (IOException e) {
            return Setback.trouble(Phrase.of(e), Duration.ZERO);
        }
        Head told = Asked.head(answer);
        if (told.isSuccess()) return null;
        String failure = Phrase.of(told, explanation);
        if (!told.isPassing()) throw new IOException(failure);
        return Setback.trouble(failure, connection.retryAfter(told));
    }

    private HttpRequest request(WorkResponse response, Replay replay) {
        HttpRequest.Builder request = connection
                .request(addresses.at(path + "/response", Map.of("token", token)))
                .header("Work-Status", Integer.toString(response.status()));
        Http1.endToEnd(response.headers())
                .map()
                .forEach((name, values) -> values.forEach(value -> request.header("Work-Header", name + ": " + value)));
        if (!response.hasBody(method))
            return request.POST(BodyPublishers.noBody()).build();
        boolean isKnown = response.length() != Http1.UNKNOWN;
        return request.POST(
                        isKnown
                                ? BodyPublishers.fromPublisher(replay, response.length())
                                : BodyPublishers.fromPublisher(replay))
                .build();
    }

    @Override
    public void decline(String why) throws IOException {
        say("release", NOTHING, lease);
    }

    private void letGo() {
        try {
            body.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() {
        over = true;
        extension.cancel();
        letGo();
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }
}
