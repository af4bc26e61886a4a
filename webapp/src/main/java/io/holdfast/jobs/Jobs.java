// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Pieces;
import io.holdfast.cluster.Sweep;
import io.holdfast.flow.RequestBody;
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
import io.holdfast.work.Order;
import io.holdfast.work.Requester;
import io.holdfast.work.WorkQueues;
import io.holdfast.work.queue.QueuePlace;
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
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of the cluster, and those of them whose home is this member. Where a home is no member any more, whoever owns the job's entry
 * takes its place. Stages fail with {@link JobRefusal}. Nothing blocks.
 */
final class Jobs {
    private static final Logger LOG = System.getLogger(Jobs.class.getName());
    private static final String ROOM = "work.job";
    private static final byte[] LOOK = {};
    /** What nobody keeps for longer is there for so long. */
    private static final Duration BYTES = Duration.ofDays(1), BYTES_EVERY = Duration.ofHours(1);

    /** How long what has been let go of is there for those who are being given it; and where memory is short. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(5), SHORT = Duration.ofSeconds(10);

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
    private final Map<String, JobRun> runs = new ConcurrentHashMap<>();
    /** The newest version that was shown to those who wait for the job. */
    private final Map<String, Long> shown = new ConcurrentHashMap<>();

    private final Map<State, LongAdder> ended = new EnumMap<>(State.class);
    private final BackgroundTask tidying = new BackgroundTask("holdfast-work-jobs");
    private final ExecutorService lister =
            Threads.pool("holdfast-work-list", 1, IDLE, new ThreadPoolExecutor.AbortPolicy());
    private Set<String> homeless = Set.of(); // when it was last looked; the errand's
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

