// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract where clients and workers are connected to the same member. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkOnOneMemberIT extends WorkContract {
    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(1, Map.of("work.port", "free", "work.stall", "6s"));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @Override
    protected Member clients() {
        return members.get(0);
    }

    @Override
    protected Member workers() {
        return members.last();
    }
}
