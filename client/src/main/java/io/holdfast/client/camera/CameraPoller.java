// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.CameraListener;
import io.holdfast.client.RunningCamera;
import io.holdfast.client.Trouble;
import io.holdfast.client.http.Activity;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.BodyCollector;
import io.holdfast.client.http.Call;
import io.holdfast.client.http.PollLoop;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.http.Wording;
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
 * Plays a camera: polls for wishes, polls again at once, and meanwhile sends dumps and replies. A newer dump replaces one that waits for
 * a retry, since it contains all lines of the older one.
 */
public final class CameraPoller implements RunningCamera, Activity {
    private static final Duration HOLD = Duration.ofSeconds(30);
    private static final Duration GIVE_UP = Duration.ofSeconds(30);

    private final CameraPlan plan;
    private final Addresses addresses;
    private final Transport transport;
    private final CameraListener listener;
    private final PollLoop loop;
    private final Set<Call<?>> sending = new HashSet<>();
    private @Nullable Call<?> newestDump;

    public CameraPoller(CameraPlan plan, Addresses addresses, Transport transport, CameraListener listener) {
        this.plan = plan;
        this.addresses = addresses;
        this.transport = transport;
        this.listener = listener;
        this.loop = new PollLoop(addresses, transport, null, this::poll, listener::trouble);
    }

    @Override
    public void start() {
        loop.done().whenComplete((ended, error) -> loop.turns().execute(() -> sending.forEach(Call::abandon)));
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public void abandon() {
        stop();
    }

    @Override
    public CompletionStage<@Nullable Void> done() {
        return loop.done();
    }

    boolean hasEnded() {
        return loop.hasEnded();
    }

    /** The turns, in which the listener and the functions of the plan are called. */
    Executor turns() {
        return loop.turns();
    }

    /** Calls the listener, in a turn, unless the camera has ended. */
    <T> void notifyListener(T news, Consumer<? super T> one) {
        if (!loop.hasEnded()) loop.notifyListener(news, one);
    }

    private void poll() {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (plan.commands() != null) parameters.put("commands", "true");
        parameters.put("wait", Long.toString(HOLD.toSeconds()));
        HttpRequest.Builder request =
                transport.jsonRequest(addresses.at(plan.paths().updates(), parameters));
        BodyCollector reader = new BodyCollector(Transport.LONGEST, this::onAnswer, loop::onFailure);
        loop.send(request, HOLD.plus(Transport.GRACE), reader);
    }

    private void onAnswer(ResponseHead head, byte[] body) {
        if (!head.isSuccess()) {
            loop.onUnsuccessful(head, body);
            return;
        }
        CameraJson.Wanted wanted;
        try {
            wanted = head.status() == 204 ? CameraJson.Wanted.NOTHING : CameraJson.wanted(body);
        } catch (UnreadableException e) {
            loop.retry(Wording.of(e), Duration.ZERO);
            return;
        }
        loop.succeeded();
        loop.pollAgain(wanted.isSomething());
        if (wanted.dump()) dump();
        wanted.commands().forEach(this::obey);
    }

    private void dump() {
        List<String> lines;
        try {
            lines = List.copyOf(plan.logs().get());
        } catch (RuntimeException e) {
            notifyLost("A dump", e);
            return;
        }
        if (newestDump != null) newestDump.retryNoMore();
        CameraPost post = post(plan.paths().dump(), CameraJson.dump(lines, plan.isPlain()), false);
        newestDump = send(post, () -> notifyListener(lines.size(), listener::dumped), (sent, error) -> {
            if (sent == newestDump) notifyLost("A dump", error);
        });
    }

    private void obey(CameraJson.Command command) {
        String what = "The reply to command " + command.id();
        if (plan.commands() == null) return;
        try {
            byte[] reply = CameraJson.reply(plan.commands().apply(command.json()));
            CameraPost post = post(plan.paths().reply(command.id()), reply, true);
            send(post, () -> {}, (sent, error) -> notifyLost(what, error));
        } catch (RuntimeException | UnreadableException e) {
            notifyLost(what, e);
        }
    }

    private CameraPost post(String path, byte[] json, boolean mayBeLate) {
        return new CameraPost(path, json, mayBeLate, this::onTrouble);
    }

    private Call<?> send(CameraPost post, Runnable onTaken, BiConsumer<Call<?>, Throwable> onLost) {
        Call<?> call = new Call<>(post, addresses.copy(), transport, GIVE_UP);
        sending.add(call);
        call.outcome().whenComplete((status, error) -> turns().execute(() -> {
            sending.remove(call);
            if (error == null) onTaken.run();
            else onLost.accept(call, error);
        }));
        call.start();
        return call;
    }

    private void onTrouble(Trouble trouble) {
        turns().execute(() -> notifyListener(trouble, listener::trouble));
    }

    private void notifyLost(String what, Throwable why) {
        notifyListener(what + " is lost: " + Wording.of(why), listener::lost);
    }
}