    /** Begins to hear of changes, and to look for them every so often. */
    Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, (name, state, reply) -> {
            if (waiters.isAwaited(key(name)) || runs.containsKey(name)) look(name);
            reply.accept(0);
        });
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Ends what is done beside. */
    void close() {
        tidying.close();
        lister.shutdownNow();
    }

    /** How many jobs have this member for their home, and have not ended. */
    int here() {
        return runs.size();
    }

    /** How many of them have a worker. */
    long running() {
        return runs.values().stream().filter(JobRun::isRunning).count();
    }

    /** How many jobs have ended so, at this member. */
    long ended(State how) {
        LongAdder count = ended.get(how);
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
        return clocks.wall().millis();
    }

    boolean isMine(Job job) {
        return job.isActiveAt(me);
    }

    /** Whether it is not shown any more. */
    boolean isOver(Job job) {
        return job.isOver(now(), options.keep().toMillis());
    }

    /**
     * Makes a request a job, or finds the one that it is already, by its key. Completes when it is on the backups, and in its queue.
     *
     * @param owner who sent it; empty if nobody knows
     * @param key that it has of its own; empty if none
     */
    CompletionStage<Job> submit(Order order, String owner, String key, byte[] body) {
        if (pieces.isOver(1))
            return CompletableFuture.failedFuture(new JobRefusal(
                    Why.TOO_MUCH, "there are as many bytes of requests and responses as work.memory allows"));
        if (key.isEmpty()) return create(newName(), "", order, owner, body);
        String scoped = order.queue() + "/" + digest(owner, key);
        String print = digest(order.method(), order.path(), type(order), digest(body));
        return claim(scoped, print).thenCompose(claim -> {
            if (!claim.request().equals(print))
                throw new JobRefusal(Why.OTHER_REQUEST, "another request had this Idempotency-Key");
            return store.step(claim.job(), JobStep.looked())
                    .thenCompose(known -> known.isPresent()
                            ? CompletableFuture.completedFuture(known.get())
                            : create(claim.job(), scoped, order, owner, body));
        });
    }

    /** What is remembered of the key; if that is of a job which has been forgotten, it is forgotten too. */
    private CompletionStage<JobKey> claim(String key, String print) {
        return store.claim(key, new JobKey(print, newName(), now())).thenCompose(claim -> {
            if (claim.since() >= now() - options.keep().toMillis()) return CompletableFuture.completedFuture(claim);
            return store.step(claim.job(), JobStep.looked())
                    .thenCompose(job -> job.isPresent() && !isOver(job.get())
                            ? CompletableFuture.completedFuture(claim)
                            : store.release(key, claim.job()).thenCompose(released -> claim(key, print)));
        });
    }

    private CompletionStage<Job> create(String id, String key, Order order, String owner, byte[] body) {
        Order own = order.as(id, body.length);
        Job.Kept saved =
                own.hasBody() ? new Job.Kept(id + "." + order.id(), body.length, Pieces.count(body.length)) : null;
        return save(saved, body).thenCompose(done -> {
            Job.Request request = new Job.Request(own, order.id(), owner, own.mayRepeat(!key.isEmpty()), saved, now());
            Job job = Job.of(request, me, options.hold().toMillis());
            JobRun run = run(id);
            return store.step(id, JobStep.created(job))
                    .whenComplete((created, error) -> {
                        if (error != null) run.doubt();
                        if (error instanceof JobRefusal refusal && refusal.why() == Why.TOO_MANY_JOBS) letGo(saved);
                    })
                    .thenCompose(created -> begin(run, key, job, created.orElse(job)));
        });
    }

    private CompletionStage<Void> save(Job.@Nullable Kept kept, byte[] body) {
        if (kept == null) return CompletableFuture.completedFuture(null);
        return pieces.save(kept.id(), body, BYTES).exceptionally(error -> {
            throw new JobRefusal(Why.UNAVAILABLE, "the cluster has not taken the request");
        });
    }

    private CompletionStage<Job> begin(JobRun run, String key, Job wanted, Job created) {
        show(created);
        // Somebody else was quicker, with the same key.
        if (!created.request().name().equals(wanted.request().name())) {
            letGo(wanted.request().body());
            return CompletableFuture.completedFuture(created);
        }
        run.proceed();
        return run.accepted()
                .whenComplete((accepted, error) -> {
                    if (error != null && !key.isEmpty())
                        store.release(key, created.id()).whenComplete(this::leftToTheSweep);
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

    private JobRun run(String id) {
        return runs.computeIfAbsent(id, name -> new JobRun(this, name));
    }

    void over(JobRun run, @Nullable Job job) {
        runs.remove(run.id(), run);
        LongAdder count = job == null || !job.home().equals(me) ? null : ended.get(job.state());
        if (count != null) count.increment();
    }

    /** The job, if there is one. */
    CompletionStage<Optional<Job>> look(String id) {
        return store.step(id, JobStep.looked()).whenComplete((job, error) -> {
            if (error != null) leftToTheSweep(null, error);
            else job.ifPresentOrElse(this::show, () -> lost(id));
        });
    }

    /** Has this happen to the job, and everybody hear of it. */
    CompletionStage<Optional<Job>> step(String id, JobStep step) {
        return store.step(id, step).whenComplete((job, error) -> {
            if (error != null) leftToTheSweep(null, error);
            else job.ifPresentOrElse(this::changed, () -> lost(id));
        });
    }

    private void changed(Job job) {
        show(job);
        if (!job.needsRequest()) letGo(job.request().body());
        cluster.signals().send(ROOM, job.id(), LOOK);
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
        JobRun run = runs.get(job.id());
        if (run != null) run.know(job);
    }

    private void lost(String id) {
        JobRun run = runs.get(id);
        if (run != null) run.lost();
    }

    private static Key<Job> key(String id) {
        return new Key<>(ROOM, id);
    }

    /** Waits until the job is newer than that version, and so as is wanted. */
    Waiter<Job> await(String id, Duration wait, Predicate<Job> wanted, Sink<Job> sink) {
        Waiter<Job> waiter = waiters.hold(key(id), wait, wanted, sink);
        // What came before it was registered.
        if (!waiter.hasEnded()) look(id);
        return waiter;
    }

    /** Nobody wants it any more; the job then. */
    CompletionStage<Optional<Job>> cancel(String id) {
        return step(id, JobStep.cancelled(""));
    }

    /** Has a job that is dead tried once more; the job then. */
    CompletionStage<Optional<Job>> requeue(Job dead) {
        long wait = options.hold().toMillis();
        return takeUp(dead.id(), JobStep.requeued(me, dead.term(), wait));
    }

    /** A step after which the job may have this member for its home. */
    private CompletionStage<Optional<Job>> takeUp(String id, JobStep step) {
        return store.step(id, step).whenComplete((job, error) -> {
            if (error != null) {
                taken(id).doubt();
                return;
            }
            boolean mine = job.filter(this::isMine).isPresent();
            JobRun run = mine ? taken(id) : null;
            job.ifPresent(this::changed);
            if (run != null) run.proceed();
        });
    }

    private JobRun taken(String id) {
        JobRun run = run(id);
        run.accept();
        return run;
    }

    /** Where a job that is queued waits, if that can be told. */
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

    /** A piece of a response; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(Job.Kept body, int piece) {
        return pieces.read(body.id(), piece).exceptionally(error -> {
            throw new JobRefusal(Why.UNAVAILABLE, "the cluster has not given the response");
        });
    }

    WorkQueues.Entry entry(Order order, @Nullable RequestBody body, Duration wait, Requester requester) {
        return queues.entry(order, body, wait, requester);
    }

    RequestBody body(Job.Kept kept, Runnable whenLost) {
        return new KeptBody(pieces, kept, whenLost);
    }

    Keeping keeping(String id, IntConsumer source) {
        return new Keeping(pieces, id, options.keep().plus(BYTES), source);
    }

    /** The longest response that is kept, in bytes. */
    int longest() {
        return options.size();
    }

    /** Whether there is no memory for responses. */
    boolean isShort() {
        return pieces.isOver(2);
    }

    /** Whether a job that was not tried yet as often as now may be tried again. */
    boolean mayBeTriedAfterThis(Job before) {
        return before.mayBeTriedAgain(options.work().attempts() - 1);
    }

    JobStep failed(long term, String why, Job.@Nullable Response response) {
        return JobStep.failed(me, term, why, response, options.trying());
    }

    Scheduled later(Duration pause, Runnable task) {
        return clocks.timer().after(pause, () -> executor.execute(task));
    }

    /** Compares what somebody waits for, and what is being performed here, with the state. */
    private CompletionStage<?> sweep() {
        store.takeStock();
        pieces.count();
        tidying.start(this::tidy);
        Set<String> all = new HashSet<>(waiters.awaitedIn(ROOM));
        shown.keySet().retainAll(all);
        for (JobRun run : runs.values())
            if (run.isUnsure()) run.look();
            else if (run.isRunning()) all.add(run.id());
        if (all.isEmpty()) return CompletableFuture.completedFuture(all);
        return store.glance(all).thenAcceptAsync(versions -> versions.forEach(this::swept), executor);
    }

    private void swept(String id, long version) {
        JobRun run = runs.get(id);
        boolean known = run == null ? shown.getOrDefault(id, 0L) == version : run.version() == version;
        if (!known) look(id);
    }

    private void tidy() {
        adopt();
        pieces.tidy(pieces.isOver(1) ? SHORT : DOWNLOAD);
        long now = clocks.ticker().nanos();
        if (now - forgotten > FORGET_EVERY.toNanos()) {
            forgotten = now;
            store.forget().forEach(this::letGoOf);
            store.forgetKeys();
        }
        if (now - kept > BYTES_EVERY.toNanos()) {
            kept = now;
            for (Job job : store.needy()) keep(job.request().body());
        }
    }

    private void letGoOf(Job job) {
        letGo(job.request().body());
        if (job.response() != null) letGo(job.response().body());
    }

    private void keep(Job.@Nullable Kept bytes) {
        if (bytes != null) pieces.keep(bytes.id(), bytes.pieces(), BYTES);
    }

    /** Takes up whose home is not there, if it was not when it was last looked. */
    private void adopt() {
        Set<String> members = new HashSet<>(cluster.signals().others());
        members.add(me);
        Set<String> found = store.homeless(members);
        for (String id : found) if (homeless.contains(id)) adopt(id, members);
        homeless = found;
    }

    private void adopt(String id, Set<String> members) {
        store.step(id, JobStep.looked())
                .thenCompose(job -> job.isEmpty()
                                || !job.get().isActive()
                                || members.contains(job.get().home())
                        ? CompletableFuture.completedFuture(job)
                        : takeUp(id, JobStep.adopted(me, job.get().term(), options.trying())))
                .whenComplete(this::leftToTheSweep);
    }

    private void leftToTheSweep(@Nullable Object done, @Nullable Throwable error) {
        if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep looks again cause=" + error);
    }
}
