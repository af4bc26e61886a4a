// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Call;
import io.holdfast.client.http.Names;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Retries;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.http.Wording;
import io.holdfast.client.http1.Fields;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.http1.MessageHead;
import io.holdfast.client.http1.Sockets;
import io.holdfast.client.time.Alarm;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that this worker has pulled, and that is its own for as long as it extends the lease. Each message about it may go to any
 * member; if one fails, it goes to the next.
 */
final class Lease implements Assignment {
    private static final Duration GIVE_UP = Duration.ofMinutes(2), SILENCE = Duration.ofSeconds(60);
    private static final Pattern TOKEN = Pattern.compile("[0-9A-Za-z._~-]{1,256}");
    private static final Pattern HEAD = Pattern.compile("[1-9][0-9]{0,5}");
    private static final String NO_BODY = "";
    private static final int EXTENSIONS = 3;
    /** Refusals of the worker, or because the lease has ended. */
    private static final Set<Integer> OF_THE_LEASE = Set.of(401, 403, 404, 409);

    private final ActiveWorker worker;
    private final Addresses addresses;
    private final Transport transport;
    private final ResponseHead head;
    private final PushbackInputStream body;
    private final String id, path, token;
    private final int headLength; // of the head with which the body begins; 0 if it is in the headers
    private final RequestLine line;
    private final HttpHeaders headers;
    private final Duration acknowledgeWithin, term;
    private final Cancellation cancellation = new Cancellation();
    private final Alarm extension;

    /** Reads the headers of an answer, and the head of the request if the body begins with it. */
    Lease(ActiveWorker worker, Addresses addresses, Transport transport, ResponseHead head, InputStream body)
            throws UnreadableException, IOException {
        this.worker = worker;
        this.addresses = addresses;
        this.transport = transport;
        this.head = head;
        this.body = new PushbackInputStream(body);
        id = required("Work-Id");
        if (!Names.isName(id)) throw malformed("Work-Id");
        path = "/workers/" + worker.plan().queue() + "/" + id;
        token = required("Work-Token");
        if (!TOKEN.matcher(token).matches()) throw malformed("Work-Token");
        headLength = head.headers().firstValue("Work-Head").isPresent() ? headLength() : 0;
        MessageHead asked = headLength > 0 ? MessageHead.read(beginning(headLength)) : headFromHeaders();
        String[] words = asked.start().split(" ", 3);
        if (words.length < 2) throw new UnreadableException("The request has no method, or no path.");
        line = new RequestLine(words[0], words[1], true);
        headers = Fields.endToEnd(asked.headers());
        acknowledgeWithin = seconds("Work-Ack");
        term = seconds("Work-Lease");
        extension = transport.clocks().alarm();
        cancellation.onCancel(this::closeBody);
    }

    private String required(String name) throws UnreadableException {
        String value = head.value(name);
        if (value.isEmpty()) throw new UnreadableException("The request has no " + name + ".");
        return value;
    }

    private static UnreadableException malformed(String name) {
        return new UnreadableException("The request has a malformed " + name + ".");
    }

    private Duration seconds(String name) throws UnreadableException {
        required(name);
        return head.seconds(name).filter(time -> !time.isZero()).orElseThrow(() -> malformed(name));
    }

    private int headLength() throws UnreadableException {
        String length = required("Work-Head");
        if (!HEAD.matcher(length).matches()) throw malformed("Work-Head");
        return Integer.parseInt(length);
    }

    private InputStream beginning(int bytes) throws IOException {
        byte[] read = body.readNBytes(bytes);
        if (read.length < bytes) throw new EOFException("The connection was closed.");
        return new ByteArrayInputStream(read);
    }

    private MessageHead headFromHeaders() throws UnreadableException {
        Fields fields = new Fields();
        head.headers().allValues("Work-Header").forEach(fields::addLine);
        return new MessageHead(required("Work-Method") + " " + required("Work-Path"), fields.toHeaders());
    }

    @Override
    public @Nullable WorkRequest begin() throws IOException {
        if (!sendMessage("ack", acknowledgeWithin)) return null;
        extendLater();
        AssignedRequest.Body rest = new AssignedRequest.Body(body, bodyLength());
        return new AssignedRequest(id, line, headers, rest, this::sendProgress, cancellation);
    }

    /** The length of the body. A server need not give the length of an empty body, so that this may read a byte. */
    private long bodyLength() throws IOException {
        long all = head.headers().firstValueAsLong("Content-Length").orElse(MessageBody.UNKNOWN);
        if (all != MessageBody.UNKNOWN) return all - headLength;
        int first = body.read();
        if (first < 0) return 0;
        body.unread(first);
        return MessageBody.UNKNOWN;
    }

