// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.access.Access;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.PieceStream;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.jobs.Job.State;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.relay.Order;
import jakarta.json.JsonValue;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs over HTTP: requests become jobs, and clients ask for them. */
final class JobResource {
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final String KEY = "Idempotency-Key";

    private static final int LONGEST_KEY = 255, PAGE = 100, MOST_PAGE = 1_000;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final String AGAIN = "1";
    private static final byte[] NO_BYTES = {};
    private static final Pattern PLACE = Pattern.compile("([0-9]{1,18})-([0-9a-f]{1,64})");
    private static final Pattern TAG = Pattern.compile("\"([0-9]{1,18})\"");
    private static final String[] STATES = Stream.concat(
                    Stream.of(""), Stream.of(State.values()).map(JobResource::word))
            .toArray(String[]::new);

    private final Jobs jobs;
    private final Access access;
    private final Json json;

    JobResource(Jobs jobs, Access access, Json json) {
        this.jobs = jobs;
        this.access = access;
        this.json = json;
    }

    /**
     * A job as clients see it.
     *
     * @param position how many requests are given a worker before it; absent unless the job waits
     * @param estimated in how many seconds it will be given a worker at the present pace; absent if unknown
     * @param detail the reason for the state; absent if there is none to give
     * @param status the status of the response; absent if there is none
     * @param result the path of the response; absent if there is none
     * @param progress the last progress that its worker reported; absent if there is none
     */
    @JsonbPropertyOrder({
        "id",
        "queue",
        "state",
        "version",
        "created",
        "updated",
        "attempts",
        "position",
        "estimated",
        "detail",
        "status",
        "result",
        "progress"
    })
    public record JobBody(
            String id,
            String queue,
            String state,
            long version,
            String created,
            String updated,
            int attempts,
            @Nullable Integer position,
            @Nullable Long estimated,
            @Nullable String detail,
            @Nullable Integer status,
            @Nullable String result,
            @Nullable JsonValue progress) {}

    /**
     * A page of jobs.
     *
     * @param next the place of the next page; absent on the last one
     */
    @JsonbPropertyOrder({"jobs", "next"})
    public record JobsBody(List<JobBody> jobs, @Nullable String next) {}

    /**
     * The sender of a request about jobs.
     *
     * @param user the user as the container names them; empty if it does not know
     * @param mayWork whether they may see every job
     * @param context the path with which links begin
     */
    private record Visitor(String user, boolean mayWork, String context) {

        /** Whether this is the sender, as far as that is known. */
        boolean sent(Job job) {
            String owner = job.request().owner();
            return owner.isEmpty() || owner.equals(user);
        }

        boolean maySee(Job job) {
            return sent(job) || mayWork;
        }
    }

    private Visitor visitor(Call call) {
        return new Visitor(call.user().orElse(""), access.mayWork(call), call.context());
    }

    /** Makes the request a job. */
    void submit(Call call, Order order) throws IOException {
        Visitor visitor = visitor(call);
        String key = key(call);
        Duration wait = call.preferredWait(Duration.ZERO), spread = call.spread(wait);
        access.favourWorker(call);
        boolean favoured = call.isFavoured();
        HeldResponse response = call.hold(LONGEST);
        Scheduled watch = watchBody(response);
        response.body(jobs.options().size())
                .whenComplete((body, error) -> watch.cancel())
                .thenComposeAsync(body -> jobs.submit(order, visitor.user, key, favoured, body), jobs.executor())
                .whenComplete((job, error) -> {
                    if (error != null) response.answer(refused(error));
                    else if (wait.isZero()) accept(response, visitor, job);
                    else if (!job.isActive()) respondOrAccept(response, visitor, job);
                    else awaitResponse(response, visitor, job, spread);
                });
    }

    /** Gives up a body of which nothing comes for too long. */
    private Scheduled watchBody(HeldResponse response) {
        AtomicLong before = new AtomicLong();
        return jobs.clocks().timer().every(jobs.options().work().stall(), () -> {
            long received = response.bytesReceived();
            if (before.getAndSet(received) == received)
                jobs.executor()
                        .execute(() -> response.answer(
                                json.answer(Problem.of(408, "Nothing more of the body arrived in time."))));
        });
    }

