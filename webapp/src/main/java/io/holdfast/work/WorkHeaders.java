// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Failure;
import io.holdfast.flow.HopByHop;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Soundness;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Coding;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.work.relay.Order;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** For workers that ask for their work: carries the head of one message in the headers of another. */
final class WorkHeaders {
    private static final String STATUS = "Work-Status",
            HEADER = "Work-Header",
            TYPE = "Content-Type",
            LENGTH = "Content-Length";
    private static final Pattern STATUSES = Pattern.compile("[2-5][0-9]{2}");
    private static final int USUAL = 200;
    /** A longer head goes into the body, because servers with many connections have small buffers for the heads of answers. */
    private static final int LONG_HEAD = 1_024;

    private static final byte[] NOTHING = {};
    /** Statuses of responses that have no body. */
    private static final Set<Integer> EMPTY = Set.of(204, 304);

    private WorkHeaders() {}

    /**
     * A request as the worker gets it.
     *
     * @param headers the headers of the answer that carries the request
     * @param begin the beginning of that answer's body, before the body of the request
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Given(Headers headers, byte[] begin) {}

    /** Makes the form for the worker. A head that is too long for the headers of an answer becomes the beginning of the body. */
    static Given of(Order order, String token, String location, WorkOptions options) {
        List<Header> all = new ArrayList<>();
        all.add(new Header("Cache-Control", "no-store"));
        all.add(new Header("Location", location));
        all.add(new Header("Work-Id", order.id()));
        all.add(new Header("Work-Token", token));
        all.add(new Header("Work-Ack", Long.toString(options.ack().toSeconds())));
        all.add(new Header("Work-Lease", Long.toString(options.lease().toSeconds())));
        byte[] head = head(order).getBytes(StandardCharsets.ISO_8859_1);
        boolean isLong = head.length > LONG_HEAD;
        if (isLong) all.add(new Header("Work-Head", Integer.toString(head.length)));
        else {
            all.add(new Header("Work-Method", order.method()));
            all.add(new Header("Work-Path", order.path()));
            for (Header header : order.headers()) all.add(new Header(HEADER, header.name() + ": " + header.value()));
            if (order.hasBody()) for (String type : order.headers().all(TYPE)) all.add(new Header(TYPE, type));
        }
        byte[] begin = isLong ? head : NOTHING;
        if (!order.hasBody() || order.length() >= 0) {
            long length = begin.length + Math.max(0, order.length());
            if (length > 0) all.add(new Header(LENGTH, Long.toString(length)));
        }
        return new Given(new Headers(all), begin);
    }

    private static String head(Order order) {
        StringBuilder head = new StringBuilder(order.method() + " " + order.path() + " HTTP/1.1\r\n");
        for (Header header : order.headers())
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        return head.append("\r\n").toString();
    }

    /**
     * Reads the head of a worker's response from the headers of the worker's request. Both have the same body.
     *
     * @throws Refusal if the headers do not describe a valid head
     */
    static ResponseHead response(RequestHead head) {
        int status = head.header(STATUS).map(WorkHeaders::status).orElse(USUAL);
        if (head.hasBody() && EMPTY.contains(status))
            throw new Refusal(Problem.of(400, "body must be empty with Work-Status " + status + ".")
                    .and("field", "body")
                    .and("rule", "empty")
                    .and("value", "some"));
        List<Header> told = new ArrayList<>();
        for (String value : head.headers().all(HEADER)) told.add(header(value));
        if (head.hasBody() && told.stream().noneMatch(header -> header.is(TYPE)))
            head.header(TYPE).ifPresent(type -> told.add(sound(new Header(TYPE, type), TYPE, type)));
        // Without it, the client could not read the body.
        if (head.hasBody() && told.stream().noneMatch(header -> header.is(Coding.HEADER)))
            head.headers().all(Coding.HEADER).forEach(coding -> told.add(new Header(Coding.HEADER, coding)));
        Headers all = new Headers(told), headers = withoutHopByHop(all);
        long length = head.hasBody() ? head.length() : 0;
        if (length > 0) headers = headers.and(LENGTH, Long.toString(length));
        if (!head.hasBody() && Soundness.isSound(all) && all.has(LENGTH))
            headers = headers.and(LENGTH, all.first(LENGTH).orElseThrow());
        return new ResponseHead(status, headers, length);
    }

    /** The sink for the response to this request. A length that a worker tells without a body counts for a {@code HEAD} only. */
    static ResponseSink measured(Order order, ResponseSink sink) {
        if (order.method().equals("HEAD")) return sink;
        return new ResponseSink() {
            @Override
            public BodySink head(ResponseHead head, BodySource source) {
                Headers headers = head.length() == 0 ? head.headers().without(LENGTH) : head.headers();
                return sink.head(new ResponseHead(head.status(), headers, head.length()), source);
            }

            @Override
            public void fail(Failure why) {
                sink.fail(why);
            }

            @Override
            public void progress(byte[] state) {
                sink.progress(state);
            }
        };
    }

    private static int status(String text) {
        if (!STATUSES.matcher(text).matches()) throw new Refusal(Problem.badValue(STATUS, "from 200 to 599", text));
        return Integer.parseInt(text);
    }

    private static Header header(String text) {
        int colon = text.indexOf(':');
        Header header = colon < 0
                ? new Header("", text)
                : new Header(text.substring(0, colon), text.substring(colon + 1).strip());
        return sound(header, HEADER, text);
    }

    private static Header sound(Header header, String field, String text) {
        if (!Soundness.isSound(header)) throw new Refusal(Problem.badValue(field, "a header, as Name: value", text));
        return header;
    }

    private static Headers withoutHopByHop(Headers all) {
        return all.without(HopByHop.names(all.all("Connection"))).without(LENGTH);
    }
}
