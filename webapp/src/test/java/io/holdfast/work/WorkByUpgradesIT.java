// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.testing.Container;
import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract where workers are connected to another member, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkByUpgradesIT extends WorkContract {
    private Members members = Members.start(0, Map.of());
    private Container.@Nullable Running door; // Jetty upgrades nothing

    @BeforeAll
    void start() throws Exception {
        members = Members.start(3, Map.of("work.stall", "6s"));
        door = Container.TOMCAT.start(members.last().holdfast().servlet());
    }

    @AfterAll
    void stop() {
        Objects.requireNonNull(door).close();
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

    @Override
    protected DialledIn worker() {
        return DialledIn.upgraded(Objects.requireNonNull(door).port(), "/workers/default");
    }
}
