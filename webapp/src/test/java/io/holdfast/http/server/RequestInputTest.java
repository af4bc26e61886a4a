// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestInputTest {
    private final Grizzly stream = new Grizzly();
    private final StringBuilder come = new StringBuilder();
    private boolean over, unwanted;

    @Test
    void isReadyIsNotCalledBeforeTheServerCalls() {
        RequestInput body = new PayaraServer.Input(stream, 3, true);
        readOn(body);
        assertTrue(body.isWaiting());
        listen(body);
        readOn(body);
        assertEquals(0, stream.asked);
        stream.receive("abc", true);
        assertOver("abc");
    }

    @Test
    void aMeasuredBodyIsNotAskedForMoreThanItsLastByte() {
        RequestInput body = new PayaraServer.Input(stream, 7, true);
        listen(body);
        stream.receive("abc", false);
        assertFalse(over);
        assertTrue(stream.listens);
        stream.receive("defg", true);
        assertOver("abcdefg");
        assertEquals(7, body.bytesRead());
        assertFalse(stream.listens, "the next request would be taken for a part of this");
        assertEquals(1, stream.told);
    }

    @Test
    void aMeasuredBodyThatCameWithItsHeadIsNotAskedForMoreEither() {
        stream.receive("abcdefg", true);
        listen(new PayaraServer.Input(stream, 7, true));
        assertOver("abcdefg");
        assertEquals(0, stream.told, "it would be said to another request");
    }

    @ParameterizedTest
    @ValueSource(longs = {7, -1})
    void receivedBytesAreReadEvenAfterOnAllDataRead(long length) {
        unwanted = true;
        RequestInput body = new PayaraServer.Input(stream, length, true);
        listen(body);
        stream.receive("abcdefg", true);
        assertFalse(over);
        unwanted = false;
        readOn(body);
        assertOver("abcdefg");
        assertFalse(stream.listens);
        assertEquals(1, stream.told);
    }

    @Test
    void theMarkAtTheEndOfAnUnmeasuredBodyIsAskedFor() {
        listen(new PayaraServer.Input(stream, -1, true));
        stream.receive("abc", false);
        assertTrue(stream.listens);
        stream.receive("", true);
        assertOver("abc");
        assertFalse(stream.listens);
    }

    @Test
    void soIsTheMarkThatFollowsEveryBodyInHttp2() {
        listen(new PayaraServer.Input(stream, 3, false));
        stream.receive("abc", false);
        assertTrue(stream.listens);
        stream.receive("", true);
        assertOver("abc");
    }

    @Test
    void anotherServerNeedNotSayThatThisWasAll() {
        listen(new RequestInput(stream));
        stream.finishesSilently = true;
        stream.receive("abc", true);
        assertOver("abc");
        assertEquals(0, stream.told);
    }

    @Test
    void theFrameOfAChunkIsReadyAndReadsAsNothing() {
        listen(new RequestInput(stream));
        stream.frame = true;
        stream.receive("", false);
        assertTrue(stream.listens, "or nobody would call");
        stream.receive("abc", true);
        assertOver("abc");
    }

    private void assertOver(String all) {
        assertEquals(all, come.toString());
        assertTrue(over);
    }

    private void readOn(RequestInput body) {
        byte[] piece = new byte[2];
        try {
            while (!over && !unwanted) {
                int bytes = body.read(piece);
                over = bytes == RequestInput.END;
                if (bytes <= 0) return;
                come.append(new String(piece, 0, bytes, US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(RequestInput body) {
        body.listen(new ReadListener() {
            @Override
            public void onDataAvailable() {
                body.onAvailable();
                readOn(body);
            }

            @Override
            public void onAllDataRead() {
                body.onAllReceived();
                readOn(body);
            }

            @Override
            public void onError(Throwable broken) {
                throw new AssertionError(broken);
            }
        });
    }

    /** Behaves like Payara: it listens when it is asked in vain, must not be asked again then, and says once or twice that it has all. */
    private static final class Grizzly extends ServletInputStream {
        private String bytes = "";
        private @Nullable ReadListener listener;
        private boolean listens, finished, finishesSilently, frame;
        private int asked, told;

        void receive(String text, boolean last) {
            bytes += text;
            listens = false;
            if (finishesSilently) finished = last;
            call(listener, !text.isEmpty() || frame, last && !finishesSilently);
            finished = last;
        }

        private void call(@Nullable ReadListener called, boolean available, boolean last) {
            if (called == null) return;
            try {
                if (available) called.onDataAvailable();
                if (!last) return;
                finished = true;
                told++;
                called.onAllDataRead();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean isReady() {
            asked++;
            if (available() > 0 || frame) return true;
            if (listens) throw new IllegalStateException("it listens already");
            if (!finished) listens = true;
            else if (!finishesSilently) call(listener, false, true);
            return false;
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        @Override
        public void setReadListener(ReadListener called) {
            listener = called;
            if (available() > 0) call(called, true, false);
            else listens = !finished;
        }

        @Override
        public int available() {
            return bytes.length();
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] piece, int offset, int most) {
            if (frame) {
                frame = false;
                return 0;
            }
            if (available() == 0) throw new IllegalStateException("this would wait");
            int length = Math.min(most, available());
            System.arraycopy(bytes.getBytes(US_ASCII), 0, piece, offset, length);
            bytes = bytes.substring(length);
            return length;
        }
    }
}
