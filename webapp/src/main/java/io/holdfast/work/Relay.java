// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.cluster.Cluster;
import io.holdfast.http.Headers;
import io.holdfast.time.Timer;
import io.holdfast.work.Note.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request and its response on between two members: each has one end of the talk, and behind it a caller or a worker, who need
 * not know. What one end tells the other comes in order and once, or the talk is broken, which both are told. How much is on its way is
 * bounded by what the other end wants.
 */
final class Relay {
    private static final String ROOM = "work";
    private static final int MOST_TRIES = 20;
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Cluster cluster;
    private final Workers workers;
    private final Answers answers;
    private final Timer timer;
    private final Map<String, End> ends = new ConcurrentHashMap<>();

    /** The workers that are attached to this member. */
    @FunctionalInterface
    interface Workers {
        /** Has the worker in this slot perform it; false if it is not there any more. */
        boolean perform(String slot, long token, Order order, Asking asking);
    }

    /** The leases of this member. */
    @FunctionalInterface
    interface Answers {
        /** Who waits for the response to what was leased; null if nobody does. */
        @Nullable
        Asking answer(String lease, long token);
    }

    Relay(Cluster cluster, Workers workers, Answers answers, Timer timer) {
        this.cluster = cluster;
        this.workers = workers;
        this.answers = answers;
        this.timer = timer;
    }

    /** Begins to talk. */
    void open() {
        cluster.messenger()
                .onMessage(ROOM, (sender, content) -> content instanceof Note.Page page && read(sender, page));
        cluster.onUnrest(this::look);
    }

    /** How many talks there are. */
    int talks() {
        return ends.size();
    }

    /**
     * Gives a request to the worker in this slot of another member; empty if it was not there, and has seen nothing. Fails if that
     * cannot be told. The caller may be called before it completes.
     */
    CompletionStage<Boolean> give(String member, String slot, long token, Order order, Asking asking) {
        String talk = order.id() + "/" + token;
        AskingEnd end = new AskingEnd(member, talk, asking);
        asking.by(end);
        ends.put(talk, end);
        return end.begin(Note.give(talk, token, slot, order));
    }

    /**
     * Answers what was leased at another member; empty if nobody waits for it there. Fails if that cannot be told. The worker may be
     * called before it completes.
     */
    CompletionStage<Optional<Caller>> answer(String member, String talk, String lease, long token, Performer worker) {
        AnsweringEnd end = new AnsweringEnd(member, talk);
        end.by(worker);
        ends.put(talk, end);
        return end.ask(Note.answer(talk, token, lease)).thenApply(taken -> taken ? Optional.of(end) : Optional.empty());
    }

    private boolean read(String sender, Note.Page page) {
        Note first = page.notes().get(0);
        if (first.kind() == Kind.ANSWER && !ends.containsKey(page.talk()) && !isAwaited(sender, first)) return false;
        if (first.kind() == Kind.GIVE) {
            ServingEnd serving = new ServingEnd(sender, page.talk());
            if (ends.putIfAbsent(page.talk(), serving) != null) return true;
            boolean begun = false;
            try {
                begun = serving.begin(first);
            } finally {
                if (!begun) ends.remove(page.talk(), serving);
            }
            if (!begun) return false;
        }
        End end = ends.get(page.talk());
        if (end == null || !end.peer.equals(sender)) return false;
        end.hear(page);
        return true;
    }

    private boolean isAwaited(String sender, Note first) {
        Asking asking = answers.answer(first.text(), first.number());
        if (asking == null) return false;
        AnsweredEnd answered = new AnsweredEnd(sender, first.talk(), asking);
        ends.put(first.talk(), answered);
        asking.by(answered);
        return true;
    }

    /** Who is no member any more does not talk. */
    private void look() {
        Set<String> others = cluster.signals().others();
        for (End end : ends.values()) if (!others.contains(end.peer)) end.broken();
    }

    /** This end of a talk: what it has to say waits until what it said before was read. */
    private abstract class End {
        final String peer;
        final String talk;
        private final List<Note> unsaid = new ArrayList<>(),
                unheard = new ArrayList<>(); // guarded by this, as is the next
        private boolean saying, hearing;
        private long said, heard;
        private volatile boolean over;

