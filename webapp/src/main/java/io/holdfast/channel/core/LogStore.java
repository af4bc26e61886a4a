// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import com.hazelcast.map.IMap;
import io.holdfast.channel.core.ChannelRefusal.Why;
import io.holdfast.channel.log.Attend;
import io.holdfast.channel.log.Attendance;
import io.holdfast.channel.log.ChannelWire;
import io.holdfast.channel.log.Clear;
import io.holdfast.channel.log.Command;
import io.holdfast.channel.log.Draft;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Expire;
import io.holdfast.channel.log.Log;
import io.holdfast.channel.log.Publication;
import io.holdfast.channel.log.Read;
import io.holdfast.channel.log.Receipt;
import io.holdfast.channel.log.Reply;
import io.holdfast.channel.log.Summary;
import io.holdfast.channel.log.Totals;
import io.holdfast.cluster.Applied;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The channels in the cluster's maps; the only class that holds them. Publishers and readers of a channel travel in the same batches. */
final class LogStore {
    private static final Logger LOG = System.getLogger(LogStore.class.getName());

    /** The limits of one command: the bytes to append, and the number of different reads. */
    private static final long MOST_BYTES = 4 << 20;

    private static final int MOST_READS = 16;

    private final IMap<String, Log> map;
    private final Records<Log> logs;
    private final IMap<String, Attendance> attendance;
    private final Batches<Request, Command, Log, Reply> batches;
    private final ChannelOptions options;
    private final Clocks clocks;
    private final Census counted;
    private final Limit limit;
    private final ChannelCounts counts;
    private final Committed committed;
    private final UUID origin = UUID.randomUUID();

    /** Called when publications of this member are on the backups, before their publishers get the answer. */
    interface Committed {
        /** Sends the news to all members. Gathers their receipts if a publisher asked for them. */
        CompletionStage<Reached> committed(News news, boolean asked);
    }

    LogStore(
            Cluster cluster,
            ChannelOptions options,
            Census counted,
            ChannelCounts counts,
            Clocks clocks,
            Executor executor,
            Committed committed) {
        this.map = cluster.map(ChannelWire.MAP);
        this.logs = new Records<>(cluster, ChannelWire.MAP);
        this.attendance = cluster.map(ChannelWire.PRESENCE);
        this.options = options;
        this.counted = counted;
        this.limit = new Limit(ChannelWire.MAP, options.limit(), options.memory());
        this.counts = counts;
        this.clocks = clocks;
        this.committed = committed;
        this.batches = new Batches<>(cluster, ChannelWire.MAP, options.patience(), clocks, executor, new Logs());
    }

