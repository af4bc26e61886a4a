// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Pieces;
import io.holdfast.cluster.Sweep;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.flow.RequestBody;
import io.holdfast.http.BodySource;
import io.holdfast.jobs.Job.State;
import io.holdfast.jobs.JobRefusal.Why;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Threads;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.Requester;
import io.holdfast.work.WorkQueues;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.relay.Order;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of the cluster, and in particular those whose home is this member. If a home leaves the cluster, the member that owns the
 * job's entry takes its place. Stages fail with {@link JobRefusal}. Nothing blocks.
 */
final class Jobs {
    private static final Logger LOG = System.getLogger(Jobs.class.getName());
    private static final String ROOM = "work.job";
    private static final byte[] NO_DATA = {};
    /** How long the body of a request is kept unless that is renewed, and how often it is. */
    private static final Duration BYTES = Duration.ofDays(1), BYTES_EVERY = Duration.ofHours(1);

    /** How long bytes that are not needed any more stay for those who are reading them; and how long if memory is short. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(5), SHORT = Duration.ofSeconds(10);

    /** Requests of new jobs may take so much of the memory, in percent. The rest is left to responses. */
    private static final int REQUESTS = 75;

    /** Requests of anybody may take so much of it. */
    private static final int REQUESTS_OF_ANYBODY = REQUESTS * Limit.OPEN_PERCENT / 100;

    private static final Duration FORGET_EVERY = Duration.ofSeconds(30), IDLE = Duration.ofSeconds(10);

    private final WorkQueues queues;
    private final Cluster cluster;
    private final Waiters waiters;
    private final JobOptions options;
    private final JobStore store;
    private final Pieces pieces;
    private final Clocks clocks;
    private final Executor executor;
    private final String me;
    private final Map<String, JobHome> homes = new ConcurrentHashMap<>();
    /** The newest version of each awaited job that its waiters have seen. */
    private final Map<String, Long> shown = new ConcurrentHashMap<>();

    private final Map<State, LongAdder> ended = new EnumMap<>(State.class);
    private final BackgroundTask tidying = new BackgroundTask("holdfast-work-jobs");
    private final ExecutorService lister =
            Threads.pool("holdfast-work-list", 1, IDLE, new ThreadPoolExecutor.AbortPolicy());
    private Set<String> homeless = Set.of(); // at the last look; used by the tidying task
    private volatile long forgotten, kept;

    Jobs(Kernel kernel, JobOptions options, WorkQueues queues) {
        this.options = options;
        this.queues = queues;
        this.cluster = kernel.cluster();
        this.waiters = kernel.waiters();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
        this.store = new JobStore(cluster, options, clocks, executor);
        this.pieces = new Pieces(cluster, JobWire.BYTES, options.memory());
        this.me = cluster.signals().name();
        this.forgotten = this.kept = clocks.ticker().nanos();
        for (State state : State.values()) ended.put(state, new LongAdder());
    }