        End(String peer, String talk) {
            this.peer = peer;
            this.talk = talk;
        }

        abstract void hear(Note note);

        /** The other end is not there any more, or does not know of this. */
        abstract void lost();

        final boolean isOver() {
            return over;
        }

        /** Hears a page, once; while one is being heard, that leaves word of the next, which must not overtake it. */
        final void hear(Note.Page page) {
            synchronized (this) {
                if (page.number() <= heard) return;
                heard = page.number();
                unheard.addAll(page.notes());
                if (hearing) return;
                hearing = true;
            }
            try {
                for (List<Note> notes = toHear(); !notes.isEmpty(); notes = toHear()) notes.forEach(this::hear);
            } catch (RuntimeException e) {
                broken();
                throw e;
            }
        }

        private synchronized List<Note> toHear() {
            List<Note> notes = List.copyOf(unheard);
            unheard.clear();
            hearing = !notes.isEmpty();
            return notes;
        }

        final void tell(Note note) {
            tell(note, false);
        }

        final void tell(Note note, boolean last) {
            synchronized (this) {
                if (over) return;
                over = last;
                unsaid.add(note);
                if (saying) return;
                saying = true;
            }
            say();
        }

        private void say() {
            Note.Page page;
            synchronized (this) {
                if (unsaid.isEmpty()) {
                    saying = false;
                    if (over) ends.remove(talk, this);
                    return;
                }
                page = new Note.Page(talk, ++said, List.copyOf(unsaid));
                unsaid.clear();
            }
            send(page, 1);
        }

        /** Whether it was read cannot always be told: then it is sent again, and read once. */
        private void send(Note.Page page, int tries) {
            cluster.messenger().send(peer, ROOM, page).whenComplete((read, error) -> {
                if (error == null && read) {
                    wasHeard();
                    say();
                } else if (error == null || tries == MOST_TRIES || isGone(page)) unheard(error == null);
                else timer.after(PAUSE, () -> send(page, tries + 1));
            });
        }

        /** A request may not be given again where it may have been performed and forgotten. */
        private boolean isGone(Note.Page page) {
            return page.notes().get(0).kind() == Kind.GIVE
                    || !cluster.signals().others().contains(peer);
        }

        void wasHeard() {}

        void unheard(boolean unknown) {
            broken();
        }

        /** All is said, by the other end at least. */
        final void close() {
            synchronized (this) {
                over = true;
                unsaid.clear();
                if (saying) return; // until that is read
            }
            ends.remove(talk, this);
        }

        final void broken() {
            broken(true);
        }

        final void broken(boolean isNews) {
            boolean first;
            synchronized (this) {
                first = !over;
                over = true;
            }
            ends.remove(talk, this);
            if (first && isNews) lost();
        }
    }

    /** The caller is here. */
    private class AskingEnd extends End implements Performer {
        final Caller caller;
        final CompletableFuture<Boolean> given = new CompletableFuture<>();

        AskingEnd(String peer, String talk, Caller caller) {
            super(peer, talk);
            this.caller = caller;
        }

        CompletionStage<Boolean> begin(Note give) {
            tell(give);
            return given;
        }

        @Override
        void wasHeard() {
            given.complete(true);
        }

        @Override
        void unheard(boolean unknown) {
            // What was not given was not there.
            if (!given.isDone() && unknown) {
                super.broken(false);
                given.complete(false);
            } else super.unheard(unknown);
        }

        @Override
        void hear(Note note) {
            if (isOver()) return;
            given.complete(true);
            switch (note.kind()) {
                case WANT -> caller.want(note.number());
                case PROGRESS -> caller.progress(note.bytes());
                case HEAD -> caller.head((int) note.number(), note.headers(), note.length());
                case PIECE -> caller.piece(note.bytes());
                case ANSWER -> {
                    // It has begun by it.
                }
                case END -> ended();
                case HANDED -> {
                    close();
                    caller.handed();
                }
                case FAILED -> {
                    close();
                    caller.failed(
                            Caller.Failure.valueOf(note.text()), new String(note.bytes(), StandardCharsets.UTF_8));
                }
                default -> broken();
            }
        }