    /** Appends, and gathers the receipts if the publisher asks for them. Fails with {@link ChannelRefusal}. */
    CompletionStage<Published> publish(String channel, Publication publication, boolean asks) {
        Publisher publisher = new Publisher(publication, asks, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(channel, publisher);
        return publisher.result;
    }

    /** Reads the page for the reader. The read begins after this call, and its result is on the backups too. */
    CompletionStage<Feed> read(String channel, Read read) {
        Reader reader = new Reader(read, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(channel, reader);
        return reader.result;
    }

    /** The channel in numbers. */
    CompletionStage<Summary> describe(String channel) {
        Asker asker = new Asker(clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(channel, asker);
        return asker.result;
    }

    /** Removes the events. Completes with the newest place afterwards. */
    CompletionStage<EventId> clear(String channel) {
        return map.submitToKey(channel, new Clear(clocks.cluster().millis()));
    }

    /** The newest places as the primaries have them. */
    CompletionStage<Map<String, EventId>> preview(Set<String> channels) {
        return logs.preview(channels, new Log.Newest());
    }

    /** Says that a member attends a channel. Completes with the change to announce. */
    CompletionStage<Integer> attend(String channel, Attend attend) {
        return attendance.submitToKey(channel, attend);
    }

    /** The channels whose attendance is stored at this member. */
    Set<String> attendedHere() {
        return Set.copyOf(attendance.localKeySet());
    }

    /** Drops old events of the channels whose primary is here. Returns how many channels had old events. Blocks. */
    int expire() {
        long now = clocks.cluster().millis();
        long lingers = isPressed() ? Applied.USUAL_REPEATS_MILLIS : Log.LINGERS_MILLIS;
        Set<String> due = logs.ownKeys(new Expire.Due(now, lingers));
        if (!due.isEmpty()) map.executeOnKeys(due, new Expire(now, lingers));
        return due.size();
    }

    /** Whether new channels were refused here lately, so that {@link #expire} should be called soon. */
    boolean isPressed() {
        return logs.isPressed();
    }

    /** Whether the channels must be weighed again, because members or partitions have moved. */
    boolean isUnweighed() {
        return logs.isUnweighed();
    }

    /** Weighs the channels whose primary is here, for {@code channel.memory}. Blocks. */
    void weigh() {
        logs.weigh(new Log.Weight());
    }

    /** Counts everything in the cluster. Blocks. */
    Totals.Sum totals() {
        return map.aggregate(new Totals(0, 0));
    }

    /** A request that travels in a batch. */
    private sealed interface Request extends Batches.Request {
        void refuse(Why why, String message);
    }

    private record Publisher(Publication publication, boolean asks, long since, CompletableFuture<Published> result)
            implements Request {

        @Override
        public void refuse(Why why, String message) {
            result.completeExceptionally(new ChannelRefusal(why, message));
        }
    }

    private record Reader(Read read, long since, CompletableFuture<Feed> result) implements Request {

        @Override
        public void refuse(Why why, String message) {
            result.completeExceptionally(new ChannelRefusal(Why.UNAVAILABLE, message));
        }
    }

    private record Asker(long since, CompletableFuture<Summary> result) implements Request {

        @Override
        public void refuse(Why why, String message) {
            result.completeExceptionally(new ChannelRefusal(Why.UNAVAILABLE, message));
        }
    }

    private final class Logs implements Batches.Store<Request, Command, Reply> {

        @Override
        public List<Request> board(List<Request> waiting) {
            List<Request> aboard = new ArrayList<>(), left = new ArrayList<>();
            Set<Read> reads = new LinkedHashSet<>();
            long bytes = 0;
            for (Request request : waiting) {
                boolean fits = true;
                if (request instanceof Publisher publisher) {
                    fits = bytes == 0 || bytes + publisher.publication.bytes() <= MOST_BYTES;
                    if (fits) bytes += publisher.publication.bytes();
                    // The batch is full: a later publication must not be appended before this one.
                    else bytes = MOST_BYTES + 1;
                } else if (request instanceof Reader reader) {
                    fits = reads.contains(reader.read) || reads.size() < MOST_READS;
                    if (fits) reads.add(reader.read);
                }
                (fits ? aboard : left).add(request);
            }
            waiting.clear();
            waiting.addAll(left);
            return aboard;
        }

        @Override
        public Limit limit() {
            return limit;
        }

        @Override
        public Command command(String channel, long number, List<Request> aboard) {
            List<Publication> publications = new ArrayList<>();
            Set<Read> reads = new LinkedHashSet<>();
            for (Request request : aboard)
                if (request instanceof Publisher publisher) publications.add(publisher.publication);
                else if (request instanceof Reader reader) reads.add(reader.read);
            if (!publications.isEmpty()) counted.changed();
            return new Command(
                    origin,
                    number,
                    clocks.cluster().millis(),
                    options.retention(channel),
                    Allowance.ANY,
                    publications,
                    List.copyOf(reads));
        }

        @Override
        public void deliver(String channel, Command command, Reply reply, List<Request> aboard) {
            List<Event> appended = appended(command, reply);
            appended.forEach(counts::published);
            boolean asked = aboard.stream().anyMatch(request -> request instanceof Publisher one && one.asks);
            CompletionStage<Reached> reached = appended.isEmpty()
                    ? CompletableFuture.completedFuture(Reached.NOT_ASKED)
                    : tellOthers(News.of(channel, reply.before(), appended), asked);
            Map<Read, Feed> feeds = new HashMap<>();
            for (int i = 0; i < command.reads().size(); i++)
                feeds.put(
                        command.reads().get(i), new Feed(channel, reply.pages().get(i)));
            int publication = 0;
            for (Request request : aboard)
                if (request instanceof Publisher publisher)
                    tell(publisher, reply.receipts().get(publication++), reached);
                else if (request instanceof Reader reader) complete(reader.result, feeds.get(reader.read));
                else if (request instanceof Asker asker) asker.result.complete(reply.summary());
        }

        /** Signals are hints: the publisher gets its answer even if they are lost. */
        private CompletionStage<Reached> tellOthers(News news, boolean asked) {
            try {
                return committed.committed(news, asked);
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "Others are not told; the sweep finds it", e);
                return CompletableFuture.completedFuture(Reached.NOT_ASKED);
            }
        }

        private <T> void complete(CompletableFuture<T> result, @Nullable T value) {
            if (value != null) result.complete(value);
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard) request.refuse(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }

        private void tell(Publisher publisher, Receipt receipt, CompletionStage<Reached> reached) {
            switch (receipt.kind()) {
                case APPENDED ->
                    publisher.result.complete(new Published(receipt.first(), receipt.count(), false, reached));
                case REPEATED ->
                    publisher.result.complete(new Published(
                            receipt.first(),
                            receipt.count(),
                            true,
                            CompletableFuture.completedFuture(Reached.NOT_ASKED)));
                case OTHER_USE ->
                    publisher.refuse(Why.OTHER_USE, "this key came before with another body, type or media type");
                case NO_ROOM ->
                    publisher.refuse(Why.NO_ROOM, "the channels hold as many bytes as channel.memory allows");
                case TOO_MANY -> publisher.refuse(Why.NO_ROOM, "there are as many channels as channel.limit allows");
            }
        }

        private static List<Event> appended(Command command, Reply reply) {
            List<Event> appended = new ArrayList<>();
            for (int i = 0; i < reply.receipts().size(); i++) {
                Receipt receipt = reply.receipts().get(i);
                if (receipt.kind() != Receipt.Kind.APPENDED) continue;
                List<Draft> drafts = command.publications().get(i).drafts();
                for (int j = 0; j < drafts.size(); j++) {
                    Draft draft = drafts.get(j);
                    EventId id = receipt.first().plus(j);
                    appended.add(new Event(id, null, command.now(), draft.type(), draft.contentType(), draft.data()));
                }
            }
            return appended;
        }
    }
}
