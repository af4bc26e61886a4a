// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.flow.Origin;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import io.holdfast.time.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Passes requests and responses between two members, with one link for each request. The requester is behind one end, and the worker
 * behind the other; neither notices the link. The requests of each end limit how many bytes are on their way.
 */
public final class Relay {
    private static final String ROOM = "work";
    private static final int MOST_TRIES = 20;
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Cluster cluster;
    private final Workers workers;
    private final Answers answers;
    private final Timer timer;
    private final Map<String, Link> links = new ConcurrentHashMap<>();
    private final Pages pages = new Pages();

    /** The workers that are attached to this member. */
    @FunctionalInterface
    public interface Workers {
        /** Takes the worker of that name; null if the worker is gone. */
        @Nullable
        Origin<Assignment> take(String worker);
    }

    /** The leases of this member. */
    @FunctionalInterface
    public interface Answers {
        /** The sink for the response to a leased request; null if the lease is over. */
        @Nullable
        ResponseSink answer(String lease, String token);
    }

    /** The relay of a running member, with the workers and the leases of this member. */
    public Relay(Cluster cluster, Workers workers, Answers answers, Timer timer) {
        this.cluster = cluster;
        this.workers = workers;
        this.answers = answers;
        this.timer = timer;
    }

    /** The part of the cluster that the room needs before the member starts. */
    public static ClusterPart part() {
        return RelayWire.part();
    }

    /** Starts to receive messages. */
    public void open() {
        cluster.messenger()
                .onMessage(ROOM, (sender, content) -> content instanceof Message.Page page && read(sender, page));
        cluster.onUnrest(this::loseLinks);
    }

    /** The number of links. */
    public int links() {
        return links.size();
    }

    /** The worker of that name at another member. */
    public Origin<Assignment> origin(String member, String worker) {
        return (given, body, sink) -> {
            String name = given.order().id() + "/" + given.token();
            RequesterLink link = new RequesterLink(pages, member, name, sink);
            links.put(name, link);
            link.start(worker, given, body);
            return link;
        };
    }

    /**
     * Answers a request that belongs to another member. Completes with the sink for the body, or with nothing if the lease is over. Fails
     * if that is unknown.
     */
    public CompletionStage<Optional<BodySink>> answer(
            String member, String link, String lease, String token, ResponseHead head, BodySource body) {
        WorkerLink made = new WorkerLink(pages, member, link, body);
        links.put(link, made);
        return made.answer(
                new Message.Answer(lease, token, head.status(), head.headers().list(), head.length()));
    }

    private boolean read(String sender, Message.Page page) {
        Message first = page.messages().get(0);
        if (first instanceof Message.Start start) return start(sender, page, start);
        if (first instanceof Message.Answer answer && !links.containsKey(page.link()) && !accept(sender, page, answer))
            return false;
        return receive(sender, page);
    }

    private boolean start(String sender, Message.Page page, Message.Start start) {
        WorkerLink link = new WorkerLink(pages, sender, page.link());
        if (links.putIfAbsent(page.link(), link) != null) return true;
        boolean begun = false;
        try {
            Origin<Assignment> worker = workers.take(start.worker());
            if (worker != null) {
                link.start(worker, new Assignment(start.order(), start.token(), start.secret()));
                begun = true;
            }
        } finally {
            if (!begun) remove(link);
        }
        return begun && receive(link, page);
    }

    private boolean accept(String sender, Message.Page page, Message.Answer answer) {
        ResponseSink sink = answers.answer(answer.lease(), answer.token());
        if (sink == null) return false;
        RequesterLink link = new RequesterLink(pages, sender, page.link(), sink);
        links.put(page.link(), link);
        link.accept(new ResponseHead(answer.status(), new Headers(answer.headers()), answer.length()));
        return true;
    }

    private boolean receive(String sender, Message.Page page) {
        Link link = links.get(page.link());
        return link != null && link.peer.equals(sender) && receive(link, page);
    }

    private static boolean receive(Link link, Message.Page page) {
        link.receive(page);
        return true;
    }

    /** Sends pages. If it is unknown whether a page was read, it is sent once more; the other end reads it once. */
    private final class Pages implements Link.Transport {

        @Override
        public void send(Link link, Message.Page page) {
            Relay.this.send(link, page, 1);
        }

        @Override
        public void remove(Link link) {
            Relay.this.remove(link);
        }
    }

    private void send(Link link, Message.Page page, int tries) {
        cluster.messenger().send(link.peer, ROOM, page).whenComplete((read, error) -> {
            if (error == null && read) link.onRead();
            else if (error == null || tries == MOST_TRIES || isFinal(link, page)) link.onUnread(error == null);
            else timer.after(PAUSE, () -> send(link, page, tries + 1));
        });
    }

    /** Whether a page must not be sent again: its request may have been performed and forgotten, or the other member is gone. */
    private boolean isFinal(Link link, Message.Page page) {
        return page.messages().get(0) instanceof Message.Start
                || !cluster.signals().others().contains(link.peer);
    }

    private void remove(Link link) {
        links.remove(link.name, link);
    }

    private void loseLinks() {
        Set<String> others = cluster.signals().others();
        for (Link link : links.values()) if (!others.contains(link.peer)) link.lose();
    }
}