        void ended() {
            close();
            caller.end();
        }

        @Override
        void lost() {
            if (!given.completeExceptionally(new IllegalStateException("The member of the worker is gone")))
                caller.failed(Caller.Failure.DIED, "the member that its worker was attached to is gone");
        }

        @Override
        public void piece(byte[] bytes) {
            tell(Note.of(Kind.BODY, talk, bytes));
        }

        @Override
        public void end() {
            tell(Note.of(Kind.BODY_END, talk));
        }

        @Override
        public void taken(int bytes) {
            tell(Note.of(Kind.TAKEN, talk, bytes));
        }

        @Override
        public void cancel() {
            tell(Note.of(Kind.CANCEL, talk), true);
        }
    }

    /** The caller is here, and waits for the response to what it has leased. */
    private final class AnsweredEnd extends AskingEnd {
        AnsweredEnd(String peer, String talk, Caller caller) {
            super(peer, talk, caller);
            given.complete(true);
        }

        @Override
        void ended() {
            caller.end();
        }

        @Override
        public void kept() {
            tell(Note.of(Kind.KEPT, talk), true);
        }
    }

    /** The worker is here. */
    private class ServingEnd extends End implements Asking {
        private volatile @Nullable Performer performer;

        ServingEnd(String peer, String talk) {
            super(peer, talk);
        }

        boolean begin(Note give) {
            return workers.perform(give.text(), give.number(), Objects.requireNonNull(give.order()), this);
        }

        @Override
        public void by(Performer performing) {
            performer = performing;
        }

        @Override
        void hear(Note note) {
            Performer performing = performer;
            if (isOver() || performing == null) return;
            switch (note.kind()) {
                case GIVE -> {
                    // It has begun by it.
                }
                case BODY -> performing.piece(note.bytes());
                case BODY_END -> performing.end();
                case TAKEN -> performing.taken((int) note.number());
                case CANCEL -> {
                    close();
                    performing.cancel();
                }
                case KEPT -> {
                    close();
                    performing.kept();
                }
                default -> broken();
            }
        }

        @Override
        void lost() {
            Performer performing = performer;
            if (performing != null) performing.cancel();
        }

        @Override
        public void want(long bytes) {
            tell(Note.of(Kind.WANT, talk, bytes));
        }

        @Override
        public void handed() {
            tell(Note.of(Kind.HANDED, talk), true);
        }

        @Override
        public void progress(byte[] state) {
            tell(Note.of(Kind.PROGRESS, talk, state));
        }

        @Override
        public void head(int status, Headers headers, long length) {
            tell(Note.head(talk, status, headers, length));
        }

        @Override
        public void piece(byte[] bytes) {
            tell(Note.of(Kind.PIECE, talk, bytes));
        }

        @Override
        public void end() {
            tell(Note.of(Kind.END, talk), true);
        }

        @Override
        public void failed(Failure why, String detail) {
            tell(Note.failed(talk, why, detail), true);
        }
    }

    /** A worker that answers what it has leased is here. */
    private final class AnsweringEnd extends ServingEnd {
        private final CompletableFuture<Boolean> begun = new CompletableFuture<>();

        AnsweringEnd(String peer, String talk) {
            super(peer, talk);
        }

        CompletionStage<Boolean> ask(Note answer) {
            tell(answer);
            return begun;
        }

        @Override
        void wasHeard() {
            begun.complete(true);
        }

        @Override
        void unheard(boolean unknown) {
            if (!begun.isDone() && unknown) {
                broken(false);
                begun.complete(false);
            } else super.unheard(unknown);
        }

        @Override
        void lost() {
            if (!begun.completeExceptionally(new IllegalStateException("The member of the lease is gone")))
                super.lost();
        }

        @Override
        public void end() {
            tell(Note.of(Kind.END, talk));
        }
    }
}
