// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Refusal;
import io.holdfast.pace.Pace;
import io.holdfast.testing.Container;
import io.holdfast.testing.Line;
import io.holdfast.testing.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that come too slowly, and bodies that only seem to, on every kind of server. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(120)
class SlowBodiesIT {
    private static final int MOST = 100_000, RATE = 1_000;
    private static final Duration PATIENCE = Duration.ofHours(1), LOOK = Duration.ofSeconds(5);
    /** Many more than a sender has that is too slow. */
    private static final int MANY = 20;

    private static final String MEASURED = "Content-Length: " + MOST, CHUNKED = "Transfer-Encoding: chunked";

    @Parameter
    private Container container;

    private final ManualTime time = new ManualTime();
    private final BlockingQueue<HeldResponse> held = new LinkedBlockingQueue<>();
    private final BlockingQueue<Upload> uploads = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answered = new LinkedBlockingQueue<>();
    private final Json json = new Json();
    private final Backlog backlog = new Backlog(1 << 20, json);
    private final Pace pace = Pace.open(RATE, time, Runnable::run);
    private Container.Running server;

    @BeforeEach
    void start() throws Exception {
        Routes routes = new Routes()
                .add("/body", Map.of("POST", this::body))
                .add("/upload", Map.of("POST", call -> upload(call, true)))
                .add("/hesitant", Map.of("POST", call -> upload(call, false)))
                .add("/early", Map.of("POST", this::early));
        FrontServlet front = new FrontServlet(routes, new WaitLimits(PATIENCE, PATIENCE), backlog, json);
        front.watch(pace);
        server = container.start(front);
    }

    private void body(Call call) throws IOException {
        HeldResponse response = call.hold(PATIENCE);
        response.content(MOST, Runnable::run).whenComplete((bytes, failure) -> {
            if (failure == null) response.answer(OwnResponse.text(200, "whole " + bytes.length));
            else if (failure.getCause() instanceof Refusal refusal) response.answer(json.answer(refusal));
            answered.add("body");
        });
        held.add(response);
    }

    /** Takes each piece at once, or none. */
    private void upload(Call call, boolean eager) throws IOException {
        HeldResponse response = call.hold(PATIENCE);
        BlockingQueue<Upload> mine = new LinkedBlockingQueue<>(1);
        Upload upload = response.upload(new BodySink() {
            private long length;

            @Override
            public void piece(ByteBuffer bytes) {
                length += bytes.remaining();
                if (eager) mine.element().request(bytes.remaining());
            }

            @Override
            public void end() {
                response.answer(OwnResponse.text(200, "whole " + length));
            }

            @Override
            public void fail(Exception why) {
                if (why instanceof StalledException stalled) response.answer(json.answer(stalled.refusal()));
                answered.add("upload");
            }
        });
        mine.add(upload);
        upload.request(1);
        uploads.add(upload);
        held.add(response);
    }

    /** Refuses the body before it has come. */
    private void early(Call call) throws IOException {
        HeldResponse response = call.hold(PATIENCE);
        response.body(MOST).whenComplete((bytes, failure) -> {});
        response.answer(OwnResponse.text(403, "refused"));
        held.add(response);
    }

    @AfterEach
    void stop() {
        try {
            await("nothing is kept any more").until(() -> backlog.bytes() == 0);
            await("nothing is watched any more").until(() -> pace.watched() == 0);
        } finally {
            server.close();
            pace.close();
        }
    }

    private Line post(String path, String length) throws Exception {
        return Line.to(server.port()).send("POST " + path + " HTTP/1.1\r\nHost: t\r\n" + length + "\r\n\r\n");
    }

