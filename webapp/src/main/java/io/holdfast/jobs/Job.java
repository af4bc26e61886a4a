// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Records.Preview;
import io.holdfast.cluster.Step;
import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.work.relay.Order;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request whose client is not connected, as the cluster keeps it. Immutable: each step makes a new one. Its home is the member that
 * looks after it. A step of the home counts only if the job is still at that home, and as the home knows it. A member that the others
 * took for lost, and that was only paused, therefore changes nothing.
 *
 * @param request the request
 * @param version grows with each step
 * @param updated when the last step was, in epoch milliseconds
 * @param state how far the job is
 * @param home the name of the home
 * @param term grows with each change of the home or the state
 * @param attempts how often the job was given to a worker
 * @param due when it may be given to a worker, in epoch milliseconds
 * @param until when it expires if no worker has taken it, in epoch milliseconds
 * @param reports how often its worker has reported progress
 * @param progress the last report, as JSON; empty if there is none
 * @param response the response of its worker, if there is one
 * @param detail why there is no response, if that is known
 * @param doubt why a worker may have begun it before; null if none has, or if the job is one of an earlier version
 * @param readAt when its sender had got all there is to know of it, in epoch milliseconds; 0 if that is not so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
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
        String detail,
        @Nullable String doubt,
        long readAt)
        implements Joinable<Job> {
    static final int MOST_PROGRESS = 64 * 1024;

    /** The memory of a job itself in the cluster, and of one header, in bytes. */
    private static final int OVERHEAD = 1_000, OVERHEAD_OF_HEADER = 100;

    private static final byte[] NO_BYTES = {};
    private static final long LONGEST_PAUSE = Duration.ofHours(1).toMillis();
    private static final int MOST_DOUBLINGS = 30;

    /** A job that does not exist: all steps but the one that creates a job leave it as it is. */
    static final Job NONE = new Job(
            new Request(new Order("", "", "", "", Headers.NONE, false, -1, 0), "", "", false, null, 0, false),
            0,
            0,
            State.CANCELLED,
            "",
            0,
            0,
            0,
            0,
            0,
            NO_BYTES,
            null,
            "",
            null,
            0);

    /** How many bytes it counts for the limit. */
    private long weight() {
        Order order = request.order;
        long text = 0L + order.path().length() + order.queue().length() + request.owner.length() + detail.length();
        return OVERHEAD
                + text
                + progress.length
                + weight(order.headers())
                + (response == null ? 0 : weight(response.headers));
    }

    private static long weight(Headers headers) {
        long weight = 0;
        for (Header one : headers)
            weight += OVERHEAD_OF_HEADER + one.name().length() + one.value().length();
        return weight;
    }

    /** How far a job is. The names go over the wire. */
    enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        EXPIRED,
        /** Tried as often as allowed, and left to an operator. */
        DEAD
    }

    /**
     * The request of a job.
     *
     * @param order the request as a worker is given it; its name is that of the job
     * @param name the name of the attempt to create the job: of two attempts with the same key, one has created it
     * @param owner the user who sent it, as the container names them; empty if it does not know
     * @param repeatable whether it may be performed twice
     * @param body its body, if it has one
     * @param created when it was sent, in epoch milliseconds
     * @param keyed whether it had an {@code Idempotency-Key}
     */
    record Request(
            Order order,
            String name,
            String owner,
            boolean repeatable,
            @Nullable Kept body,
            long created,
            boolean keyed) {}

    /**
     * Bytes that the cluster keeps in pieces.
     *
     * @param id their name
     * @param bytes how many bytes there are
     * @param pieces in how many pieces
     */
    record Kept(String id, long bytes, int pieces) {}

    /** The response of a worker. */
    record Response(int status, Headers headers, Kept body) {}

    /**
     * How often a job is tried.
     *
     * @param most the most attempts
     * @param pause the pause after the first attempt, in milliseconds; twice as long after each further
     * @param waitMillis how long the job then waits for a worker, in milliseconds
     */
    record Retries(int most, long pause, long waitMillis) {}

    /** How the cluster keeps jobs: each step says what it expects, so that it may be repeated; a turn is answered with the job. */
    record Keeping() implements Rules<Job, Job> {

        @Override
        public Job none() {
            return NONE;
        }

        @Override
        public long size(Job job) {
            return job.weight();
        }

        @Override
        public Job answer(Job before, Job after, List<Step<Job>> steps) {
            return after;
        }
    }

    /** Weighs a job for the limit. */
    record Weight() implements Records.Weight<Job> {

        @Override
        public long of(Job job) {
            return job.weight();
        }
    }

    /** Reads the version of a job; 0 if it does not exist. */
    record VersionOf() implements Preview<Job, Long> {

        @Override
        public Long of(@Nullable Job job) {
            return job == null ? 0L : job.version;
        }
    }

    /** Selects jobs that ended longer ago than that, in milliseconds. */
    record LongEnded(long now, long keep) implements Condition<Job> {

        @Override
        public boolean matches(Job job) {
            return job.hasLongEnded(now, keep);
        }
    }

    /**
     * Selects jobs that were read and need not be kept.
     *
     * @param time only those that were read before that time
     * @param created only those that were sent before that time, so that the step that creates them is not sent again
     */
    record ReadBefore(long time, long created) implements Condition<Job> {

        @Override
        public boolean matches(Job job) {
            return job.readAt > 0 && job.readAt < time && job.request.created < created;
        }
    }

    /** Selects active jobs whose home is none of these members. */
    record Homeless(Set<String> members) implements Condition<Job> {

        @Override
        public boolean matches(Job job) {
            return job.isActive() && !members.contains(job.home);
        }
    }

    /** Selects jobs whose request has a body that must be kept. */
    record NeedsBody() implements Condition<Job> {

        @Override
        public boolean matches(Job job) {
            return job.needsRequest() && job.request.body != null;
        }
    }

    /** A change: a job with some values of another. */
    private final class Change {
        private State state = Job.this.state;
        private String home = Job.this.home;
        private long term = Job.this.term + 1, due = Job.this.due, until = Job.this.until, reports = Job.this.reports;
        private int attempts = Job.this.attempts;
        private byte[] progress = Job.this.progress;
        private @Nullable Response response = Job.this.response;
        private String detail = Job.this.detail;
        private @Nullable String doubt = Job.this.doubt;

        private Job made(long now) {
            return new Job(
                    request,
                    version + 1,
                    Math.max(updated, now),
                    state,
                    home,
                    term,
                    attempts,
                    due,
                    until,
                    reports,
                    progress,
                    response,
                    detail,
                    doubt,
                    0);
        }
    }

    /** A change of the state, perhaps with another home. */
    private Change to(State next, String member) {
        Change change = new Change();
        change.state = next;
        change.home = member;
        return change;
    }

    /** A job that begins with that home, and waits so long for a worker. */
    static Job of(Request request, String home, long wait) {
        long now = request.created();
        return new Job(request, 1, now, State.QUEUED, home, 1, 0, now, now + wait, 0, NO_BYTES, null, "", null, 0);
    }

    String id() {
        return request.order().id();
    }

    String queue() {
        return request.order().queue();
    }

    boolean exists() {
        return version > 0;
    }

    /** Whether it waits for a worker, or has one. */
    boolean isActive() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    boolean isActiveAt(String member) {
        return isActive() && home.equals(member);
    }

    /** Whether it may be tried once more if there may be so many attempts. */
    boolean mayBeRetried(int most) {
        return request.repeatable() && attempts < most;
    }

    /** Whether its request may still be given to a worker. */
    boolean needsRequest() {
        return isActive() || state == State.DEAD;
    }

    /** Whether it ended so long ago that it is not shown any more. */
    boolean hasLongEnded(long now, long keep) {
        return !isActive() && updated < now - keep;
    }

    /**
     * Whether it may be marked as read: it has ended and is left to nobody. A job that had a key is kept, so that a repetition finds it.
     */
    boolean mayBeMarkedRead() {
        return exists() && !needsRequest() && !request.keyed() && readAt == 0;
    }

    /** The job, read. For those who wait it has not changed. */
    Job read(long now) {
        if (!mayBeMarkedRead()) return this;
        return new Job(
                request, version, updated, state, home, term, attempts, due, until, reports, progress, response, detail,
                doubt, now);
    }

    private boolean isAt(State wanted, String member, long expected) {
        return state == wanted && home.equals(member) && term == expected;
    }

    /** A worker receives it. */
    Job taken(String member, long expected, long now) {
        if (!isAt(State.QUEUED, member, expected)) return this;
        Change change = to(State.RUNNING, home);
        change.attempts++;
        change.reports = 0;
        change.progress = NO_BYTES;
        change.response = null;
        change.detail = "";
        return change.made(now);
    }

    /** The worker was not there, or has not begun: this was no attempt. The doubt stays if it may have begun nevertheless. */
    Job returned(String member, long expected, @Nullable String why, long now) {
        if (!isAt(State.RUNNING, member, expected)) return this;
        Change change = to(State.QUEUED, member);
        change.attempts--;
        if (why != null) change.doubt = why;
        return change.made(now);
    }

    /** The worker reports progress. */
    Job progressed(String member, long expected, long number, byte[] report, long now) {
        if (!isAt(State.RUNNING, member, expected) || number <= reports) return this;
        Change change = to(State.RUNNING, home);
        change.term = term;
        change.reports = number;
        change.progress = report;
        return change.made(now);
    }

    /** The worker has responded. */
    Job answered(String member, long expected, Response answer, long now) {
        if (!isAt(State.RUNNING, member, expected)) return this;
        Change change = to(answer.status() < 500 ? State.SUCCEEDED : State.FAILED, home);
        change.response = answer;
        change.detail = "";
        return change.made(now);
    }

    /** The attempt has failed. */
    Job failed(String member, long expected, String why, @Nullable Response answer, Retries retries, long now) {
        return isAt(State.RUNNING, member, expected) ? retried(member, why, answer, retries, now) : this;
    }

    private Job retried(String member, String why, @Nullable Response answer, Retries retries, long now) {
        boolean again = mayBeRetried(retries.most());
        Change change = to(again ? State.QUEUED : State.DEAD, member);
        change.response = again ? null : answer;
        change.detail = why;
        change.doubt = why;
        if (again) {
            change.due = now + pause(retries.pause());
            change.until = change.due + retries.waitMillis();
        }
        return change.made(now);
    }

    private long pause(long first) {
        return Math.min(first << Math.min(attempts - 1, MOST_DOUBLINGS), LONGEST_PAUSE);
    }

    /** No worker has taken it in time. If one had it before, it may have been performed: an operator decides then. */
    Job expired(String member, long expected, long now) {
        if (!isAt(State.QUEUED, member, expected)) return this;
        Change change = to(mayHaveBegun() ? State.DEAD : State.EXPIRED, home);
        if (mayHaveBegun())
            change.detail =
                    "a worker had it and may have performed it: " + lastDoubt() + "; no other has taken it in time";
        return change.made(now);
    }

    /** Whether a worker may have begun it, in an attempt that has ended. */
    boolean mayHaveBegun() {
        return lastDoubt() != null;
    }

    /** A job of an earlier version has no doubt of its own. */
    private @Nullable String lastDoubt() {
        return doubt != null || attempts == 0 ? doubt : detail;
    }

    /** Its response is not wanted any more. */
    Job cancelled(String why, long now) {
        if (!isActive() && state != State.DEAD) return this;
        Change change = to(State.CANCELLED, home);
        if (!why.isEmpty()) change.detail = why;
        return change.made(now);
    }

    /** An operator has it tried once more, with that member for its home. */
    Job requeued(String member, long expected, long wait, long now) {
        if (state != State.DEAD || term != expected) return this;
        Change change = to(State.QUEUED, member);
        change.attempts = 0;
        change.doubt = lastDoubt();
        change.due = now;
        change.until = now + wait;
        change.response = null;
        return change.made(now);
    }

    /** Its home has left the cluster, and that member takes its place. If a worker had the job, its fate is unknown. */
    Job adopted(String member, long expected, Retries retries, long now) {
        if (!isActive() || term != expected) return this;
        return state == State.RUNNING
                ? retried(member, "the member that had it performed is gone", null, retries, now)
                : to(State.QUEUED, member).made(now);
    }

    /** This job without its long parts, for lists. */
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
        Request asked = new Request(
                brief,
                request.name(),
                request.owner(),
                request.repeatable(),
                request.body(),
                request.created(),
                request.keyed());
        Response answer = response == null ? null : new Response(response.status(), Headers.NONE, response.body());
        return new Job(
                asked, version, updated, state, home, term, attempts, due, until, reports, NO_BYTES, answer, detail,
                doubt, readAt);
    }

    private Job withVersion(long newer) {
        return new Job(
                request, newer, updated, state, home, term, attempts, due, until, reports, progress, response, detail,
                doubt, readAt);
    }

    /** Both sides of a job after a split: the side with a response, or else that which has ended, or else that which went further. */
    @Override
    public Job joined(Job larger) {
        boolean same = term == larger.term && state == larger.state && home.equals(larger.home);
        Job further = larger.isBefore(this) ? this : larger;
        long newest = Math.max(version, larger.version);
        return further.withVersion(same ? newest : newest + 1);
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
