// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.testing.Race;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request's body on its way to one origin, and to the next. */
class ReplayableBodyTest {

    /** Records the pieces it gets. */
    private static final class Text implements BodySink {
        @SuppressWarnings("JdkObsolete") // several threads append and read
        private final StringBuffer text = new StringBuffer();

        @Override
        public void piece(ByteBuffer bytes) {
            text.append(StandardCharsets.US_ASCII.decode(bytes));
        }

        @Override
        public void end() {
            text.append('.');
        }

        @Override
        public void fail(Exception why) {
            text.append('!');
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aSourceGivesOnlyTheBytesRequested() {
        ReplayableBody body = ReplayableBody.of("abcdef".getBytes(StandardCharsets.US_ASCII));
        Text text = new Text();
        BodySource source = body.open(text);
        assertEquals("", text.toString());

        source.request(2);
        assertEquals("ab", text.toString());
        source.request(3);
        assertEquals("abcde", text.toString());
        source.request(9);

        assertEquals("abcdef.", text.toString());
    }

    @Test
    void aShortBodyIsGivenAnewAndTheFirstSinkGetsNoMore() {
        ReplayableBody body = new ReplayableBody(6, 100);
        Text first = new Text(), second = new Text();
        BodySource source = body.open(first);
        source.request(100);
        body.piece(bytes("abc"));
        body.open(second).request(100);
        body.piece(bytes("def"));
        body.end();
        source.request(100);

        assertEquals("abc", first.toString());
        assertEquals("abcdef.", second.toString());
        assertTrue(body.isRepeatable());
    }

    @Test
    void aBodyThatIsLongerThanTheBufferIsGivenOnce() {
        ReplayableBody body = new ReplayableBody(4, 100);
        body.piece(bytes("abc"));
        body.piece(bytes("def"));
        assertTrue(body.isRepeatable(), "none of it was given");

        Text text = new Text();
        body.open(text).request(100);
        body.end();

        assertEquals("abcdef.", text.toString());
        assertFalse(body.isRepeatable());
    }

    @Test
    void itIsGatheredWhenItHasEndedOrIsLongerThanTheBuffer() {
        List<String> told = new ArrayList<>();
        ReplayableBody ended = new ReplayableBody(3, 100);
        ended.whenGathered(() -> told.add("ended"));
        ended.piece(bytes("abc"));
        assertEquals(-1, ended.knownLength());
        assertEquals(List.of(), told);
        ended.end();
        assertEquals(3, ended.knownLength());
        ended.whenGathered(() -> told.add("again"));

        ReplayableBody tooLong = new ReplayableBody(3, 100);
        tooLong.whenGathered(() -> told.add("too long"));
        tooLong.piece(bytes("abcd"));
        tooLong.end();

        assertEquals(List.of("ended", "again", "too long"), told);
    }

    @Test
    void aBodyThatBreaksOffOrIsClosedIsNotGathered() {
        List<String> told = new ArrayList<>();
        ReplayableBody broken = new ReplayableBody(3, 100), closed = new ReplayableBody(3, 100);
        broken.whenGathered(() -> told.add("broken"));
        closed.whenGathered(() -> told.add("closed"));
        broken.fail(new IOException("it breaks off"));
        broken.end();
        closed.close();
        closed.end();

        assertEquals(List.of(), told);
        assertEquals(-1, broken.knownLength());
    }

    @Test
    void aClosedBodyGivesNothing() {
        ReplayableBody body = new ReplayableBody(10, 100);
        Text before = new Text(), after = new Text();
        body.open(before).request(100);
        body.close();
        body.piece(bytes("abc"));
        body.open(after).request(100);
        body.end();

        assertEquals("", before.toString() + after);
        assertFalse(body.isRepeatable());
    }

    /** The next origin opens the body while the one before still gets it: the next gets all of it, in order. */
    @Test
    @Timeout(60)
    void theNextSinkGetsAllWhateverTheOneBeforeWasGiven() throws Exception {
        ReplayableBody[] body = new ReplayableBody[1];
        BodySource[] first = new BodySource[1];
        Text[] second = new Text[1];
        Race.run(
                20_000,
                round -> {
                    body[0] = new ReplayableBody(100, 100);
                    first[0] = body[0].open(new Text());
                    second[0] = new Text();
                    body[0].piece(bytes("abc"));
                },
                round -> assertEquals("abcdefghi.", second[0].toString()),
                List.of(
                        round -> {
                            for (int i = 0; i < 5; i++) first[0].request(1);
                        },
                        round -> {
                            BodySource source = body[0].open(second[0]);
                            for (int i = 0; i < 20; i++) source.request(1);
                        },
                        round -> {
                            body[0].piece(bytes("def"));
                            body[0].piece(bytes("ghi"));
                            body[0].end();
                        }));
    }
}
