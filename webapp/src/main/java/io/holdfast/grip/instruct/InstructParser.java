// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.instruct.Instruct.Hold;
import io.holdfast.grip.instruct.Instruct.Link;
import io.holdfast.grip.item.GripChannel;
import io.holdfast.grip.item.Malformed;
import io.holdfast.grip.item.Reasons;
import io.holdfast.http.message.Coding;
import io.holdfast.http.message.HeaderParameters;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads instructions from the headers of a backend's response and, where it is of that type, from its JSON body. */
public final class InstructParser {
    /** The most channels of a connection. */
    public static final int MOST_CHANNELS = 20;

    /** In seconds. */
    static final int DEFAULT_TIMEOUT = 55;

    /** The longest response within an instruction, in bytes, when decoded. */
    private static final int LONGEST = 1_000_000;

    private static final int LEAST_TIMEOUT = 5, DEFAULT_LINK_TIMEOUT = 120;
    private static final String CONTENT_TYPE = "application/grip-instruct";

    private final Headers headers;
    private final String prefix;

    // From the headers, until the body replaces them.
    private final List<GripChannel> channels = new ArrayList<>();
    private final Map<String, String> meta = new LinkedHashMap<>();
    private Hold hold = Hold.NONE;
    private int timeout = DEFAULT_TIMEOUT;
    private @Nullable KeepAlive keepAlive;
    private @Nullable Link next;
    private @Nullable URI gone;

    private InstructParser(Headers headers, String prefix) {
        this.headers = headers;
        this.prefix = prefix;
    }

    /** Whether a response with these headers has an instruction in its body. */
    public static boolean isInstruct(Headers headers) {
        return headers.first("Content-Type")
                .filter(type -> type.split(";", 2)[0].strip().equalsIgnoreCase(CONTENT_TYPE))
                .isPresent();
    }

    /**
     * The instructions of a response.
     *
     * @param prefix before the name of every channel; empty for none
     * @param mostChannels how many channels are kept; the rest is left out
     * @throws InstructException if they cannot be followed
     */
    public static Instruct parse(WholeResponse response, String prefix, int mostChannels) {
        InstructParser parser = new InstructParser(response.headers(), prefix);
        parser.readHold();
        parser.readKeepAlive();
        parser.readMeta();
        WholeResponse shown = parser.shown(response);
        parser.readLinks();
        if (isInstruct(response.headers())) shown = parser.readBody(response, shown);
        parser.checkCoding(shown);
        return parser.instruct(shown, mostChannels);
    }

    private void readHold() {
        String mode = headers.first("Grip-Hold").orElse(null);
        if (mode != null) hold = hold(mode.strip(), "Grip-Hold must be set to either 'response' or 'stream'");
        for (HeaderParameters each : HeaderParameters.words(headers, "Grip-Channel")) channels.add(channel(each));
        String seconds = headers.first("Grip-Timeout").orElse(null);
        if (seconds != null)
            timeout = seconds(seconds, "failed to parse Grip-Timeout", "Grip-Timeout has invalid value");
    }

    private static Hold hold(String mode, String refusal) {
        return switch (mode) {
            case "response" -> Hold.RESPONSE;
            case "stream" -> Hold.STREAM;
            default -> throw new InstructException(refusal);
        };
    }

    private GripChannel channel(HeaderParameters parameters) {
        String prevId = parameters.get("prev-id");
        return channel(
                HeaderText.text(parameters.first()),
                prevId == null || prevId.isEmpty() ? null : HeaderText.text(prevId),
                parameters.all("filter").stream().map(HeaderText::text).toList());
    }

    private GripChannel channel(String name, @Nullable String prevId, List<String> filters) {
        if (!GripChannel.isName(name)) throw new InstructException("channel name is longer than 512 bytes");
        if (filters.size() > GripChannel.MOST_FILTERS)
            throw new InstructException("too many filters for channel '" + name + "'");
        return new GripChannel(name, prefix + name, prevId, filters);
    }

    /** A whole number from 0. */
    static int seconds(String text, String notANumber, String negative) {
        try {
            int seconds = Integer.parseInt(text.strip());
            if (seconds < 0) throw new InstructException(negative);
            return seconds;
        } catch (NumberFormatException e) {
            throw new InstructException(notANumber);
        }
    }

    private void readKeepAlive() {
        keepAlive = headers.first("Grip-Keep-Alive").flatMap(KeepAlive::parse).orElse(null);
    }

