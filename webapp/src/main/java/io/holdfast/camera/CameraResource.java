// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.access.Access;
import io.holdfast.camera.Camera.Command;
import io.holdfast.camera.Camera.Poll;
import io.holdfast.camera.Polls.HeldPoll;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.PieceStream;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Cameras over HTTP. The paths of the original protocol are those of the camera {@code default}; its answers are kept byte by byte. */
final class CameraResource {
    private static final String DEFAULT = "default";
    private static final OwnResponse UPDATED = OwnResponse.json(200, "\"updated\""),
            DUMPED = OwnResponse.json(200, "null");
    private static final OwnResponse UNAUTHORIZED = new OwnResponse(
            401,
            "text/html; charset=utf-8",
            Headers.of("WWW-Authenticate", "Basic realm=\"Login!\""),
            "Unauthorized.".getBytes(StandardCharsets.UTF_8));
    private static final OwnResponse NOTHING = OwnResponse.empty(204);
    private static final Duration BODY_TIME = Duration.ofSeconds(60), DOWNLOAD_TIME = Duration.ofMinutes(10);
    static final Duration STALL = Duration.ofSeconds(30);
    private static final int MOST_COMMAND = 64 * 1024;
    private static final int LIST = 1_000, MOST_LIST = 10_000;

    private final Cameras cameras;
    private final CameraOptions options;
    private final Access access;
    private final Json json;
    private final Clocks clocks;
    private final Executor executor;

    CameraResource(Kernel kernel, Cameras cameras, CameraOptions options) {
        this.cameras = cameras;
        this.options = options;
        this.access = kernel.access();
        this.json = kernel.json();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
    }

    private static String name(Call call) {
        return call.name("camera").isEmpty() ? DEFAULT : call.name("camera");
    }

    private static boolean has(Call call, String word) {
        return !call.word(word, "", "true", "false").orElse("false").equals("false");
    }

    /** The camera polls for updates. */
    void updates(Call call) throws IOException {
        access.toBeCamera(call);
        boolean commands = has(call, "commands");
        Duration wait = call.wait(options.hold());
        if (call.isHead()) {
            call.answer(NOTHING);
            return;
        }
        HeldResponse response = call.hold(wait.plus(options.patience()));
        HeldPoll held = cameras.polls()
                .hold(
                        name(call),
                        commands,
                        call.spread(wait),
                        (poll, outcome) -> response.answer(pollAnswer(poll, commands, outcome)));
        response.onGone(held::close);
    }

    private OwnResponse pollAnswer(HeldPoll held, boolean commands, Outcome<Camera> outcome) {
        Camera camera = outcome.state();
        Throwable refusal = held.refusal();
        if (camera != null && camera.isToldTo(held.id())) return commands ? updateAndCommands(camera) : UPDATED;
        if (refusal != null) return refused(refusal);
        return outcome.ending() == Ending.REFUSED ? json.full() : NOTHING;
    }