    /** Sends a message, to one member after the other; whether this worker still has the lease. */
    private boolean sendMessage(String message, Duration giveUp) throws IOException {
        Call<Boolean> call = call(message, NO_BODY, giveUp);
        cancellation.onCancel(call::abandon);
        call.start();
        try {
            return call.outcome().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IOException(Wording.of(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private Call<Boolean> call(String message, String json, Duration giveUp) {
        LeaseMessage post = new LeaseMessage(path + "/" + message, token, json, patience(), worker::notifyTrouble);
        return new Call<>(post, addresses.copy(), transport, giveUp);
    }

    /** Short enough that the lease lasts for a second member if the first one is silent. */
    private Duration patience() {
        Duration most = Transport.GRACE.multipliedBy(2), part = term.dividedBy(2);
        return part.compareTo(most) < 0 ? part : most;
    }

    private void extendLater() {
        extension.schedule(term.dividedBy(EXTENSIONS), this::extend);
    }

    private void extend() {
        Call<Boolean> call = call("extend", NO_BODY, term);
        call.start();
        call.outcome().whenComplete((isOurs, error) -> {
            // Race: this answer against close(); a lease that was closed is not cancelled.
            if (extension.isClosed()) return;
            if (error == null && !isOurs) cancellation.cancel();
            else extendLater();
        });
    }

    private void sendProgress(String json) {
        Call<Boolean> call = call("progress", json, term);
        call.start();
        call.outcome().whenComplete((isOurs, error) -> {
            if (error == null && !isOurs) cancellation.cancel();
        });
    }

    @Override
    public void answer(WorkResponse response) throws IOException {
        try {
            deliver(response);
        } catch (RefusedException e) {
            if (!isAboutResponse(e.status())) throw e;
            String why = "The response of the application was refused: " + Wording.of(e);
            // The lease goes on although the application is done. Its client must not wait for the end of the lease.
            deliver(Responses.problem(502, why, Responses.UNKNOWN));
            throw new IOException(why, e);
        }
    }

    /** Whether another response may be taken: the member refused this one, not the worker, its token or its lease. */
    private static boolean isAboutResponse(int status) {
        return !OF_THE_LEASE.contains(status);
    }

    /** Sends the response to one member after the other until one has taken it. */
    private void deliver(WorkResponse response) throws IOException {
        ReplayableBody replay = new ReplayableBody(response.body(), transport.pool());
        Retries retries = new Retries(transport.clocks(), GIVE_UP);
        for (UnavailableException failure = send(response, replay); failure != null; failure = send(response, replay)) {
            if (!replay.isReplayable())
                throw new IOException(failure.getMessage() + " The response is too long to be sent again.", failure);
            Trouble trouble = worker.failed(addresses, retries, failure);
            worker.pause(trouble.pause(), cancellation.cancelled());
        }
    }

    /** Sends the response once; null if it has arrived, else the failure that calls for a retry. */
    private @Nullable UnavailableException send(WorkResponse response, ReplayableBody replay) throws IOException {
        HttpResponse<InputStream> answer;
        byte[] explanation;
        try {
            BlockingRequest sent = new BlockingRequest(transport, request(response, replay), SILENCE, replay::signs);
            cancellation.onCancel(sent::cancel);
            answer = sent.answer();
            explanation = BlockingRequest.explanation(answer);
        } catch (CancellationException e) {
            throw new IOException(Cancellation.REASON, e);
        } catch (IOException e) {
            checkBody(replay);
            return UnavailableException.of(e);
        }
        ResponseHead result = BlockingRequest.head(answer);
        if (result.isSuccess()) return null;
        checkBody(replay);
        if (result.isRefusal()) throw result.refusal(explanation);
        if (!result.isTransient()) throw new IOException(Wording.of(result, explanation));
        return UnavailableException.of(result, explanation, transport);
    }

    /**
     * Fails if the body of the response broke off. The member is not to blame then. It has ended the lease with the part that it
     * got, so the response must not be sent again.
     */
    private void checkBody(ReplayableBody replay) throws IOException {
        Exception failure = replay.failure();
        if (failure != null) throw Responses.brokenOff(failure, cancellation);
    }

    private HttpRequest request(WorkResponse response, ReplayableBody replay) {
        HttpRequest.Builder request = transport
                .request(addresses.at(path + "/response", Map.of("token", token)))
                .header("Work-Status", Integer.toString(response.status()));
        Fields.forEach(
                Fields.endToEnd(response.headers()),
                (name, value) -> request.header("Work-Header", name + ": " + value));
        // The response to a HEAD may still give the length that its body would have had.
        if (line.method().equals("HEAD"))
            response.headers()
                    .firstValue("Content-Length")
                    .ifPresent(length -> request.header("Work-Header", "Content-Length: " + length));
        if (!Responses.hasBody(response, line.method()))
            return request.POST(BodyPublishers.noBody()).build();
        boolean isKnown = response.length() != MessageBody.UNKNOWN;
        return request.POST(
                        isKnown
                                ? BodyPublishers.fromPublisher(replay, response.length())
                                : BodyPublishers.fromPublisher(replay))
                .build();
    }

    @Override
    public void decline(String why) throws IOException {
        sendMessage("release", term);
    }

    private void closeBody() {
        Sockets.close(body);
    }

    @Override
    public void close() {
        extension.close();
        closeBody();
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }
}
