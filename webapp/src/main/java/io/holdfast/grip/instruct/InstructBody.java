// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.instruct.KeepAlive.Mode;
import io.holdfast.grip.item.Malformed;
import io.holdfast.grip.item.Members;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code application/grip-instruct}. All methods throw {@link Malformed} if its form is wrong. */
public final class InstructBody {
    private static final int MOST_STATUS = 999;
    private static final byte[] NOTHING = {};

    private final Members instruct;

    private InstructBody(Members instruct) {
        this.instruct = instruct;
    }

    static InstructBody parse(byte[] body) {
        JsonStructure value = JsonInput.structure(body)
                .orElseThrow(() -> new Malformed("failed to parse application/grip-instruct content as JSON"));
        if (!(value instanceof JsonObject)) throw new Malformed("instruct must be an object");
        return new InstructBody(Members.of("instruct", value));
    }

    /** How the request is held; empty if the body does not say. */
    Optional<HoldPart> hold() {
        JsonObject hold = instruct.object("hold");
        return hold == null ? Optional.empty() : Optional.of(new HoldPart(new Members("hold", hold)));
    }

    /** The response. Status and reason are those given unless the body names others; headers and body are its own. */
    WholeResponse response(WholeResponse otherwise) {
        JsonObject object = instruct.object("response");
        if (object == null) return new WholeResponse(otherwise.status(), otherwise.reason(), Headers.NONE, NOTHING);
        Members response = new Members("response", object);
        int status = response.integer("code", otherwise.status(), MOST_STATUS);
        String reason = Objects.requireNonNullElse(response.string("reason"), "");
        if (reason.isEmpty() && !response.has("code")) reason = otherwise.reason();
        byte[] body = response.bytes("body-bin", "body");
        Headers headers = HeaderText.wire(response.headers()).without(HeaderText.OF_THE_CONNECTION);
        return new WholeResponse(status, HeaderText.wire(reason), headers, body == null ? NOTHING : body);
    }

    /** A channel as the body names it. */
    record ChannelPart(String name, @Nullable String prevId, List<String> filters) {}

    /** The member {@code hold}. */
    static final class HoldPart {
        private final Members hold;

        private HoldPart(Members hold) {
            this.hold = hold;
        }

        String mode() {
            return Objects.requireNonNullElse(hold.string("mode"), "response");
        }

        List<ChannelPart> channels() {
            List<ChannelPart> channels = new ArrayList<>();
            for (JsonValue each : hold.requiredList("channels")) channels.add(channel(Members.of("channel", each)));
            return channels;
        }

        private static ChannelPart channel(Members channel) {
            String name = channel.requiredString("name");
            String prevId = channel.string("prev-id");
            List<String> filters = channel.stringList("filters", "filters contains value with wrong type");
            return new ChannelPart(name, prevId, filters == null ? List.of() : filters);
        }

        /** In seconds. */
        int timeout(int otherwise) {
            return hold.integer("timeout", otherwise, Integer.MAX_VALUE);
        }

        /** Has neither a format nor a mode: writing to the stream does not postpone it. */
        @Nullable
        KeepAlive keepAlive(@Nullable KeepAlive otherwise) {
            JsonObject object = hold.object("keep-alive");
            if (object == null) return otherwise;
            Members keepAlive = new Members("keep-alive", object);
            byte[] data = keepAlive.bytes("content-bin", "content");
            if (data == null && otherwise != null) data = otherwise.data();
            int timeout = keepAlive.integer("timeout", KeepAlive.DEFAULT_TIMEOUT, Integer.MAX_VALUE);
            if (data == null || data.length == 0) return null;
            return new KeepAlive(data, timeout, otherwise == null ? Mode.INTERVAL : otherwise.mode());
        }

        Map<String, String> meta() {
            return hold.strings("meta");
        }
    }
}
