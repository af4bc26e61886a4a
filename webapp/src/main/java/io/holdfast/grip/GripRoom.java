// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.access.token.Jwt;
import io.holdfast.access.token.TokenCache;
import io.holdfast.access.token.TokenKey;
import io.holdfast.channel.core.Journal;
import io.holdfast.grip.instruct.Instruct;
import io.holdfast.grip.instruct.InstructException;
import io.holdfast.grip.instruct.InstructParser;
import io.holdfast.grip.instruct.WholeResponse;
import io.holdfast.grip.item.Filters;
import io.holdfast.grip.item.GripChannel;
import io.holdfast.http.Handler;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Coding;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Response;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The room as the proxy and the composition root see it. */
public final class GripRoom implements Instructions, AutoCloseable {
    private static final int NO_CONTENT = 204, NOT_MODIFIED = 304;
    private static final byte[] NOTHING = {};
    private static final String SIG = "Grip-Sig";
    private static final String FEATURES =
            "status, link:next, link:gone, filter:skip-self, filter:skip-users, filter:require-sub, filter:build-id, filter:var-subst";

    private final GripOptions options;
    private final Topics topics;
    private final PublishResource resource;
    private final Json json;
    private final Clocks clocks;
    private final TokenCache tokens;

    private GripRoom(GripOptions options, Topics topics, PublishResource resource, Json json, Clocks clocks) {
        this.options = options;
        this.topics = topics;
        this.resource = resource;
        this.json = json;
        this.clocks = clocks;
        this.tokens = new TokenCache(clocks.wall());
    }

    /** Opens the room. */
    public static GripRoom open(Kernel kernel, GripOptions options, Journal journal) {
        return new GripRoom(
                options,
                new Topics(journal, kernel.waiters(), kernel.clocks(), kernel.executor()),
                new PublishResource(kernel, options, journal),
                kernel.json(),
                kernel.clocks());
    }

    /** Adds the room's paths. */
    public void addTo(Routes routes) {
        Map<String, Handler> handlers = new LinkedHashMap<>();
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "OPTIONS"))
            handlers.put(method, resource::notAllowed);
        handlers.put("POST", resource::publish);
        routes.add("/publish", handlers);
    }

    /** The number of topics that this member follows. */
    public int topics() {
        return topics.count();
    }

    @Override
    public Headers announcement(Optional<String> issuer, Optional<TokenKey> key) {
        return key.or(options::key)
                .map(signer -> Headers.of(SIG, tokens.token(issuer.orElse(options.issuer()), signer)))
                .orElse(Headers.NONE)
                .and("Grip-Feature", FEATURES);
    }

    @Override
    public boolean isFromUpstream(Headers headers) {
        return headers.first(SIG)
                .flatMap(shown -> options.upstream()
                        .filter(key -> Jwt.verify(shown, key, clocks.wall().instant())))
                .isPresent();
    }

    @Override
    public Optional<PassedResponse> beginning(Held held, int status, Headers headers) {
        // A response that is decoded, or has ids put into it, must be whole.
        if (!Coding.of(headers).isNone()) return Optional.empty();
        return stream(held, status, headers)
                .filter(instruct -> instruct.channels().stream()
                        .noneMatch(channel -> channel.filters().contains(Filters.BUILD_ID)))
                .map(instruct -> StreamHold.head(held, instruct.response(), NOTHING));
    }

    private static Optional<Instruct> stream(Held held, int status, Headers headers) {
        if (InstructParser.isInstruct(headers)) return Optional.empty();
        try {
            return Optional.of(parsed(held, status, headers, NOTHING))
                    .filter(instruct -> isStream(instruct) && mayHaveBody(held, instruct));
        } catch (InstructException e) {
            return Optional.empty();
        }
    }

    @Override
    public void goOn(Held held, int status, Headers headers, HeldStream begun) {
        stream(held, status, headers)
                .ifPresent(instruct -> new StreamHold(held, instruct, topics, json, options.times()).goOn(begun));
    }

    private static Instruct parsed(Held held, int status, Headers headers, byte[] body) {
        WholeResponse response = new WholeResponse(status, "", headers, body).decoded(MOST_BYTES);
        return subscribed(InstructParser.parse(response, held.prefix(), InstructParser.MOST_CHANNELS), held);
    }

    @Override
    public void take(Held held, int status, Headers headers, byte[] body) {
        Instruct instruct;
        try {
            instruct = parsed(held, status, headers, body);
        } catch (InstructException e) {
            answer(held, held.failure("Failed to parse accept instructions: " + e.getMessage()));
            return;
        }
        WholeResponse response = instruct.response();
        if (instruct.hold() == Instruct.Hold.RESPONSE)
            new ResponseHold(held, instruct, topics, json, options.stall()).start();
        else if (isStream(instruct) && mayHaveBody(held, instruct))
            new StreamHold(held, instruct, topics, json, options.times()).start();
        else if (isStream(instruct)) answer(held, StreamHold.head(held, response, NOTHING));
        else answer(held, new PassedResponse(response.status(), held.headers(response.headers()), response.body()));
    }

    /** A response without a hold but with a link is a stream, too: it continues until a part of it has no link. */
    private static boolean isStream(Instruct instruct) {
        boolean continues = instruct.hold() == Instruct.Hold.NONE && instruct.next() != null;
        return continues || instruct.hold() == Instruct.Hold.STREAM;
    }

    private static boolean mayHaveBody(Held held, Instruct instruct) {
        int status = instruct.response().status();
        return !held.isForHead() && status != NO_CONTENT && status != NOT_MODIFIED;
    }

    /** The instruction with the channels that the route adds. */
    static Instruct subscribed(Instruct instruct, Held held) {
        if (held.subscriptions().isEmpty() || instruct.hold() == Instruct.Hold.NONE) return instruct;
        List<GripChannel> channels = new ArrayList<>(instruct.channels());
        for (String name : held.subscriptions())
            if (channels.stream().noneMatch(channel -> channel.topic().equals(name)))
                channels.add(new GripChannel(name, name, null, List.of()));
        return new Instruct(
                instruct.hold(),
                channels,
                instruct.timeout(),
                instruct.keepAlive(),
                instruct.meta(),
                instruct.exposeHeaders(),
                instruct.next(),
                instruct.gone(),
                instruct.response());
    }

    private void answer(Held held, Response reply) {
        held.response().answer(reply, options.stall(), clocks.timer());
        held.done();
    }

    /** Stops following all topics. */
    @Override
    public void close() {
        topics.close();
    }
}