    /** The RFC draft wants the key in quotes; many clients send it without. */
    private static String key(Call call) {
        String value = call.header(KEY).map(String::strip).orElse("");
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String key = quoted ? value.substring(1, value.length() - 1) : value;
        if (key.length() > LONGEST_KEY)
            throw new Refusal(Problem.badValue(KEY, "at most " + LONGEST_KEY + " characters", value));
        return key;
    }

    /** Waits for the response. A client that leaves meanwhile has a job all the same. */
    private void awaitResponse(HeldResponse response, Visitor visitor, Job job, Duration wait) {
        Waiter<Job> waiter = jobs.await(job.id(), wait, later -> !later.isActive(), outcome -> {
            if (outcome.ending() == Ending.GONE) return false;
            Job now = outcome.state();
            respondOrAccept(response, visitor, now == null ? job : now);
            return true;
        });
        response.onGone(waiter::gone);
    }

    private void respondOrAccept(HeldResponse response, Visitor visitor, Job job) {
        if (job.response() == null) accept(response, visitor, job);
        else sendResult(response, job, false, visitor);
    }

    private void accept(HeldResponse response, Visitor visitor, Job job) {
        describe(
                job,
                202,
                visitor,
                answer -> response.answer(answer.with("Location", path(visitor, job))
                        .with("Preference-Applied", "respond-async")
                        .with("Retry-After", AGAIN)));
    }

    private static String path(Visitor visitor, Job job) {
        return visitor.context + "/jobs/" + job.id();
    }

    /** Shows the job, at once or when it has changed. */
    void get(Call call) throws IOException {
        Visitor visitor = visitor(call);
        OptionalLong tag = tag(call), after = call.integer("after");
        OptionalLong known = after.isPresent() ? after : tag;
        Duration wait = call.isHead() || known.isEmpty()
                ? Duration.ZERO
                : call.wait(jobs.options().work().hold());
        call.checkWait();
        Duration spread = call.spread(wait);
        HeldResponse response = call.hold(wait.plus(jobs.options().work().patience()));
        Consumer<Job> answer = job -> describe(job, 200, visitor, whole -> {
            boolean unchanged = tag.isPresent() && tag.getAsLong() == job.version();
            shown(response.answer(unchanged ? OwnResponse.empty(304).with("ETag", tag(job)) : whole), job, visitor);
        });
        find(response, visitor, call.name("job"), job -> {
            if (wait.isZero() || known.getAsLong() != job.version()) answer.accept(job);
            else hold(response, job, spread, later -> later.version() > known.getAsLong(), answer);
        });
    }

    /** An ended job without a response has nothing more to read than its state. */
    private void shown(boolean sent, Job job, Visitor visitor) {
        if (sent && job.response() == null && visitor.sent(job)) jobs.markRead(job);
    }

