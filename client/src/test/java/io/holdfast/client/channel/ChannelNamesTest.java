// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChannelNamesTest {

    @Test
    void oneToThirtyTwoChannelsAreAllowed() {
        assertThrows(IllegalArgumentException.class, () -> new ChannelNames(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new ChannelNames(Collections.nCopies(33, "a")));
        assertEquals(32, new ChannelNames(Collections.nCopies(32, "a")).names().size());
    }

    @Test
    void theEventsOfSeveralChannelsHaveOnePath() {
        assertEquals("/channels/a,b/events", new ChannelNames(List.of("a", "b")).eventsPath());
        assertEquals(Optional.empty(), new ChannelNames(List.of("a", "b")).single());
        assertEquals(Optional.of("a"), new ChannelNames(List.of("a")).single());
    }
}
