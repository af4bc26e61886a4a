// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import static io.holdfast.client.ClientFixture.awaitEquals;
import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Camera;
import io.holdfast.client.CameraListener;
import io.holdfast.client.ClientFixture;
import io.holdfast.client.Holdfast;
import io.holdfast.client.RefusedException;
import io.holdfast.client.RunningCamera;
import io.holdfast.client.Trouble;
import io.holdfast.client.http.Transport;
import io.holdfast.client.testing.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CameraTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOLD = Duration.ofSeconds(30);
    private static final String POLL = "GET /cameras/door/updates/?wait=30";
    private static final String POLL_FOR_COMMANDS = "GET /cameras/door/updates/?commands=true&wait=30";
    private static final String DUMP = "POST /cameras/door/dump/";
    private static final ScriptedServer.Reply WANTED = json("\"updated\"\n");
    private static final ScriptedServer.Reply TAKEN = json("null\n");

    private static final ScriptedServer.Reply CUT = raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", false);

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server;
    private final RecordingCameraListener listener = new RecordingCameraListener();

    /** Records its calls. */
    private static final class RecordingCameraListener implements CameraListener {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private final List<Trouble> troubles = new CopyOnWriteArrayList<>();

        @Override
        public void event(String line) {
            calls.add(line);
        }

        @Override
        public void dumped(int lines) {
            calls.add("dumped " + lines);
        }

        @Override
        public void lost(String what) {
            calls.add("lost: " + what);
        }

        @Override
        public void trouble(Trouble trouble) {
            troubles.add(trouble);
        }
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static ScriptedServer.Reply json(String body) {
        return answer(200, "Content-Type: application/json", body);
    }

    private static ScriptedServer.Reply command(String id, String command) {
        return json("{\"updated\":false,\"commands\":[{\"id\":\"" + id + "\",\"command\":" + command + "}]}");
    }

    private void polls(ScriptedServer.Reply... replies) {
        server.at("/cameras/door/updates/", replies);
    }

    private Camera door() {
        return fixture.one().camera("door").answer(() -> List.of("one", "two"));
    }

    private void awaitCalls(String... calls) {
        awaitEquals(List.of(calls), () -> listener.calls);
    }

    private void awaitRequests(String... lines) {
        awaitEquals(
                Stream.of(lines).sorted().toList(),
                () -> server.lines().stream().sorted().toList());
    }

    private List<String> bodies(String line) {
        return server.requests.stream()
                .filter(request -> request.line().equals(line))
                .map(ScriptedServer.Request::body)
                .toList();
    }

    @Test
    void aDumpIsSentAsAStringWhileTheCameraPollsAgain() {
        polls(WANTED);
        server.at("/cameras/door/dump/", TAKEN);

        door().start(listener);

        awaitCalls("dumped 2");
        awaitRequests(POLL, DUMP, POLL);
        assertEquals(List.of("\"{\\\"logs\\\":[\\\"one\\\",\\\"two\\\"]}\""), bodies(DUMP));
        ScriptedServer.Request dump = server.requests.stream()
                .filter(request -> request.method().equals("POST"))
                .findAny()
                .orElseThrow();
        assertEquals("application/json", dump.header("Content-Type"));
    }

    @Test
    void aDumpThatTheServerHoldsDoesNotDelayTheNextPoll() {
        polls(WANTED, json("{\"updated\":true,\"commands\":[]}"));

        door().plain().start(listener);

        awaitRequests(POLL, DUMP, POLL, DUMP, POLL);
        assertEquals(List.of("{\"logs\":[\"one\",\"two\"]}", "{\"logs\":[\"one\",\"two\"]}"), bodies(DUMP));
    }

    @Test
    void theDefaultCameraHasTheBarePaths() {
        server.at("/updates/", json("{\"updated\":true,\"commands\":[{\"id\":\"c1\",\"command\":1}]}"));
        server.at("/dump/", TAKEN);
        server.at("/cameras/default/commands/c1", answer(204, "", ""));

        fixture.one().camera("default").obey(command -> "2").start(listener);

        awaitRequests(
                "GET /updates/?commands=true&wait=30",
                "POST /dump/",
                "POST /cameras/default/commands/c1",
                "GET /updates/?commands=true&wait=30");
    }

    @Test
    void anEmptyAnswerAfterAHoldIsFollowedByTheNextPollAtOnce() {
        polls((request, out) -> {
            fixture.time.advance(HOLD);
            return answer(204, "", "").write(request, out);
        });

        door().start(listener);

        awaitRequests(POLL, POLL);
    }

    @Test
    void anEmptyAnswerThatWasNotHeldIsFollowedByAPause() {
        polls(answer(204, "", ""));

        door().start(listener);

        fixture.pass(SECOND);
        awaitRequests(POLL, POLL);
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void aMemberThatFailsIsLeftForTheNextAfterAPause() {
        server.then(problem(503, "This member drains.", "Retry-After: 7"), CUT);
        fixture.other.then(answer(500, "", ""), WANTED, TAKEN);

        fixture.both().camera("door").start(listener);

        fixture.pass(Duration.ofSeconds(8)); // 7, and the ceiling of 1
        fixture.pass(Duration.ofSeconds(2));
        fixture.pass(Duration.ofSeconds(4));
        await().until(() -> fixture.other.lines().size() >= 3);
        assertEquals("HTTP 503: This member drains.", listener.troubles.get(0).what());
        assertEquals(server.uri(), listener.troubles.get(0).at());
        assertEquals(3, listener.troubles.get(2).failures());
    }

    @Test
    void anAnswerRestoresTheFirstCeiling() {
        polls(answer(500, "", ""), answer(500, "", ""), WANTED, answer(500, "", ""));
        server.at("/cameras/door/dump/", TAKEN);

        door().start(listener);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        fixture.pass(SECOND);
        awaitRequests(POLL, POLL, POLL, DUMP, POLL, POLL);
    }

    @Test
    void aServerThatIsSilentForLongerThanTheHoldIsLeft() {
        door().start(listener);
        awaitRequests(POLL);

        fixture.pass(HOLD.plus(Transport.GRACE));

        fixture.pass(SECOND);
        awaitRequests(POLL, POLL);
        assertEquals(
                "The server was silent for 40.0 s.", listener.troubles.get(0).what());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410})
    void aRefusalEndsTheCamera(int status) throws Exception {
        polls(problem(status, "No such camera."));

        RefusedException refused = assertInstanceOf(
                RefusedException.class,
                ClientFixture.ending(door().start(listener).done()));

        assertEquals(status, refused.status());
        assertEquals("HTTP " + status + ": No such camera.", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"updated\":false,\"commands\":[1]}",
                "{\"updated\":false,\"commands\":[{\"id\":7}]}",
                "{\"updated\":false,\"commands\":[{\"id\":\"../dump\",\"command\":1}]}"
            })
    void anAnswerThatIsNotHoldfastsIsTrouble(String body) {
        polls(json(body));

        door().obey(command -> "1").start(listener);

        fixture.pass(SECOND);
        awaitRequests(POLL_FOR_COMMANDS, POLL_FOR_COMMANDS);
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void aDumpThatFailsIsSentAgainUnchanged() {
        polls(WANTED);
        server.at("/cameras/door/dump/", problem(503, "Not now."), raw("", false), TAKEN);

        door().start(listener);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        awaitCalls("dumped 2");
        awaitRequests(POLL, DUMP, POLL, DUMP, DUMP);
        assertEquals(1, bodies(DUMP).stream().distinct().count());
    }

    @Test
    void aDumpIsGivenUpAfterHalfAMinute() {
        polls(WANTED);
        for (int i = 0; i < 5; i++) server.at("/cameras/door/dump/", problem(503, "Not now."));

        door().start(listener);

        for (int pause : new int[] {1, 2, 4, 8}) fixture.pass(Duration.ofSeconds(pause));
        awaitCalls("lost: A dump is lost: " + server.uri() + ": HTTP 503: Not now.");
        awaitRequests(POLL, POLL, DUMP, DUMP, DUMP, DUMP, DUMP);
    }

    @Test
    void aNewerDumpReplacesOneThatWaitsForARetry() {
        polls(WANTED, (request, out) -> {
            await().until(() -> listener.troubles.size() == 1);
            return WANTED.write(request, out);
        });
        server.at("/cameras/door/dump/", problem(503, "Not now."), TAKEN);

        door().start(listener);

        awaitCalls("dumped 2");
        fixture.time.advance(Duration.ofSeconds(5));
        awaitRequests(POLL, POLL, POLL, DUMP, DUMP);
        awaitCalls("dumped 2");
    }

    @Test
    void aDumpThatIsRefusedIsLostAndTheCameraGoesOn() {
        polls(WANTED);
        server.at("/cameras/door/dump/", problem(413, "Too long."));

        door().start(listener);

        awaitCalls("lost: A dump is lost: HTTP 413: Too long.");
        awaitRequests(POLL, DUMP, POLL);
    }

    @Test
    void logsThatTheCameraCannotReadAreNotSent() {
        polls(WANTED);

        fixture.one()
                .camera("door")
                .answer(() -> {
                    throw new IllegalStateException("The disk is full.");
                })
                .start(listener);

        awaitCalls("lost: A dump is lost: The disk is full.");
        awaitRequests(POLL, POLL);
    }

    @Test
    void commandsAreCarriedOutInOrderAndAnswered() {
        List<String> commands = new CopyOnWriteArrayList<>();
        polls(json("{\"updated\":false,\"commands\":[{\"id\":\"c1\",\"command\":{\"pan\": 1.50}},{\"id\":\"c2\"}]}"));
        server.at("/cameras/door/commands/", answer(204, "", ""), problem(404, "Nobody waits for it any more."));

        door().obey(command -> {
                    commands.add(command);
                    return "{ \"done\" : true }";
                })
                .start(listener);

        String reply = "POST /cameras/door/commands/c";
        awaitRequests(POLL_FOR_COMMANDS, reply + 1, reply + 2, POLL_FOR_COMMANDS);
        assertEquals(List.of("{\"pan\":1.50}", "null"), commands);
        assertEquals(List.of("{\"done\":true}"), bodies(reply + 1));
        assertEquals(List.of(), listener.troubles);
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void aReplyIsRetriedAndLostIfRefused() {
        polls(command("c1", "1"));
        server.at("/cameras/door/commands/", problem(503, "Not now."), problem(400, "No."));

        door().obey(command -> "2").start(listener);

        fixture.pass(SECOND);
        awaitCalls("lost: The reply to command c1 is lost: HTTP 400: No.");
    }

    @Test
    void aCommandThatFailsHasNoReply() {
        polls(command("c1", "1"), command("c2", "2"));

        door().obey(command -> {
                    if (command.equals("1")) throw new IllegalStateException("The motor is stuck.");
                    return "no JSON";
                })
                .start(listener);

        await().until(() -> listener.calls.size() == 2);
        assertEquals("lost: The reply to command c1 is lost: The motor is stuck.", listener.calls.get(0));
        assertTrue(listener.calls.get(1).startsWith("lost: The reply to command c2 is lost: "), listener.calls.get(1));
        awaitRequests(POLL_FOR_COMMANDS, POLL_FOR_COMMANDS, POLL_FOR_COMMANDS);
    }

    @Test
    void aStopReleasesTheHeldPollAndDropsRetries() throws Exception {
        polls(WANTED);
        server.at("/cameras/door/dump/", problem(503, "Not now."));
        RunningCamera camera = door().start(listener);
        await().until(() -> SECOND.equals(fixture.time.untilNext()));

        camera.stop();

        assertNull(ClientFixture.ending(camera.done()));
        await().until(() -> server.gone() == 1);
        fixture.time.advance(HOLD);
        awaitRequests(POLL, POLL, DUMP);
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void closingTheClientStopsItsCameras() throws Exception {
        RunningCamera camera = door().start();
        RunningCamera simulated = fixture.one().simulatedCamera("door").start(listener);

        fixture.one().close();

        assertNull(ClientFixture.ending(camera.done()));
        assertNull(ClientFixture.ending(simulated.done()));
        await().until(() -> fixture.time.untilNext() == null);
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheCamera() {
        polls(WANTED);
        server.at("/cameras/door/dump/", TAKEN);

        door().start(new CameraListener() {
            @Override
            public void dumped(int lines) {
                listener.dumped(lines);
                throw new IllegalStateException("this test wants this in the log");
            }
        });

        awaitCalls("dumped 2");
        awaitRequests(POLL, DUMP, POLL);
    }

    @Test
    void aSimulatedCameraAddsAnEventNowAndThen() {
        polls(WANTED);
        server.at("/cameras/door/dump/", TAKEN);

        fixture.one().simulatedCamera("door").every(SECOND).plain().start(listener);

        awaitCalls("Brightness Down. 2026-11-21T12:00:00Z", "dumped 1");
        fixture.pass(SECOND);
        awaitCalls("Brightness Down. 2026-11-21T12:00:00Z", "dumped 1", "Brightness Down. 2026-11-21T12:00:01Z");
        assertEquals(List.of("{\"logs\":[\"Brightness Down. 2026-11-21T12:00:00Z\"]}"), bodies(DUMP));
    }

    @Test
    void aSimulatedCameraLogsItsCommands() {
        polls(command("c1", "{ \"zoom\": [1, 2] }"));
        server.at("/cameras/door/commands/", answer(204, "", ""));

        fixture.one().simulatedCamera("door").start(listener);

        awaitCalls("Brightness Down. 2026-11-21T12:00:00Z", "Command {\"zoom\":[1,2]}. 2026-11-21T12:00:00Z");
        awaitRequests(POLL_FOR_COMMANDS, "POST /cameras/door/commands/c1", POLL_FOR_COMMANDS);
        assertEquals(List.of("{\"done\":true}"), bodies("POST /cameras/door/commands/c1"));
    }

    @Test
    void theNewestLinesAreKept() {
        Simulation.NewestLines newest = new Simulation.NewestLines(2);
        for (String line : List.of("a", "b", "c")) newest.add(line);

        assertEquals(List.of("b", "c"), newest.all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "é"})
    void aMalformedNameIsRefusedAtOnce(String name) {
        Holdfast one = fixture.one();

        assertThrows(IllegalArgumentException.class, () -> one.camera(name));
        assertThrows(IllegalArgumentException.class, () -> one.simulatedCamera(name));
        assertEquals(
                "The name of a camera must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, and not . or .., not '" + name
                        + "'.",
                assertThrows(IllegalArgumentException.class, () -> one.logs(name))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> one.simulatedCamera("door")
                .every(Duration.ZERO));
    }
}