    private static OptionalLong tag(Call call) {
        Matcher matcher = TAG.matcher(call.header("If-None-Match").orElse(""));
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    private static String tag(Job job) {
        return "\"" + job.version() + "\"";
    }

    /** Finds the job for a visitor who may see it. */
    private void find(HeldResponse response, Visitor visitor, String id, Consumer<Job> then) {
        jobs.look(id).whenComplete((job, error) -> {
            if (error != null) response.answer(refused(error));
            else if (!job.exists() && jobs.mayBeElsewhere()) response.answer(perhapsElsewhere());
            else if (!jobs.isShown(job)) response.answer(absent(id));
            else if (!visitor.maySee(job)) response.answer(json.answer(access.notTheirs(!visitor.user.isEmpty())));
            else then.accept(job);
        });
    }

    private OwnResponse perhapsElsewhere() {
        return json.later(Problem.of(503, "The job is not known here. Members that were lost may know it.")
                .and("outcome", "none"));
    }

    private OwnResponse absent(String id) {
        return json.answer(Problem.of(404, "There is no such job, or it was forgotten.")
                .and("field", "job")
                .and("rule", "one that is known")
                .and("value", id));
    }

    /** Waits for the job to be as wanted. The answer is sent in any case. */
    private void hold(HeldResponse response, Job job, Duration wait, Predicate<Job> wanted, Consumer<Job> answer) {
        Waiter<Job> waiter = jobs.await(job.id(), wait, wanted, outcome -> release(response, job, outcome, answer));
        response.onGone(waiter::gone);
    }

    private boolean release(HeldResponse response, Job job, Outcome<Job> outcome, Consumer<Job> answer) {
        Job now = outcome.state();
        if (outcome.ending() == Ending.GONE) return false;
        if (outcome.ending() == Ending.REFUSED) return response.answer(json.full());
        answer.accept(now == null ? job : now);
        return true;
    }

    /** Sends the response of the worker, at once or when there is one. */
    void result(Call call) throws IOException {
        Visitor visitor = visitor(call);
        Duration wait = call.wait(Duration.ZERO), spread = call.spread(wait);
        HeldResponse response = call.hold(LONGEST);
        boolean head = call.isHead();
        Consumer<Job> answer = job -> sendResult(response, job, head, visitor);
        find(response, visitor, call.name("job"), job -> {
            if (wait.isZero() || head || !job.isActive()) answer.accept(job);
            else hold(response, job, spread, later -> !later.isActive(), answer);
        });
    }

    private void sendResult(HeldResponse response, Job job, boolean head, Visitor visitor) {
        Job.Response kept = job.response();
        if (kept == null) {
            response.answer(json.answer(Problem.of(404, "There is no response.").and("state", word(job.state()))));
            return;
        }
        Headers headers = kept.headers();
        if (head) response.answer(new PassedResponse(kept.status(), headers, NO_BYTES));
        else
            jobs.piece(kept.body(), 0)
                    .whenCompleteAsync(
                            (first, error) -> {
                                if (error != null) response.answer(refused(error));
                                else if (first.isEmpty()) response.answer(absent(job.id()));
                                else sendResult(response, job, first.get(), visitor.sent(job));
                            },
                            jobs.executor());
    }

    private void sendResult(HeldResponse response, Job job, byte[] first, boolean reads) {
        Job.Response kept = Objects.requireNonNull(job.response());
        Headers headers = kept.headers();
        Job.Kept body = kept.body();
        Duration stall = jobs.options().work().stall();
        if (body.pieces() == 1) {
            boolean sent = response.answer(
                    new PassedResponse(kept.status(), headers, first),
                    stall,
                    jobs.clocks().timer());
            if (sent && reads) jobs.markRead(job);
        } else
            response.stream(new PassedResponse(kept.status(), headers, NO_BYTES), body.bytes())
                    .ifPresent(stream -> stream(stream, body, stall, reads ? () -> jobs.markRead(job) : () -> {})
                            .write(0, first));
    }

    private PieceStream stream(HeldStream stream, Job.Kept body, Duration stall, Runnable whenRead) {
        IntFunction<CompletionStage<Optional<byte[]>>> source = piece -> {
            if (piece + 1 == body.pieces()) whenRead.run();
            return jobs.piece(body, piece);
        };
        return new PieceStream(stream, body.pieces(), source, stall, jobs.clocks(), jobs.executor());
    }

    /** Cancels the job. */
    void cancel(Call call) throws IOException {
        call.checkOrigin();
        Visitor visitor = visitor(call);
        HeldResponse response = call.hold(jobs.options().work().patience().multipliedBy(2));
        find(response, visitor, call.name("job"), job -> jobs.cancel(job.id()).whenComplete((now, error) -> {
            if (error != null) response.answer(refused(error));
            else describe(now.exists() ? now : job, 200, visitor, whole -> shown(response.answer(whole), now, visitor));
        }));
    }

    /** Has a dead job tried once more. */
    void requeue(Call call) throws IOException {
        access.toWork(call);
        Visitor visitor = visitor(call);
        HeldResponse response = call.hold(jobs.options().work().patience().multipliedBy(2));
        find(response, visitor, call.name("job"), job -> {
            if (job.state() != State.DEAD) response.answer(notDead(job));
            else
                jobs.requeue(job).whenComplete((now, error) -> {
                    if (error != null) response.answer(refused(error));
                    else describe(now.exists() ? now : job, 200, visitor, response::answer);
                });
        });
    }

    private OwnResponse notDead(Job job) {
        String state = word(job.state());
        return json.answer(Problem.of(409, "The job is " + state + "; one that is dead is queued again.")
                .and("state", state));
    }

    /** Lists jobs. */
    void list(Call call) throws IOException {
        access.toWork(call);
        Visitor visitor = visitor(call);
        String state = call.word("state", STATES).orElse("").toUpperCase(Locale.ROOT);
        int limit = call.number("limit", PAGE, 1, MOST_PAGE);
        Matcher place = place(call.text("after").orElse("0-0"));
        JobPage.Wanted wanted = new JobPage.Wanted(
                call.text("queue").orElse(""),
                state,
                Long.parseLong(place.group(1)),
                place.group(2),
                jobs.now() - jobs.options().keep().toMillis(),
                limit);
        HeldResponse response = call.hold(jobs.options().work().patience());
        jobs.list(wanted)
                .thenApply(found -> page(found, limit, visitor))
                .exceptionally(this::refused)
                .thenAccept(answer -> response.answer(
                        answer, jobs.options().work().stall(), jobs.clocks().timer()));
    }

    private static Matcher place(String text) {
        Matcher matcher = PLACE.matcher(text);
        if (!matcher.matches()) throw new Refusal(Problem.badValue("after", "the 'next' of the page before", text));
        return matcher;
    }

    private OwnResponse page(List<Job> found, int limit, Visitor visitor) {
        Job last = found.size() == limit ? found.get(limit - 1) : null;
        return json.answer(
                200,
                new JobsBody(
                        found.stream()
                                .map(job -> body(job, QueuePlace.NONE, visitor))
                                .toList(),
                        last == null ? null : last.request().created() + "-" + last.id()));
    }

    /** Describes the job, with its place if the queue says it. */
    private void describe(Job job, int status, Visitor visitor, Consumer<OwnResponse> sink) {
        jobs.place(job)
                .whenComplete((place, error) ->
                        sink.accept(json.answer(status, body(job, place == null ? QueuePlace.NONE : place, visitor))
                                .with("ETag", tag(job))));
    }

    private static JobBody body(Job job, QueuePlace place, Visitor visitor) {
        Job.Response response = job.response();
        return new JobBody(
                job.id(),
                job.queue(),
                word(job.state()),
                job.version(),
                time(job.request().created()),
                time(job.updated()),
                job.attempts(),
                place.before() >= 0 ? place.before() : null,
                place.millis() > 0 ? -Math.floorDiv(-place.millis(), MILLIS_PER_SECOND) : null,
                job.detail().isEmpty() ? null : job.detail(),
                response == null ? null : response.status(),
                response == null ? null : path(visitor, job) + "/result",
                Progress.value(job.progress()));
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private OwnResponse refused(@Nullable Throwable thrown) {
        return json.failed(thrown == null ? new IllegalStateException() : thrown, JobRefusal.class, this::answer);
    }

    private OwnResponse answer(JobRefusal refusal) {
        String detail = refusal.getMessage() + ".";
        return switch (refusal.why()) {
            case UNKNOWN -> json.later(Problem.of(503, detail).and("outcome", "unknown"));
            case UNAVAILABLE, QUEUE_FULL -> json.later(Problem.of(503, detail).and("outcome", "none"));
            case TOO_MANY_QUEUES, TOO_MANY_JOBS, TOO_MUCH ->
                json.answer(Problem.of(507, detail).and("outcome", "none"));
            case OTHER_REQUEST ->
                json.answer(Problem.of(422, detail)
                        .and("field", KEY)
                        .and("rule", "one that no other request has had")
                        .and("outcome", "none"));
        };
    }
}
