// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.message.Response;
import jakarta.servlet.http.HttpServletRequest;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that clients cost: bodies that are arriving, answers that are not taken yet, and long heads of requests that are held. It is
 * bounded, so that requests are refused before the process runs out of memory.
 */
public final class Backlog {
    /** Shorter arrays and heads are not counted; the limit on held requests bounds them. */
    static final int LEAST = 4 * 1024;

    private static final String FAVOURED = Backlog.class.getName() + ".favoured";

    private final long most, open;
    private final OwnResponse full, lost;
    private final AtomicLong bytes = new AtomicLong();
    /** How many clients are still to take each answer: an answer to many clients is in memory once. */
    private final IdentityHashMap<byte[], Integer> answers = new IdentityHashMap<>(); // guarded by itself

    /** A backlog of at most so many bytes for anybody; a single answer may be longer. */
    public Backlog(long most, Json json) {
        this(most, 0, json);
    }

    /** A backlog of at most so many bytes, of which some are kept for {@linkplain #favour favoured} requests. */
    public Backlog(long most, long kept, Json json) {
        this.most = most;
        this.open = most - kept;
        this.full = json.answer(refusal());
        this.lost = json.answer(Problem.of(
                        503,
                        "The response is lost: this member has as much on its way to and from slow clients as it may.")
                .and("outcome", "unknown"));
    }

    /** The answer instead of this one, which would be too much. One that is passed on shows that its request was performed. */
    OwnResponse insteadOf(Response answer) {
        return answer instanceof PassedResponse ? lost : full;
    }

    /** How much there is now, in bytes. */
    public long bytes() {
        return bytes.get();
    }

    /** The part that is kept is for this request, too: its caller is more than anybody. */
    static void favour(HttpServletRequest request) {
        request.setAttribute(FAVOURED, true);
    }

    static boolean isFavoured(HttpServletRequest request) {
        return request.getAttribute(FAVOURED) != null;
    }

    /** How many bytes there may be for this request to add one more. */
    long mostFor(HttpServletRequest request) {
        return isFavoured(request) ? most : open;
    }

    /** Adds so many bytes for anybody; false, and nothing is added, if that would be too much. */
    boolean add(int length) {
        return add(length, open);
    }

    /** Adds so many bytes of a body; false, and nothing is added, if there would be more than {@link #mostFor} its request. */
    boolean add(int length, long mostForIt) {
        if (bytes.addAndGet(length) <= mostForIt) return true;
        bytes.addAndGet(-length);
        return false;
    }

    /** Removes bytes of a body that were added. */
    void remove(long length) {
        bytes.addAndGet(-length);
    }

    /** Adds an answer, or a part of one, for one more client; false, and nothing is added, if that would be too much. */
    boolean add(byte[] answer) {
        if (answer.length <= LEAST) return true;
        synchronized (answers) {
            if (!answers.containsKey(answer) && !isAlone(answer.length) && !add(answer.length)) return false;
            answers.merge(answer, 1, Integer::sum);
            return true;
        }
    }

    private boolean isAlone(int length) {
        return bytes.compareAndSet(0, length);
    }

    /** Removes the answer of one client, if it was added. */
    void remove(byte[] answer) {
        if (answer.length <= LEAST) return;
        synchronized (answers) {
            Integer clients = answers.get(answer);
            if (clients == null) return;
            if (clients > 1) answers.put(answer, clients - 1);
            else {
                answers.remove(answer);
                remove((long) answer.length);
            }
        }
    }

    /** The refusal of a body while the backlog is full. */
    static Refusal refusal() {
        return new Refusal(
                Problem.of(503, "This member has as much on its way to and from slow clients as it may; try again."),
                Headers.of("Retry-After", "2"));
    }
}
