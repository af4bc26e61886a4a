// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.http.Transport;
import io.holdfast.client.testing.BrokenStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplayableBodyTest {

    /** Takes so many pieces, one at a time, and then no more. */
    private static final class Taker implements Flow.Subscriber<ByteBuffer> {
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int most;
        private int pieces;
        private Flow.Subscription subscription;

        Taker(int most) {
            this.most = most;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscription.request(1);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            byte[] taken = new byte[piece.remaining()];
            piece.get(taken);
            bytes.writeBytes(taken);
            if (++pieces < most) subscription.request(1);
            else {
                subscription.cancel();
                all.complete(bytes.toByteArray());
            }
        }

        @Override
        public void onError(Throwable error) {
            all.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            all.complete(bytes.toByteArray());
        }
    }

    private static byte[] take(ReplayableBody replay, int pieces) throws Exception {
        Taker taker = new Taker(pieces);
        replay.subscribe(taker);
        return taker.all.get(60, TimeUnit.SECONDS);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ReplayableBody of(InputStream in) {
        return new ReplayableBody(in, Transport.newPool());
    }

    @Test
    void aShortBodyCanBeSentAgainFromItsBeginning() throws Exception {
        byte[] bytes = random(60_000);
        ReplayableBody replay = of(new ByteArrayInputStream(bytes));

        assertEquals(16 * 1024, take(replay, 1).length);
        assertTrue(replay.isReplayable());
        assertArrayEquals(bytes, take(replay, Integer.MAX_VALUE));
        assertArrayEquals(bytes, take(replay, Integer.MAX_VALUE));
        assertTrue(replay.isReplayable());
    }

    @Test
    void aLongBodyIsSentOnce() throws Exception {
        byte[] bytes = random(1_000_000);
        ReplayableBody replay = of(new ByteArrayInputStream(bytes));

        assertArrayEquals(bytes, take(replay, Integer.MAX_VALUE));

        assertFalse(replay.isReplayable());
        assertThrows(ExecutionException.class, () -> take(replay, 1));
    }

    @Test
    void aBodyThatBreaksOffIsNotTakenForTheWhole() {
        ReplayableBody replay =
                of(new SequenceInputStream(new ByteArrayInputStream("begun".getBytes(UTF_8)), new BrokenStream()));

        Throwable error = assertThrows(ExecutionException.class, () -> take(replay, Integer.MAX_VALUE))
                .getCause();

        assertEquals(
                "this breaks off", assertInstanceOf(IOException.class, error).getMessage());
    }

    @Test
    void aReadThatWaitsIsASignOfLife() throws Exception {
        CompletableFuture<Integer> more = new CompletableFuture<>(), asked = new CompletableFuture<>();
        ReplayableBody replay = of(new InputStream() {
            @Override
            public int read() {
                asked.complete(1);
                return more.join();
            }
        });
        assertEquals(replay.signs(), replay.signs());

        Taker taker = new Taker(Integer.MAX_VALUE);
        replay.subscribe(taker);
        asked.get(60, TimeUnit.SECONDS);
        assertTrue(replay.signs() < replay.signs());

        more.complete(-1);
        taker.all.get(60, TimeUnit.SECONDS);
        assertEquals(replay.signs(), replay.signs());
    }
}