    private static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(5));
    }

    private void look(int looks) {
        for (int i = 0; i < looks; i++) time.advance(LOOK);
    }

    /** Sends a little before each look; so the server has read it, and waits for more. */
    private void drip(Line line, String drop, HeldResponse to) throws Exception {
        long before = to.bytesReceived();
        line.send(drop);
        if (!drop.isEmpty()) soon().until(() -> to.bytesReceived() > before);
        look(1);
    }

    /** Looks until the connection is closed, although a little still comes now and then. */
    private void awaitCut(Line line) {
        soon().until(() -> {
            look(1);
            return line.isRefused();
        });
    }

    private void isRefusedAndCut(String path, String length, String drop) throws Exception {
        try (Line line = post(path, length)) {
            HeldResponse response = held.take();

            while (answered.isEmpty()) drip(line, drop, response);

            answered.take();
            String answer = line.readTo("\"less\"}");
            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
            assertTrue(answer.contains("body.rate"), answer);
            await().until(() -> backlog.bytes() == 0);
            awaitCut(line);
        }
    }

    @Test
    void aBodyThatDripsIsRefusedAndItsConnectionIsCut() throws Exception {
        isRefusedAndCut("/body", MEASURED, "x");
        isRefusedAndCut("/body", CHUNKED, "1\r\nx\r\n");
    }

    @Test
    void anUploadThatDripsIsRefusedAndItsConnectionIsCut() throws Exception {
        isRefusedAndCut("/upload", MEASURED, "x");
        isRefusedAndCut("/upload", CHUNKED, "1\r\nx\r\n");
    }

    @Test
    void aBodyOfWhichNothingComesIsRefusedAndItsConnectionIsCut() throws Exception {
        isRefusedAndCut("/body", MEASURED, "");
        isRefusedAndCut("/upload", MEASURED, "");
    }

    @Test
    void theRestOfABodyThatWasRefusedBeforeIsNotAwaitedForEver() throws Exception {
        try (Line line = post("/early", MEASURED)) {
            line.readTo("refused");

            awaitCut(line);
        }
    }

    @Test
    void aConnectionWhoseBodyEndsAfterItsRefusalIsClosedInOrder() throws Exception {
        try (Line line = post("/body", "Content-Length: 5")) {
            held.take();
            while (answered.isEmpty()) look(1);
            line.readTo("\"less\"}");

            line.send("12345");

            assertFalse(line.readAll().contains(Line.RESET));
        }
    }

    @Test
    void aBodyThatMayBeSlowIsStillCutOnceItsRequestIsAnswered() throws Exception {
        try (Line line = post("/upload", MEASURED)) {
            HeldResponse response = held.take();
            uploads.take().sender().allowSlowness();
            for (int i = 0; i < MANY; i++) drip(line, "x", response);

            assertTrue(response.answer(OwnResponse.text(403, "refused")));

            line.readTo("refused");
            awaitCut(line);
        }
    }

    @Test
    void aBodyThatComesAtTheRateIsNotRefused() throws Exception {
        for (String path : new String[] {"/body", "/upload"})
            try (Line line = post(path, MEASURED)) {
                HeldResponse response = held.take();
                look(1);
                int piece = RATE * 5;
                for (int sent = piece; sent <= MOST; sent += piece) {
                    line.send("x".repeat(piece));
                    int expected = sent;
                    soon().until(() -> response.bytesReceived() == expected);
                    look(1);
                }

                assertTrue(line.readTo("whole " + MOST).startsWith("HTTP/1.1 200 "));
            }
    }

    @Test
    void aSenderThatWaitsForTheReaderIsNotRefused() throws Exception {
        try (Line line = post("/hesitant", MEASURED)) {
            HeldResponse response = held.take();
            line.send("x".repeat(50_000));
            await().until(() -> response.bytesReceived() > 0);
            look(MANY);

            uploads.take().request(MOST);
            line.send("x".repeat(50_000));

            assertTrue(line.readTo("whole " + MOST).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aBodyWhoseResponseHasBegunMayComeSlowly() throws Exception {
        try (Line line = post("/upload", CHUNKED)) {
            HeldResponse response = held.take();
            HeldStream stream = response.stream(OwnResponse.text(200, "begun")).orElseThrow();
            line.readTo("begun");

            for (int i = 0; i < MANY; i++) drip(line, "1\r\nx\r\n", response);

            assertFalse(stream.isClosed());
            line.send("0\r\n\r\n");
            Upload upload = uploads.take();
            await().until(() -> upload.sender().isOver());
            stream.end();
            line.readTo("0\r\n\r\n");
        }
    }

    @Test
    void aBodyWhoseSenderHasLeftIsNotWatched() throws Exception {
        try (Line line = post("/body", MEASURED)) {
            held.take();
            line.send("x");
        }
        await().until(() -> pace.watched() == 0);

        assertEquals(0, backlog.bytes());
    }
}
