// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import io.holdfast.time.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The members of the cluster that the list of peers does not name. Each is logged once for as long as it stays. */
public final class Strangers {
    private static final Logger LOG = System.getLogger(Strangers.class.getName());

    private final Optional<PeerList> expected;
    private final Supplier<Set<InetSocketAddress>> others;
    private final AtomicInteger wanted = new AtomicInteger();

    private volatile Set<String> found = Set.of();

    /**
     * Knows of none yet.
     *
     * @param expected empty if nothing names the members, as with multicast: then nobody is unexpected
     * @param others the addresses of the other members now
     */
    public Strangers(Optional<PeerList> expected, Supplier<Set<InetSocketAddress>> others) {
        this.expected = expected;
        this.others = others;
    }

    /** How many members are not expected. */
    public int count() {
        return found.size();
    }

    /** Looks at all members again, on a thread of its own because names may have to be resolved. */
    public void look() {
        // Race: a look that ends against the next one; the count keeps the next from being forgotten.
        if (expected.isPresent() && wanted.getAndIncrement() == 0)
            Threads.daemon(this::lookAsOftenAsWanted, "holdfast-strangers").start();
    }

    private void lookAsOftenAsWanted() {
        int looks = wanted.get();
        do lookNow();
        while ((looks = wanted.addAndGet(-looks)) > 0);
    }

    private void lookNow() {
        Set<String> now = others.get().stream()
                .filter(member -> expected.filter(peers -> peers.names(member)).isEmpty())
                .map(InetSocketAddress::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> before = found;
        found = now;
        for (String member : now)
            if (!before.contains(member))
                LOG.log(
                        Level.WARNING,
                        () ->
                                "A member is there that cluster.peers does not name. Stop it if it is not yours, and give the cluster"
                                        + " another cluster.key; or name it. address=" + member);
    }
}
