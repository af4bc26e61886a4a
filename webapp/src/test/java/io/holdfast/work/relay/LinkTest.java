// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Race;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of messages on a link, and how it ends. */
class LinkTest {
    private final Pages sent = new Pages();
    private final End end = new End(sent);

    /** The way to the other member. */
    private static final class Pages implements Link.Transport {
        private final List<Message.Page> all = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger removed = new AtomicInteger();

        @Override
        public void send(Link link, Message.Page page) {
            all.add(page);
        }

        @Override
        public void remove(Link link) {
            removed.incrementAndGet();
        }

        /** How many bytes each message of a page asks for. */
        private static List<Long> asked(Message.Page page) {
            return page.messages().stream()
                    .map(message -> ((Message.More) message).bytes())
                    .toList();
        }
    }

    /** An end that writes down what happens. */
    private static final class End extends Link {
        private final List<String> all = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger inside = new AtomicInteger();

        End(Transport transport) {
            super(transport, "peer", "link");
        }

        @Override
        void onMessage(Message message) {
            assertEquals(1, inside.incrementAndGet(), "one message at a time");
            all.add("" + ((Message.More) message).bytes());
            inside.decrementAndGet();
        }

        @Override
        void onOpened() {
            all.add("opened");
        }

        @Override
        void onRefused() {
            all.add("refused");
        }

        @Override
        void onLost() {
            all.add("lost");
        }
    }

    private static Message.Page page(long number, long... asked) {
        List<Message> messages = new ArrayList<>();
        for (long bytes : asked) messages.add(new Message.More(bytes));
        return new Message.Page("link", number, messages);
    }

    @Test
    void onePageIsOnItsWayAtATimeAndTheNextHasAllThatCameMeanwhile() {
        for (long i = 1; i <= 3; i++) end.send(new Message.More(i));
        assertEquals(1, sent.all.size());
        assertEquals(List.of(1L), Pages.asked(sent.all.get(0)));

        end.onRead();
        end.onRead();

        assertEquals(2, sent.all.size());
        assertEquals(2, sent.all.get(1).number());
        assertEquals(List.of(2L, 3L), Pages.asked(sent.all.get(1)));
        assertEquals(List.of("opened"), end.all);
    }

    @Test
    void thePageThatComesTwiceIsReadOnce() {
        end.receive(page(1, 1, 2));
        end.receive(page(1, 1, 2));
        end.receive(page(2, 3));

        assertEquals(List.of("opened", "1", "2", "3"), end.all);
    }

    @Test
    void aFirstPageThatHasNoUseIsRefusedAndALaterOneIsLost() {
        end.send(new Message.More(1));
        end.onUnread(true);
        assertEquals(List.of("refused"), end.all);
        assertEquals(1, sent.removed.get());

        End other = new End(sent);
        other.send(new Message.More(1));
        other.send(new Message.More(2));
        other.onRead();
        other.onUnread(true);
        other.lose();
        assertEquals(List.of("opened", "lost"), other.all);
        assertTrue(other.isClosed());
    }

    @Test
    void theLastMessageIsSentAndThenTheLinkIsForgotten() {
        end.send(new Message.More(1));
        end.send(new Message.More(2), true);
        end.send(new Message.More(3));
        assertEquals(0, sent.removed.get());

        end.onRead();
        assertEquals(List.of(2L), Pages.asked(sent.all.get(1)));
        assertEquals(0, sent.removed.get());
        end.onRead();

        assertEquals(2, sent.all.size());
        assertEquals(1, sent.removed.get());
    }

    @Test
    void messagesAfterTheEndOfALinkAreIgnored() {
        end.receive(page(1, 1));
        end.end();
        end.receive(page(2, 2));
        end.lose();

        assertEquals(List.of("opened", "1"), end.all);
    }

    /** A page whose fate is unknown is sent again, on another thread, while the first is still read; then the next follows. */
    @Test
    @Timeout(60)
    void pagesThatComeWhileOneIsReadAreReadOnceAndInTheirOrder() throws Exception {
        End[] current = {end};
        Race.Party deliver = round -> {
            for (int i = 1; i <= 9; i++) current[0].receive(page(i, i));
        };
        Race.run(
                5_000,
                round -> current[0] = new End(sent),
                round -> {
                    assertEquals(List.of("opened", "1", "2", "3", "4", "5", "6", "7", "8", "9"), current[0].all);
                    assertFalse(current[0].isClosed());
                },
                List.of(deliver, deliver, deliver));
    }

    /** However a link ends, its end is reported once. */
    @Test
    @Timeout(60)
    void allEndingsMeetAndOneWins() throws Exception {
        End[] current = {end};
        Race.run(
                20_000,
                round -> {
                    current[0] = new End(sent);
                    current[0].send(new Message.More(1));
                },
                round -> {
                    List<String> all = List.copyOf(current[0].all);
                    assertTrue(current[0].isClosed());
                    assertTrue(
                            all.stream().filter(told -> !told.equals("opened")).count() <= 1, all.toString());
                },
                List.of(
                        round -> current[0].onUnread(round % 2 == 0),
                        round -> current[0].lose(),
                        round -> current[0].end()));
    }
}
