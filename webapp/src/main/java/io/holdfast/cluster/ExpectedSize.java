// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many members the settings expect. Each member tells the others. Where they differ, most of them are right, or the oldest if as
 * many say one thing as another; a member that differs from that is not ready.
 */
final class ExpectedSize {
    /** The attribute of a member that is the number it expects; absent if it expects none. */
    static final String ATTRIBUTE = "holdfast.expected";

    private final Cluster members;

    ExpectedSize(Cluster members) {
        this.members = members;
    }

    /** The number that this member expects; 0 for none. */
    int own() {
        return of(members.getLocalMember());
    }

    static int of(Member member) {
        String number = member.getAttribute(ATTRIBUTE);
        return number == null ? 0 : Integer.parseInt(number);
    }

    /** The number that the members agree on; 0 if none of them expects any. */
    int agreed() {
        Map<Integer, Integer> votes = new LinkedHashMap<>(); // the oldest member's first
        for (Member member : members.getMembers()) if (of(member) > 0) votes.merge(of(member), 1, Integer::sum);
        if (votes.isEmpty()) return own();
        int most = Collections.max(votes.values());
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() == most)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Why this member is not ready; empty if it expects what the others do. */
    Optional<String> doubt() {
        int own = own(), agreed = agreed();
        return own == 0 || own == agreed
                ? Optional.empty()
                : Optional.of("this member expects " + own + " members, the others " + agreed
                        + "; cluster.expected or cluster.peers must be the same at all");
    }
}