    /** Joins texts, because the commands are JSON already. */
    private OwnResponse updateAndCommands(Camera camera) {
        String commands = camera.commandsFor(camera.teller()).stream()
                .map(command -> "{\"id\":\"" + command.id() + "\",\"command\":" + text(command.body()) + "}")
                .collect(Collectors.joining(","));
        return OwnResponse.json(200, "{\"updated\":" + camera.update() + ",\"commands\":[" + commands + "]}");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** The camera delivers a dump. */
    void dump(Call call) throws IOException {
        access.toBeCamera(call);
        String name = name(call);
        HeldResponse response = call.hold(DOWNLOAD_TIME.plus(options.patience()));
        CompletionStage<Long> question = cameras.deliveries().begin(name);
        CompletableFuture<byte[]> body =
                response.content(options.dumpSize(), executor).toCompletableFuture();
        Scheduled watch = cameras.deliveries()
                .watch(name, response::bytesReceived, body::isDone, STALL, () -> response.answer(stalled()));
        cameras.deliveries()
                .keep(name, question, body)
                .thenApply(kept -> DUMPED)
                .exceptionally(this::refused)
                .thenAccept(answer -> {
                    watch.cancel();
                    response.answer(answer);
                });
    }

    private OwnResponse stalled() {
        return json.answer(Problem.of(408, "Nothing of the body has come for " + STALL.toSeconds() + " s."));
    }

    /** A user asks for logs. */
    void logs(Call call) throws IOException {
        if (!isKnown(call)) return;
        String name = name(call);
        boolean cached = has(call, "cached");
        Duration wait = call.wait(options.hold());
        HeldResponse response = call.hold(options.patience().plus(wait).plus(DOWNLOAD_TIME));
        if (cached || call.isHead()) cached(response, name);
        else if (cameras.isFull()) response.answer(json.full());
        else ask(response, name, wait, call.spread(wait));
    }

    private boolean isKnown(Call call) throws IOException {
        boolean known = access.mayAskCameras(call);
        if (known) call.checkOrigin();
        else call.answer(UNAUTHORIZED);
        return known;
    }

    private void cached(HeldResponse response, String name) {
        cameras.camera(name).whenComplete((camera, error) -> {
            Dump dump = camera == null ? null : camera.dump();
            long now = clocks.cluster().millis();
            if (error != null) response.answer(refused(error));
            else if (dump == null || dump.time() < now - options.keep().toMillis()) response.answer(notKept());
            else give(response, name, dump, Headers.of("Age", Long.toString(Math.max(0, now - dump.time()) / 1000)));
        });
    }

    private OwnResponse notKept() {
        return json.answer(Problem.of(404, "No logs of this camera are kept."));
    }

    private void ask(HeldResponse response, String name, Duration wait, Duration spread) {
        cameras.questions()
                .ask(name, spread, (outcome, question) -> endQuestion(response, name, wait, outcome, question))
                .whenComplete((waiter, error) -> {
                    if (error != null) response.answer(refused(error));
                    else response.onGone(waiter::gone);
                });
    }

    private boolean endQuestion(
            HeldResponse response, String name, Duration wait, Outcome<Camera> outcome, long question) {
        Camera camera = outcome.state();
        Optional<Dump> dump = camera == null ? Optional.empty() : camera.answerTo(question);
        if (dump.isPresent()) give(response, name, dump.get(), Headers.NONE);
        else if (outcome.ending() == Ending.TIMED_OUT)
            cameras.camera(name)
                    .thenApply(late -> absent("No logs came", wait, late))
                    .exceptionally(error -> absent("No logs came", wait, null))
                    .thenAccept(response::answer);
        else return outcome.ending() != Ending.GONE && response.answer(json.full());
        return true;
    }

    private OwnResponse absent(String what, Duration wait, @Nullable Camera camera) {
        return json.answer(absence(what, wait, camera));
    }

    private Problem absence(String what, Duration wait, @Nullable Camera camera) {
        Problem problem = Problem.of(504, what + " within " + wait.toSeconds() + " s" + whereabouts(camera) + ".")
                .and("waited", wait.toSeconds());
        return camera == null || camera.seen() == 0 ? problem : problem.and("lastSeen", time(camera.seen()));
    }

    private String whereabouts(@Nullable Camera camera) {
        if (camera == null) return "";
        if (camera.isConnected(clocks.cluster().millis())) return "; the camera polls";
        if (camera.seen() == 0) return "; the camera was never seen";
        return "; the camera was last seen at " + time(camera.seen());
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private void give(HeldResponse response, String name, Dump dump, Headers more) {
        Headers headers = more.and(
                "Last-Modified",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.ofEpochMilli(dump.time()).atOffset(ZoneOffset.UTC)));
        cameras.deliveries()
                .piece(name, dump, 0)
                .whenCompleteAsync(
                        (first, error) -> {
                            if (error != null) response.answer(refused(error));
                            else if (first.isEmpty()) response.answer(more.isEmpty() ? json.full() : notKept());
                            else if (dump.pieces() == 1)
                                response.answer(
                                        new OwnResponse(200, "application/json", headers, first.get()),
                                        STALL,
                                        clocks.timer());
                            else
                                response.stream(
                                                new OwnResponse(200, "application/json", headers, new byte[0]),
                                                dump.bytes())
                                        .ifPresent(stream ->
                                                stream(stream, name, dump).write(0, first.get()));
                        },
                        executor);
    }

    private PieceStream stream(HeldStream stream, String name, Dump dump) {
        return new PieceStream(
                stream, dump.pieces(), piece -> cameras.deliveries().piece(name, dump, piece), STALL, clocks, executor);
    }

    /** A user sends a command. */
    void command(Call call) throws IOException {
        if (!isKnown(call)) return;
        String name = name(call), id = cameras.commands().newId();
        Duration wait = call.wait(options.hold()), spread = call.spread(wait);
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()).plus(wait));
        response.content(MOST_COMMAND, executor)
                .thenApply(JsonInput::checked)
                .thenCompose(body -> cameras.commands()
                        .send(name, id, body, spread, outcome -> endCommand(response, name, id, wait, outcome)))
                .whenComplete((waiter, error) -> {
                    if (error != null) response.answer(refused(error));
                    else response.onGone(waiter::gone);
                });
    }

    private boolean endCommand(HeldResponse response, String name, String id, Duration wait, Outcome<Camera> outcome) {
        Camera camera = outcome.state();
        if (camera != null) {
            cameras.commands().remove(name, id);
            return response.answer(replied(camera.command(id).orElseThrow()));
        }
        if (outcome.ending() == Ending.REFUSED) return response.answer(json.full());
        boolean drained = outcome.ending() == Ending.DRAINED;
        cameras.commands()
                .withdraw(name, id)
                .thenCombine(cameras.camera(name), (left, now) -> drained ? leaving(left) : late(left, wait, now))
                .exceptionally(error -> cannotTell())
                .thenAccept(response::answer);
        return outcome.ending() != Ending.GONE;
    }

    private OwnResponse cannotTell() {
        return json.later(Problem.of(503, "It cannot be told whether the camera was given the command.")
                .and("outcome", "unknown"));
    }

    private OwnResponse leaving(Optional<Command> left) {
        if (left.isPresent() && left.get().reply() != null) return replied(left.get());
        return json.later(
                Problem.of(503, "This member is going down.").and("outcome", left.isPresent() ? "unknown" : "none"));
    }

    private OwnResponse late(Optional<Command> left, Duration wait, Camera camera) {
        if (left.isPresent() && left.get().reply() != null) return replied(left.get());
        Poll poll = camera.poll();
        boolean deaf = left.isEmpty() && poll != null && !poll.commands();
        String what = left.isPresent()
                ? "The camera was given the command, and did not reply"
                : deaf
                        ? "The camera polls without ?commands, and was not given the command"
                        : "The camera was not given the command";
        return json.answer(absence(what, wait, camera).and("outcome", left.isPresent() ? "unknown" : "none"));
    }

    private static OwnResponse replied(Command command) {
        byte[] reply = command.reply();
        return OwnResponse.json(200, reply == null ? "null" : text(reply));
    }

    /** The camera replies to a command. */
    void reply(Call call) throws IOException {
        access.toBeCamera(call);
        String name = name(call), id = call.name("command");
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()));
        response.content(MOST_COMMAND, executor)
                .thenApply(JsonInput::checked)
                .thenCompose(reply -> cameras.commands().reply(name, id, reply))
                .thenApply(awaited -> awaited
                        ? NOTHING
                        : json.answer(Problem.of(404, "Nobody waits for the reply to this command any more.")
                                .and("field", "command")
                                .and("rule", "one that was given to this camera lately")
                                .and("value", id)))
                .exceptionally(this::refused)
                .thenAccept(response::answer);
    }

    /** The list of cameras. */
    void list(Call call) throws IOException {
        if (!isKnown(call)) return;
        String after = call.text("after").orElse("");
        int limit = call.number("limit", LIST, 1, MOST_LIST);
        HeldResponse response = call.hold(options.patience());
        cameras.names()
                .thenCompose(names -> cameras.cameras(page(names, after, limit)))
                .thenApply(some -> list(some, limit))
                .exceptionally(this::refused)
                .thenAccept(answer -> response.answer(answer, STALL, clocks.timer()));
    }

    private static Set<String> page(Set<String> names, String after, int limit) {
        return names.stream()
                .filter(name -> name.compareTo(after) > 0)
                .sorted()
                .limit(limit)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private OwnResponse list(Map<String, Camera> cameras, int limit) {
        long now = clocks.cluster().millis();
        List<Entry> all = new ArrayList<>();
        List<String> names = cameras.keySet().stream().sorted().toList();
        for (String name : names) {
            Camera camera = cameras.getOrDefault(name, Camera.UNKNOWN);
            if (camera.seen() > 0) all.add(Entry.of(name, camera, now));
        }
        return json.answer(200, new Listing(all, names.size() == limit ? names.get(limit - 1) : null));
    }

    /**
     * A page of the list of cameras.
     *
     * @param next the last name of the page; absent if no page follows
     */
    @JsonbPropertyOrder({"cameras", "next"})
    public record Listing(List<Entry> cameras, @Nullable String next) {}

    /**
     * A camera in the list.
     *
     * @param member the member that the camera polls; absent if it is not connected
     * @param commands whether the camera takes commands; absent if it is not connected
     * @param lastDump absent if it has sent none
     */
    @JsonbPropertyOrder({"id", "connected", "since", "lastSeen", "member", "commands", "lastDump"})
    public record Entry(
            String id,
            boolean connected,
            String since,
            String lastSeen,
            @Nullable String member,
            @Nullable Boolean commands,
            @Nullable LastDump lastDump) {

        static Entry of(String name, Camera camera, long now) {
            boolean connected = camera.isConnected(now);
            Poll poll = connected ? camera.poll() : null;
            Dump dump = camera.dump();
            return new Entry(
                    name,
                    connected,
                    CameraResource.time(camera.since()),
                    CameraResource.time(connected ? now : camera.seen()),
                    poll == null ? null : poll.member(),
                    poll == null ? null : poll.commands(),
                    dump == null ? null : new LastDump(CameraResource.time(dump.time()), dump.bytes()));
        }
    }

    /** The newest dump of a camera. */
    @JsonbPropertyOrder({"time", "bytes"})
    public record LastDump(String time, long bytes) {}

    private OwnResponse refused(Throwable thrown) {
        return json.failed(thrown, CameraRefusal.class, this::answer);
    }

    private OwnResponse answer(CameraRefusal refusal) {
        String detail = refusal.getMessage() + ".";
        return switch (refusal.why()) {
            case UNAVAILABLE -> json.later(Problem.of(503, detail).and("outcome", "none"));
            case UNKNOWN -> json.later(Problem.of(503, detail).and("outcome", "unknown"));
            case TOO_MANY_COMMANDS -> json.later(Problem.of(503, detail).and("outcome", "none"));
            case TOO_MANY_CAMERAS ->
                json.answer(Problem.of(507, detail)
                        .and("field", "camera")
                        .and("rule", "the name of a camera that is known")
                        .and("limit", options.limit()));
            case TOO_MUCH -> json.answer(Problem.of(507, detail).and("limit", options.memory()));
        };
    }
}
