// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract where jobs are sent, asked for and performed at one member. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobsOnOneMemberIT extends JobContract {
    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(1, SETTINGS);
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @Override
    protected Member senders() {
        return members.get(0);
    }

    @Override
    protected Member askers() {
        return members.get(0);
    }

    @Override
    protected Member workers() {
        return members.last();
    }
}
