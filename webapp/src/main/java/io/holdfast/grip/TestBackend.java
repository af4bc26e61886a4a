// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The built-in backend for trials: it greets, or holds requests on the channels that they name. */
public final class TestBackend {
    private static final String CHANNEL = "channel=";

    private TestBackend() {}

    /** The response to a request for this path and query. */
    public static PassedResponse answer(String pathAndQuery) {
        int query = pathAndQuery.indexOf('?');
        String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        String parameters = query < 0 ? "" : pathAndQuery.substring(query + 1);
        return switch (path.replaceAll("/+$", "")) {
            case "" -> made(200, Headers.NONE, "Hello from the Holdfast test handler!\n");
            case "/response" -> made(200, hold("response", parameters), "nothing for now\n");
            case "/stream" -> made(200, hold("stream", parameters), "[stream opened]\n");
            default -> made(404, Headers.NONE, "no such test resource\n");
        };
    }

    private static Headers hold(String mode, String parameters) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header("Grip-Hold", mode));
        for (String parameter : parameters.split("&", -1))
            if (parameter.startsWith(CHANNEL)) headers.add(channel(parameter.substring(CHANNEL.length())));
        if (headers.size() == 1) headers.add(channel("test"));
        return new Headers(headers);
    }

    private static Header channel(String encoded) {
        try {
            return new Header("Grip-Channel", HeaderText.wire(URLDecoder.decode(encoded, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException notEncoded) {
            return new Header("Grip-Channel", encoded);
        }
    }

    private static PassedResponse made(int status, Headers more, String body) {
        return new PassedResponse(
                status, more.and("Content-Type", "text/plain"), body.getBytes(StandardCharsets.UTF_8));
    }
}
