// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.http.Headers;
import io.holdfast.work.Order;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that nobody is connected for, as the cluster keeps it. Never changed: each step makes a new one. Its home is the member that
 * has it performed; a step of the home counts only if the job is still at that home, and as the home knows it. So a member that was
 * taken for lost, and has only slept, changes nothing.
 *
 * @param request what is to be done
 * @param version grows with each step
 * @param updated when that was, in epoch milliseconds
 * @param state how far it is
 * @param home at which member
 * @param term grows whenever the job changes hands, or its state
 * @param attempts how often it was given to a worker
 * @param due when it may be given to one, in epoch milliseconds
 * @param until when it is not worth it any more, in epoch milliseconds
 * @param reports how often its worker has told of its progress
 * @param progress what it has told last, as JSON; empty if nothing
 * @param response of its worker, if there is one
 * @param detail why there is none, if that is known
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Job(
        Request request,
        long version,
        long updated,
        State state,
        String home,
        long term,
        int attempts,
        long due,
        long until,
        long reports,
        byte[] progress,
        @Nullable Response response,
        String detail) {
    static final int MOST_PROGRESS = 64 * 1024;

    private static final byte[] NOTHING = {};
    private static final long LONGEST_PAUSE = Duration.ofHours(1).toMillis();
    private static final int MOST_DOUBLINGS = 30;

    /** How far a job is. The names go over the wire. */
    enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        EXPIRED,
        /** Tried as often as may be, and left to an operator. */
        DEAD
    }

    /**
     * What is to be done.
     *
     * @param order the request, whose name is that of the job
     * @param name of the attempt to create it: of two with the same key, one has
     * @param owner who sent it, if the container knows; empty otherwise
     * @param repeatable whether it may be performed twice
     * @param body of the request
     * @param created when, in epoch milliseconds
     */
    record Request(
            Order order,
            String name,
            String owner,
            boolean repeatable,
            @Nullable Kept body,
            long created) {}

    /**
     * Bytes that are kept in pieces.
     *
     * @param id how they are called
     * @param bytes how many
     * @param pieces in how many pieces
     */
    record Kept(String id, long bytes, int pieces) {}

    /** What a worker has answered. */
    record Response(int status, Headers headers, Kept body) {}

    /**
     * How often a job is tried.
     *
     * @param most how often
     * @param pause how long it pauses after the first time, in milliseconds; twice as long after each further
     * @param hold how long it then waits for a worker, in milliseconds
     */
    record Trying(int most, long pause, long hold) {}

    /** A job that begins at that member. */
    static Job of(Request request, String home, long wait) {
        long now = request.created();
        return new Job(request, 1, now, State.QUEUED, home, 1, 0, now, now + wait, 0, NOTHING, null, "");
    }

    String id() {
        return request.order().id();
    }

    String queue() {
        return request.order().queue();
    }

    /** Whether it waits for a worker, or has one. */
    boolean isActive() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    boolean isActiveAt(String member) {
        return isActive() && home.equals(member);
    }

    /** Whether it may be tried once more. */
    boolean mayBeTriedAgain(int most) {
        return request.repeatable() && attempts < most;
    }

    /** Whether its request may still be asked for. */
    boolean needsRequest() {
        return isActive() || state == State.DEAD;
    }

    /** Whether it has ended so long ago that it is not shown any more. */
    boolean isOver(long now, long keep) {
        return !isActive() && updated < now - keep;
    }

    /** It is given to a worker. */
    Job taken(String member, long expected, long now) {
        if (!isAt(State.QUEUED, member, expected)) return this;
        return new Job(
                request,
                version + 1,
                later(now),
                State.RUNNING,
                home,
                term + 1,
                attempts + 1,
                due,
                until,
                0,
                NOTHING,
                null,
                "");
    }

    /** The worker was not there. */
    Job returned(String member, long expected, long now) {
        if (!isAt(State.RUNNING, member, expected)) return this;
        return changed(State.QUEUED, member, attempts - 1, due, until, response, detail, now);
    }

    /** Its worker is at it. */
    Job progressed(String member, long expected, long number, byte[] state, long now) {
        if (!isAt(State.RUNNING, member, expected) || number <= reports) return this;
        return new Job(
                request,
                version + 1,
                later(now),
                State.RUNNING,
                home,
                term,
                attempts,
                due,
                until,
                number,
                state,
                response,
                detail);
    }

    /** Its worker has answered. */
    Job answered(String member, long expected, Response answer, long now) {
        if (!isAt(State.RUNNING, member, expected)) return this;
        State how = answer.status() < 500 ? State.SUCCEEDED : State.FAILED;
        return changed(how, home, attempts, due, until, answer, "", now);
    }

    /** It was given to a worker, to no avail. */
    Job failed(String member, long expected, String why, @Nullable Response answer, Trying trying, long now) {
        return isAt(State.RUNNING, member, expected) ? again(member, why, answer, trying, now) : this;
    }

    private Job again(String member, String why, @Nullable Response answer, Trying trying, long now) {
        if (!mayBeTriedAgain(trying.most())) return changed(State.DEAD, member, attempts, due, until, answer, why, now);
        long next = now + pause(trying.pause());
        return changed(State.QUEUED, member, attempts, next, next + trying.hold(), null, why, now);
    }

    private long pause(long first) {
        return Math.min(first << Math.min(attempts - 1, MOST_DOUBLINGS), LONGEST_PAUSE);
    }

    /** No worker has taken it in time. */
    Job expired(String member, long expected, long now) {
        if (!isAt(State.QUEUED, member, expected)) return this;
        return changed(State.EXPIRED, home, attempts, due, until, response, detail, now);
    }

    /** Nobody wants it any more. */
    Job cancelled(String why, long now) {
        if (!isActive() && state != State.DEAD) return this;
        return changed(State.CANCELLED, home, attempts, due, until, response, why.isEmpty() ? detail : why, now);
    }

    /** An operator has it tried once more, by that member. */
    Job requeued(String member, long expected, long wait, long now) {
        if (state != State.DEAD || term != expected) return this;
        return changed(State.QUEUED, member, 0, now, now + wait, null, detail, now);
    }

    /** Its home is no member any more, and that member takes its place. What was being done there is not known. */
    Job adopted(String member, long expected, Trying trying, long now) {
        if (!isActive() || term != expected) return this;
        if (state == State.RUNNING) return again(member, "the member that had it performed is gone", null, trying, now);
        return changed(State.QUEUED, member, attempts, due, until, response, detail, now);
    }

    private boolean isAt(State wanted, String member, long expected) {
        return state == wanted && home.equals(member) && term == expected;
    }

    private long later(long now) {
        return Math.max(updated, now);
    }

    private Job changed(
            State how, String member, int tried, long from, long to, @Nullable Response answer, String why, long now) {
        return new Job(
                request,
                version + 1,
                later(now),
                how,
                member,
                term + 1,
                tried,
                from,
                to,
                reports,
                progress,
                answer,
                why);
    }

    /** This without what is long, for lists. */
    Job summary() {
        Order order = request.order();
        Order brief = new Order(
                order.id(),
                order.queue(),
                order.method(),
                order.path(),
                Headers.NONE,
                order.hasBody(),
                order.length(),
                order.urgency());
        Response answer = response == null ? null : new Response(response.status(), Headers.NONE, response.body());
        return new Job(
                new Request(
                        brief,
                        request.name(),
                        request.owner(),
                        request.repeatable(),
                        request.body(),
                        request.created()),
                version,
                updated,
                state,
                home,
                term,
                attempts,
                due,
                until,
                reports,
                NOTHING,
                answer,
                detail);
    }

    /** Both sides of a job after a split: one that was answered, or else has ended, or else has gone further. */
    static Job join(Job one, @Nullable Job other) {
        if (other == null) return one;
        boolean same = one.term == other.term && one.state == other.state && one.home.equals(other.home);
        Job further = other.isBefore(one) ? one : other;
        long version = Math.max(one.version, other.version);
        return new Job(
                further.request,
                same ? version : version + 1,
                further.updated,
                further.state,
                further.home,
                further.term,
                further.attempts,
                further.due,
                further.until,
                further.reports,
                further.progress,
                further.response,
                further.detail);
    }

    private boolean isBefore(Job other) {
        if (rank() != other.rank()) return rank() < other.rank();
        if (term != other.term) return term < other.term;
        if (version != other.version) return version < other.version;
        return home.compareTo(other.home) < 0;
    }

    private int rank() {
        return switch (state) {
            case SUCCEEDED, FAILED -> 3;
            case CANCELLED, EXPIRED -> 2;
            case DEAD -> 1;
            case QUEUED, RUNNING -> 0;
        };
    }
}
