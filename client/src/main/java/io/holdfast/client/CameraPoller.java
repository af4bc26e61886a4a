// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a camera: asks what is wanted of it, asks again at once, and meanwhile sends its logs and its replies. What it sends is tried for
 * a while; a dump only as long as there is no newer one, which has all that the older one has.
 */
final class CameraPoller {
    private static final Duration HOLD = Duration.ofSeconds(30);
    private static final Duration GIVE_UP = Duration.ofSeconds(30);

    private final CameraPlan plan;
    private final Addresses addresses;
    private final Connection connection;
    private final CameraListener listener;
    private final Rounds rounds;
    private final Set<Call<?>> sending = new HashSet<>();
    private @Nullable Call<?> newestDump;

    CameraPoller(CameraPlan plan, Addresses addresses, Connection connection, CameraListener listener) {
        this.plan = plan;
        this.addresses = addresses;
        this.connection = connection;
        this.listener = listener;
        this.rounds = new Rounds(connection, addresses, null, this::ask, listener::trouble);
    }

    void begin() {
        rounds.done().whenComplete((ended, error) -> rounds.turns().execute(() -> sending.forEach(Call::abandon)));
        rounds.begin();
    }

    void stop() {
        rounds.stop();
    }

    boolean isOver() {
        return rounds.isOver();
    }

    CompletionStage<@Nullable Void> done() {
        return rounds.done();
    }

    /** Where the listener is told, and the plan's functions are called. */
    Executor turns() {
        return rounds.turns();
    }

    /** Tells the listener, in a turn, unless the camera has ended. */
    <T> void tell(T something, Consumer<? super T> one) {
        if (!rounds.isOver()) rounds.tell(something, one);
    }

    private void ask() {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (plan.commands() != null) parameters.put("commands", "true");
        parameters.put("wait", Long.toString(HOLD.toSeconds()));
        HttpRequest.Builder request = connection
                .request(addresses.at(plan.name().updates(), parameters))
                .header("Accept", "application/json");
        Gather reader = new Gather(Connection.LONGEST, this::asked, rounds::failed);
        rounds.send(request, HOLD.plus(Connection.GRACE), reader);
    }

    private void asked(Head head, byte[] body) {
        if (!head.isSuccess()) {
            rounds.unsuccessful(head, body);
            return;
        }
        CameraWire.Wanted wanted;
        try {
            wanted = head.status() == 204 ? CameraWire.Wanted.NOTHING : CameraWire.wanted(body);
        } catch (Unreadable e) {
            rounds.trouble(Phrase.of(e), Duration.ZERO);
            return;
        }
        rounds.succeeded();
        rounds.askAgain(wanted.isSomething());
        if (wanted.dump()) dump();
        wanted.commands().forEach(this::obey);
    }

    private void dump() {
        List<String> lines;
        try {
            lines = List.copyOf(plan.logs().get());
        } catch (RuntimeException e) {
            lost("A dump", e);
            return;
        }
        if (newestDump != null) newestDump.lastTry();
        newestDump = send(
                plan.name().dump(),
                CameraWire.dump(lines, plan.plain()),
                false,
                () -> tell(lines.size(), listener::dumped),
                (sent, error) -> {
                    if (sent == newestDump) lost("A dump", error);
                });
    }

    private void obey(CameraWire.Command command) {
        String what = "The reply to command " + command.id();
        if (plan.commands() == null) return;
        try {
            byte[] reply = CameraWire.reply(plan.commands().apply(command.json()));
            send(plan.name().reply(command.id()), reply, true, () -> {}, (sent, error) -> lost(what, error));
        } catch (RuntimeException | Unreadable e) {
            lost(what, e);
        }
    }

    private Call<?> send(
            String path, byte[] json, boolean mayBeLate, Runnable taken, BiConsumer<Call<?>, Throwable> lost) {
        CameraPost post = new CameraPost(path, json, mayBeLate, this::trouble);
        Call<?> call = new Call<>(post, addresses.fresh(), connection, GIVE_UP);
        sending.add(call);
        call.outcome().whenComplete((status, error) -> turns().execute(() -> {
            sending.remove(call);
            if (error == null) taken.run();
            else lost.accept(call, error);
        }));
        call.begin();
        return call;
    }

    private void trouble(Trouble trouble) {
        turns().execute(() -> tell(trouble, listener::trouble));
    }

    private void lost(String what, Throwable why) {
        tell(what + " is lost: " + Phrase.of(why), listener::lost);
    }
}
