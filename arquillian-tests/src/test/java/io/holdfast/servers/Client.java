// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/** A plain HTTP/1.1 client that follows no redirects and keeps no cookies. */
final class Client {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return send("GET", uri);
    }

    HttpResponse<String> post(URI uri) throws IOException, InterruptedException {
        return send("POST", uri);
    }

    HttpResponse<String> send(String method, URI uri) throws IOException, InterruptedException {
        return http.send(request(method, uri).build(), BodyHandlers.ofString());
    }

    /** Sends a request that may be held. */
    CompletableFuture<HttpResponse<String>> hold(URI uri) {
        return http.sendAsync(request("GET", uri).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> getAs(String credentials, URI uri) throws IOException, InterruptedException {
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return http.send(
                request("GET", uri).header("Authorization", "Basic " + encoded).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String method, URI uri) {
        return HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, BodyPublishers.noBody());
    }
}