    private void readMeta() {
        for (HeaderParameters each : HeaderParameters.pairs(headers, "Grip-Set-Meta")) {
            if (each.parts().isEmpty()) throw new InstructException("Grip-Set-Meta cannot be empty");
            HeaderParameters.Part pair = each.parts().get(0);
            meta.put(HeaderText.text(pair.name()), HeaderText.text(pair.value()));
        }
    }

    private void readLinks() {
        for (HeaderParameters each : HeaderParameters.words(headers, "Grip-Link")) {
            if (each.parts().size() < 2) continue;
            URI uri = uri(each.first());
            String relation = each.get("rel");
            if (Objects.equals(relation, "next")) next = new Link(uri, linkTimeout(each.get("timeout")));
            if (Objects.equals(relation, "gone")) gone = uri;
        }
    }

    private static URI uri(String link) {
        if (link.length() <= 2 || !link.startsWith("<") || !link.endsWith(">"))
            throw new InstructException("failed to parse Grip-Link value");
        try {
            return new URI(link.substring(1, link.length() - 1));
        } catch (URISyntaxException e) {
            throw new InstructException("Grip-Link contains invalid link");
        }
    }

    private static int linkTimeout(@Nullable String text) {
        return text == null
                ? DEFAULT_LINK_TIMEOUT
                : seconds(text, "failed to parse Grip-Link timeout value", "Grip-Link timeout has invalid value");
    }

    /** The response with the status and the headers that its client sees. */
    private WholeResponse shown(WholeResponse response) {
        String status = headers.first("Grip-Status").orElse("").strip();
        WholeResponse shown = status.isEmpty() ? response : withStatus(response, status);
        Headers kept = GripHeaders.without(headers);
        Set<String> exposed = Headers.names(exposeHeaders());
        if (!exposed.isEmpty()) kept = kept.only(exposed::contains);
        return new WholeResponse(shown.status(), shown.reason(), kept, shown.body());
    }

    private List<String> exposeHeaders() {
        return HeaderParameters.list(headers, "Grip-Expose-Headers");
    }

    private static WholeResponse withStatus(WholeResponse response, String header) {
        String[] parts = header.split(" ", 2);
        String refusal = "Grip-Status contains invalid status code";
        int status = seconds(parts[0], refusal, refusal);
        if (status > 999) throw new InstructException(refusal);
        return new WholeResponse(status, parts.length > 1 ? parts[1] : "", response.headers(), response.body());
    }

    private WholeResponse readBody(WholeResponse response, WholeResponse shown) {
        if (response.isCoded()) throw undecoded(response);
        if (response.status() != 200)
            throw new InstructException("response code for application/grip-instruct content must be 200");
        try {
            InstructBody body = InstructBody.parse(response.body());
            body.hold().ifPresent(this::overrule);
            return body.response(shown).decoded(LONGEST);
        } catch (Malformed e) {
            throw new InstructException(String.valueOf(e.getMessage()));
        }
    }

    private void overrule(InstructBody.HoldPart part) {
        hold = hold(part.mode(), "hold 'mode' must be set to either 'response' or 'stream'");
        for (InstructBody.ChannelPart each : part.channels())
            channels.add(channel(each.name(), each.prevId(), each.filters()));
        timeout = part.timeout(timeout);
        keepAlive = part.keepAlive(keepAlive);
        meta.putAll(part.meta());
    }

    /** A stream is continued with plain text. */
    private void checkCoding(WholeResponse shown) {
        if (shown.isCoded() && (hold == Hold.STREAM || next != null)) throw undecoded(shown);
    }

    private static InstructException undecoded(WholeResponse response) {
        return new InstructException(
                "body has Content-Encoding '" + Coding.of(response.headers()) + "', which is not known");
    }

    private Instruct instruct(WholeResponse shown, int mostChannels) {
        if (shown.status() < Reasons.LEAST_STATUS)
            throw new InstructException("response has status " + shown.status() + ", which is not the last of any");
        String reason = shown.reason().isEmpty() ? Reasons.of(shown.status()) : shown.reason();
        return new Instruct(
                hold,
                channels.subList(0, Math.min(channels.size(), mostChannels)),
                Math.max(LEAST_TIMEOUT, timeout),
                keepAlive,
                meta,
                exposeHeaders(),
                next,
                gone,
                new WholeResponse(shown.status(), reason, shown.headers(), shown.body()));
    }
}
