// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.ResponseFilter;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request from a script element of a page. It is answered with a script that calls the callback.
 *
 * @param callback the function, in dots and brackets
 * @param extended whether the callback gets the whole response instead of only the body
 */
public record Jsonp(String callback, boolean extended) {
    private static final Pattern CALLBACK = Pattern.compile("[\\w$.\\[\\]]{1,128}");
    private static final List<String> FORCED = List.of("Host", "Accept");

    /**
     * The options of a route for such requests; a text is empty if the route does not set it.
     *
     * @param extended whether the callback gets the whole response
     * @param callback the parameter that has the callback
     * @param body the parameter that has the body, as JSON
     * @param defaultCallback the callback of a request that has only a body
     * @param defaultMethod the method of the real request
     */
    public record Options(
            boolean extended, String callback, String body, String defaultCallback, String defaultMethod) {
        static final Options EXTENDED = new Options(true, "callback", "", "", "GET");
        static final Options BASIC = new Options(false, "callback", "", "", "POST");
    }

    /**
     * The real request.
     *
     * @param jsonp how it is answered
     * @param method the method
     * @param target path and query
     * @param headers the headers, with those that the page added; headers that a client may not set are still among them
     * @param body the bytes; shared, never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Asked(Jsonp jsonp, String method, String target, Headers headers, byte[] body) {}

    /**
     * The real request within a JSONP request; empty if the request is not made for JSONP.
     *
     * @param target path and query, percent-encoded
     * @throws JsonpException if it is made for JSONP, but is not valid
     */
    public static Optional<Asked> asked(String method, String target, Headers headers, Options options) {
        if (!method.equals("GET")) return Optional.empty();
        JsonpQuery query = JsonpQuery.of(target);
        boolean called = query.has(options.callback());
        boolean implied = !options.defaultCallback().isEmpty() && query.has(options.body());
        return called || implied ? Optional.of(asked(query, headers, options)) : Optional.empty();
    }

    private static Asked asked(JsonpQuery query, Headers headers, Options options) {
        Jsonp jsonp = new Jsonp(callback(query, options), options.extended());
        String method = method(query, options);
        Headers all = added(query);
        boolean json = !options.body().isEmpty();
        String parameter = json ? options.body() : "_body";
        byte[] body = query.bytes(parameter, json ? "Invalid body parameter." : "Invalid _body parameter.");
        if (json && query.has(parameter)) all = all.with("Content-Type", "application/json");
        Optional<String> host = headers.first("Host");
        if (host.isPresent()) all = all.and("Host", host.get());
        all = all.and("Accept", "*/*").and(headers.without(FORCED));
        String target = query.without(List.of(options.callback(), "_method", "_headers", parameter));
        return new Asked(jsonp, method, target, all, body);
    }

    private static String callback(JsonpQuery query, Options options) {
        if (!query.has(options.callback())) return options.defaultCallback();
        String refusal = "Invalid callback parameter.", callback = query.text(options.callback(), refusal);
        if (!CALLBACK.matcher(callback).matches()) throw new JsonpException(refusal);
        return callback;
    }

    private static String method(JsonpQuery query, Options options) {
        if (!query.has("_method")) return options.defaultMethod();
        String refusal = "Invalid _method parameter.", method = query.text("_method", refusal);
        if (!Header.isName(method)) throw new JsonpException(refusal);
        return method;
    }

    /** The headers that the page adds, without those that a page may not set. */
    private static Headers added(JsonpQuery query) {
        if (!query.has("_headers")) return Headers.NONE;
        JsonpException refusal = new JsonpException("Invalid _headers parameter.");
        JsonObject object = JsonInput.object(query.bytes("_headers", "Invalid _headers parameter."))
                .orElseThrow(() -> refusal);
        List<Header> headers = new ArrayList<>();
        object.forEach((name, value) -> {
            if (!(value instanceof JsonString text) || !Header.isName(name)) throw refusal;
            headers.add(new Header(name, HeaderText.wire(text.getString())));
        });
        return new Headers(headers)
                .without(FORCED)
                .without(HeaderText.OF_THE_CONNECTION)
                .only(name -> !Header.isOnBehalf(name));
    }

    /** The form in which a response reaches the page. */
    public ResponseFilter recoding() {
        return new JsonpWriter(this);
    }
}