    /** Begins to listen for changes, and to sweep. */
    Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, (name, state, reply) -> {
            if (waiters.isAwaited(key(name)) || homes.containsKey(name)) look(name);
            reply.accept(0);
        });
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Ends the background work. */
    void close() {
        tidying.close();
        lister.shutdownNow();
    }

    /** How many active jobs have this member for their home. */
    int active() {
        return homes.size();
    }

    /** How many of these have a worker. */
    long running() {
        return homes.values().stream().filter(JobHome::isRunning).count();
    }

    /** How many jobs have ended in that state at this member. */
    long ended(State state) {
        LongAdder count = ended.get(state);
        return count == null ? 0 : count.sum();
    }

    JobOptions options() {
        return options;
    }

    Clocks clocks() {
        return clocks;
    }

    Executor executor() {
        return executor;
    }

    String me() {
        return me;
    }

    long now() {
        return clocks.cluster().millis();
    }

    boolean isMine(Job job) {
        return job.isActiveAt(me);
    }

    /** Whether the job is shown: it exists, and has not ended too long ago. */
    boolean isShown(Job job) {
        return job.exists() && !job.hasLongEnded(now(), options.keep().toMillis());
    }

    /** Whether a job that is not known here may be known to members that were lost. */
    boolean mayBeElsewhere() {
        return cluster.trust().mayBeElsewhere(options.keep());
    }

    /** Its sender has got all there is to know of the ended job. It is the first to give way if there is no room for new ones. */
    void markRead(Job job) {
        if (job.mayBeMarkedRead()) store.step(job.id(), new JobStep.Read()).whenComplete(this::leaveToTheSweep);
    }

    /**
     * Makes a job of a request, or finds the job that was made before with the same key. Completes when the job is on the backups and in
     * its queue.
     *
     * @param owner the user who sent it; empty if unknown
     * @param key its {@code Idempotency-Key}; empty if there is none
     * @param favoured whether the part of the memory that is kept for workers and operators is for it, too
     */
    CompletionStage<Job> submit(Order order, String owner, String key, boolean favoured, byte[] body) {
        Submission submission = new Submission(
                order, owner, key.isEmpty() ? "" : order.queue() + "/" + digest(owner, key), favoured, body);
        if (pieces.isOver(submission.percent())) return CompletableFuture.failedFuture(tooMuch());
        if (key.isEmpty()) return create(newName(), submission);
        String print = digest(order.method(), order.path(), type(order), digest(body));
        return claim(submission.key, print).thenCompose(claim -> {
            if (!claim.request().equals(print))
                throw new JobRefusal(Why.OTHER_REQUEST, "another request had this Idempotency-Key");
            return store.step(claim.job(), new JobStep.Look())
                    .thenCompose(known -> known.exists()
                            ? CompletableFuture.completedFuture(known)
                            : create(claim.job(), submission));
        });
    }

    /** A request that is to be a job, with the key as the cluster knows it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Submission(Order order, String owner, String key, boolean favoured, byte[] body) {

        /** The part of the memory that there is for it. */
        int percent() {
            return favoured ? REQUESTS : REQUESTS_OF_ANYBODY;
        }
    }

    /** The record of the key, which is taken unless it was; a record whose job is no longer shown is replaced. */
    private CompletionStage<JobKey> claim(String key, String print) {
        return store.claim(key, new JobKey(print, newName(), now())).thenCompose(claim -> {
            if (claim.since() >= now() - options.keep().toMillis()) return CompletableFuture.completedFuture(claim);
            return store.step(claim.job(), new JobStep.Look())
                    .thenCompose(job -> isShown(job)
                            ? CompletableFuture.completedFuture(claim)
                            : store.release(key, claim.job()).thenCompose(released -> claim(key, print)));
        });
    }

    private CompletionStage<Job> create(String id, Submission submission) {
        Order order = submission.order, own = order.as(id, submission.body.length);
        int length = submission.body.length;
        Job.Kept saved = own.hasBody() ? new Job.Kept(id + "." + order.id(), length, Pieces.count(length)) : null;
        return save(saved, submission).thenCompose(done -> {
            boolean keyed = !submission.key.isEmpty();
            Job.Request request =
                    new Job.Request(own, order.id(), submission.owner, own.mayRepeat(keyed), saved, now(), keyed);
            Job job = Job.of(request, me, options.hold().toMillis());
            JobHome home = home(id);
            return store.step(id, new JobStep.Create(job, submission.favoured))
                    .whenComplete((created, error) -> {
                        if (error != null) home.doubt();
                        if (error instanceof JobRefusal refusal && refusal.why() == Why.TOO_MANY_JOBS) {
                            letGo(saved);
                        }
                    })
                    .thenCompose(created -> begin(home, submission, job, created));
        });
    }

    private CompletionStage<Void> save(Job.@Nullable Kept kept, Submission submission) {
        if (kept == null) return CompletableFuture.completedFuture(null);
        return pieces.save(kept.id(), submission.body, BYTES, submission.percent())
                .exceptionally(error -> {
                    if (Pieces.NoRoomException.isCauseOf(error)) throw tooMuch();
                    throw new JobRefusal(Why.UNAVAILABLE, "the cluster has not taken the request");
                });
    }

    private static JobRefusal tooMuch() {
        return new JobRefusal(Why.TOO_MUCH, "there are as many bytes of requests and responses as work.memory allows");
    }

    private CompletionStage<Job> begin(JobHome home, Submission submission, Job wanted, Job created) {
        show(created);
        // Another request with the same key was first.
        if (!created.request().name().equals(wanted.request().name())) {
            letGo(wanted.request().body());
            return CompletableFuture.completedFuture(created);
        }
        if (submission.favoured) home.favour();
        home.proceed();
        return home.accepted()
                .whenComplete((accepted, error) -> {
                    if (home.isRefused() && !submission.key.isEmpty())
                        store.release(submission.key, created.id()).whenComplete(this::leaveToTheSweep);
                })
                .thenApply(accepted -> created);
    }

    private static String newName() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static String type(Order order) {
        return order.headers().first("Content-Type").orElse("");
    }

    private static String digest(String... parts) {
        return digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private JobHome home(String id) {
        return homes.computeIfAbsent(id, name -> new JobHome(this, name));
    }

    /** The job is not at this member any more, or has ended. */
    void onClosed(JobHome home, Job job) {
        homes.remove(home.id(), home);
        LongAdder count = job.home().equals(me) ? ended.get(job.state()) : null;
        if (count != null) count.increment();
    }

    /** The job; {@link Job#NONE} if it does not exist. */
    CompletionStage<Job> look(String id) {
        return store.step(id, new JobStep.Look()).whenComplete((job, error) -> {
            if (error != null) leaveToTheSweep(null, error);
            else if (job.exists()) show(job);
            else onLost(id);
        });
    }

    /** Changes the job and tells all members; completes with the job, or with {@link Job#NONE} if it does not exist. */
    CompletionStage<Job> step(String id, JobStep step) {
        return store.step(id, step).whenComplete((job, error) -> {
            if (error != null) leaveToTheSweep(null, error);
            else if (job.exists()) publish(job);
            else onLost(id);
        });
    }

    private void publish(Job job) {
        show(job);
        if (!job.needsRequest()) letGo(job.request().body());
        cluster.signals().send(ROOM, job.id(), NO_DATA);
    }

    private void letGo(Job.@Nullable Kept bytes) {
        if (bytes != null) pieces.release(bytes.id(), bytes.pieces());
    }

    private void show(Job job) {
        Key<Job> key = key(job.id());
        if (waiters.isAwaited(key)) {
            shown.merge(job.id(), job.version(), Math::max);
            waiters.release(key, job);
        }
        JobHome home = homes.get(job.id());
        if (home != null) home.know(job);
    }

    private void onLost(String id) {
        JobHome home = homes.get(id);
        if (home != null) home.onLost();
    }

    private static Key<Job> key(String id) {
        return new Key<>(ROOM, id);
    }

    /** Waits until the job is as wanted. */
    Waiter<Job> await(String id, Duration wait, Predicate<Job> wanted, Sink<Job> sink) {
        Waiter<Job> waiter = waiters.hold(key(id), wait, wanted, sink);
        // Changes from before the registration.
        if (!waiter.hasEnded()) look(id);
        return waiter;
    }

    /** Cancels the job, and completes with the job then. */
    CompletionStage<Job> cancel(String id) {
        return step(id, new JobStep.Cancel(""));
    }

    /** Has a dead job tried once more, and completes with the job then. */
    CompletionStage<Job> requeue(Job dead) {
        return adopt(
                dead.id(), new JobStep.Requeue(me, dead.term(), options.hold().toMillis()));
    }

    /** Changes the job by a step after which this member may be its home. */
    private CompletionStage<Job> adopt(String id, JobStep step) {
        return store.step(id, step).whenComplete((job, error) -> {
            if (error != null) {
                acceptedHome(id).doubt();
                return;
            }
            JobHome home = isMine(job) ? acceptedHome(id) : null;
            if (job.exists()) publish(job);
            if (home != null) home.proceed();
        });
    }

    private JobHome acceptedHome(String id) {
        JobHome home = home(id);
        home.accept();
        return home;
    }

    /** Where a queued job waits; {@link QueuePlace#NONE} if that is unknown. */
    CompletionStage<QueuePlace> place(Job job) {
        if (job.state() != State.QUEUED) return CompletableFuture.completedFuture(QueuePlace.NONE);
        return queues.place(job.queue(), job.id()).exceptionally(error -> QueuePlace.NONE);
    }

    /** A page of jobs. */
    CompletionStage<List<Job>> list(JobPage.Wanted wanted) {
        Optional<String> doubt = cluster.trust().doubt();
        if (doubt.isPresent()) return CompletableFuture.failedFuture(new JobRefusal(Why.UNAVAILABLE, doubt.get()));
        return CompletableFuture.supplyAsync(() -> store.page(wanted), lister).exceptionally(error -> {
            LOG.log(Level.DEBUG, "The jobs cannot be listed", error);
            throw new JobRefusal(Why.UNAVAILABLE, "the cluster has not answered");
        });
    }

    /** A piece of a response; empty if it is no longer kept. */
    CompletionStage<Optional<byte[]>> piece(Job.Kept body, int piece) {
        return pieces.read(body.id(), piece).exceptionally(error -> {
            throw new JobRefusal(Why.UNAVAILABLE, "the cluster has not given the response");
        });
    }

    WorkQueues.Entry entry(Order order, @Nullable RequestBody body, Duration wait, Requester requester) {
        return queues.entry(order, body, wait, requester);
    }

    RequestBody body(Job.Kept kept, Runnable whenLost) {
        return new StoredBody(pieces, kept, whenLost);
    }

    ResponseWriter writer(String id, BodySource source, Consumer<Throwable> whenFailed) {
        return new ResponseWriter(pieces, id, options.keep().plus(BYTES), source, whenFailed);
    }

    /** The longest response that is kept, in bytes. */
    int longest() {
        return options.size();
    }

    /** Whether there is no memory for responses. */
    boolean isShort() {
        return pieces.isOver(99);
    }

    /** Whether the job, as it was before an attempt, may be tried again after it. */
    boolean mayBeRetriedAfterThis(Job before) {
        return before.mayBeRetried(options.work().attempts() - 1);
    }

    JobStep failed(long term, String why, Job.@Nullable Response response) {
        return new JobStep.Fail(me, term, why, response, options.retries());
    }

    Scheduled later(Duration pause, Runnable task) {
        return clocks.timer().after(pause, () -> executor.execute(task));
    }

    /** Compares the awaited jobs and those that run here with the cluster's state. */
    private CompletionStage<?> sweep() {
        tidying.start(this::tidy);
        Set<String> all = new HashSet<>(waiters.awaitedIn(ROOM));
        shown.keySet().retainAll(all);
        for (JobHome home : homes.values())
            if (home.isUnsure()) home.refresh();
            else if (home.isRunning()) all.add(home.id());
        if (all.isEmpty()) return CompletableFuture.completedFuture(all);
        return store.versions(all).thenAcceptAsync(versions -> versions.forEach(this::compare), executor);
    }

    private void compare(String id, long version) {
        JobHome home = homes.get(id);
        boolean known = home == null ? shown.getOrDefault(id, 0L) == version : home.version() == version;
        if (!known) look(id);
    }

    private void tidy() {
        adoptHomeless();
        pieces.tidy(pieces.isOver(REQUESTS) ? SHORT : DOWNLOAD);
        long now = clocks.ticker().nanos();
        if (store.isPressed() || pieces.isOver(REQUESTS))
            store.forgetRead(SHORT).forEach(this::letGoOf);
        if (now - forgotten > FORGET_EVERY.toNanos() || store.isUnweighed()) {
            forgotten = now;
            store.forget().forEach(this::letGoOf);
            store.forgetKeys();
            store.weigh();
        }
        if (now - kept > BYTES_EVERY.toNanos()) {
            kept = now;
            for (Job job : store.needingBodies()) keep(job.request().body());
        }
    }

    private void letGoOf(Job job) {
        letGo(job.request().body());
        if (job.response() != null) letGo(job.response().body());
    }

    private void keep(Job.@Nullable Kept bytes) {
        if (bytes != null) pieces.keep(bytes.id(), bytes.pieces(), BYTES);
    }

    /** Adopts the jobs whose home was absent at the last look and is absent now. */
    private void adoptHomeless() {
        Set<String> members = new HashSet<>(cluster.signals().others());
        members.add(me);
        Set<String> found = store.homeless(members);
        for (String id : found) if (homeless.contains(id)) adoptHomeless(id, members);
        homeless = found;
    }

    private void adoptHomeless(String id, Set<String> members) {
        store.step(id, new JobStep.Look())
                .thenCompose(job -> !job.isActive() || members.contains(job.home())
                        ? CompletableFuture.completedFuture(job)
                        : adopt(id, new JobStep.Adopt(me, job.term(), options.retries())))
                .whenComplete(this::leaveToTheSweep);
    }

    private void leaveToTheSweep(@Nullable Object done, @Nullable Throwable error) {
        if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep looks again cause=" + error);
    }
}
