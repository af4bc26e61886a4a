// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.access.Access;
import io.holdfast.channel.core.Journal;
import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.grip.item.Item;
import io.holdfast.grip.item.PublishException;
import io.holdfast.grip.item.PublishReply;
import io.holdfast.grip.item.PublishRequest;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The publish endpoint: answers as Pushpin's does, after the items are stored. */
final class PublishResource {
    private static final Duration BODY_TIME = Duration.ofSeconds(60);

    private final Journal journal;
    private final GripOptions options;
    private final Access access;
    private final Json json;
    private final Clocks clocks;
    private final Executor executor;

    PublishResource(Kernel kernel, GripOptions options, Journal journal) {
        this.journal = journal;
        this.options = options;
        this.access = kernel.access();
        this.json = kernel.json();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
    }

    void publish(Call call) throws IOException {
        RequestHead head = call.head();
        Optional<PublishReply> form = PublishReply.of(head.headers());
        if (form.isEmpty()) {
            call.answer(OwnResponse.text(406, PublishReply.NOT_ACCEPTABLE));
            return;
        }
        authorize(call);
        if (head.length() < 0) {
            call.answer(
                    OwnResponse.text(411, "Request requires Content-Length.\n").with("Connection", "close"));
            return;
        }
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()));
        response.content(options.publishSize(), executor)
                .thenCompose(body -> append(checked(PublishRequest.parse(body), response)))
                .thenApply(done -> reply(form.get(), "Published"))
                .exceptionally(this::failed)
                .thenAccept(response::answer);
    }

    private void authorize(Call call) {
        if (options.publishing().isOpen()) {
            access.toPublish(call);
            return;
        }
        call.checkOrigin();
        String shown = call.header("Authorization").orElse(null);
        if (!options.publishing().allows(shown, clocks.wall().instant()))
            throw new Refusal(
                    Problem.of(401, "Publishing takes a token or credentials that are configured here."),
                    Headers.of("WWW-Authenticate", "Bearer"));
        call.favour();
    }

    /** Refuses items whose head the clients of this server would not get. */
    private static List<Item> checked(List<Item> items, HeldResponse response) {
        for (Item item : items) {
            HttpResponse made = item.formats().response();
            if (made != null
                    && !response.takes(new PassedResponse(made.code(), HeaderText.wire(made.headers()), made.body())))
                throw new PublishException("The headers of a response are longer than this server sends");
        }
        return items;
    }

    /** Keeps the items of each channel in order. */
    private CompletionStage<Void> append(List<Item> items) {
        Map<String, List<byte[]>> byChannel = new LinkedHashMap<>();
        for (Item item : items)
            byChannel
                    .computeIfAbsent(item.channel(), channel -> new ArrayList<>())
                    .add(item.toJson());
        return journal.append(byChannel);
    }

    private OwnResponse failed(Throwable thrown) {
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        if (cause instanceof PublishException refused) return OwnResponse.text(400, refused.getMessage() + "\n");
        return json.failed(
                thrown,
                Journal.Refused.class,
                refused -> json.later(Problem.of(503, refused.getMessage() + ".")
                        .and("outcome", refused.isKnown() ? "none" : "unknown")));
    }

    private static OwnResponse reply(PublishReply form, String word) {
        return new OwnResponse(
                200, form.contentType, Headers.NONE, form.body(word).getBytes(StandardCharsets.UTF_8));
    }

    void notAllowed(Call call) throws IOException {
        call.answer(OwnResponse.text(405, "Method not allowed: " + call.head().method() + ".\n")
                .with("Allow", "POST"));
    }
}
