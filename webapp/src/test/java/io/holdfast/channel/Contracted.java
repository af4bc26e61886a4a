// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.testing.Http;
import io.holdfast.testing.Members;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract on so many members of this JVM. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Contracted extends ChannelContract {
    private final int count;
    private Members members = Members.start(0, Map.of());

    Contracted(int count) {
        this.count = count;
    }

    @BeforeAll
    void start() {
        members = Members.start(count, Map.of("channel.event-size", "64KiB", "channel.heartbeat", "1s"));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @Override
    protected Http reader() {
        return members.get(0).http();
    }

    @Override
    protected Http publisher() {
        return members.last().http();
    }

    @Override
    protected int tooLong() {
        return 64 * 1024 + 1;
    }
}
