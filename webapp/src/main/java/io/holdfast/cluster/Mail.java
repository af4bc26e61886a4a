// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.spi.exception.TargetNotMemberException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Letters to one other member, over the connections that the cluster has. Unlike a {@linkplain Signals signal}, whoever sends one learns
 * whether it was read. Two that are on their way at the same time may overtake each other.
 */
public final class Mail {
    private static final Logger LOG = System.getLogger(Mail.class.getName());
    static final String EXECUTOR = "holdfast.mail", HERE = Mail.class.getName();

    /** What a room does with its letters. Runs on a thread of the cluster, so it must be quick. */
    @FunctionalInterface
    public interface Reader {
        /** Reads one; false if it is of no use here. */
        boolean read(String sender, Object content);
    }

    private final HazelcastInstance member;
    private final String me;
    private final IExecutorService post;
    private final Map<String, Reader> readers = new ConcurrentHashMap<>();

    Mail(HazelcastInstance member) {
        this.member = member;
        this.me = Signals.nameOf(member.getCluster().getLocalMember());
        this.post = member.getExecutorService(EXECUTOR);
        member.getUserContext().put(HERE, this);
    }

    /** Reads what comes for a room. */
    public void read(String room, Reader reader) {
        readers.put(room, reader);
    }

    /**
     * Sends a record that has a wire form; completes, on any thread, with whether it was of use there: not, where that member is not
     * there any more. Fails where it is not known.
     */
    public CompletionStage<Boolean> send(String to, String room, Object content) {
        CompletableFuture<Boolean> read = new CompletableFuture<>();
        Optional<Member> receiver = member.getCluster().getMembers().stream()
                .filter(other -> Signals.nameOf(other).equals(to))
                .findFirst();
        if (receiver.isEmpty()) return CompletableFuture.completedFuture(false);
        try {
            post.submitToMember(new Letter(me, room, content), receiver.get(), new ExecutionCallback<>() {
                @Override
                public void onResponse(Boolean useful) {
                    read.complete(useful);
                }

                @Override
                public void onFailure(Throwable why) {
                    if (why instanceof TargetNotMemberException) read.complete(false);
                    else read.completeExceptionally(why);
                }
            });
        } catch (RuntimeException e) {
            read.completeExceptionally(e);
        }
        return read;
    }

    boolean came(String sender, String room, Object content) {
        Reader reader = readers.get(room);
        try {
            return reader != null && reader.read(sender, content);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, () -> "A letter could not be read room=" + room, e);
            return false;
        }
    }
}
