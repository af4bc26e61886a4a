// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract of times where each request goes to another member than the one before. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PullTimesOnThreeMembersIT extends PullTimesContract {
    private static final int MEMBERS = 3;

    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(MEMBERS, SETTINGS);
    }

    @AfterAll
    void stop() {
        noRequestIsLeft();
        members.close();
    }

    @Override
    protected Member member(int turn) {
        return members.get(turn % MEMBERS);
    }
}
