// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The verb {@code drain}: takes a running member out of service, on any server. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Takes a running member out of service, so that it can be stopped and nobody notices.",
            "Exit code 0: done. 1: the member cannot be reached, or refuses."
        })
public final class DrainCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long BETWEEN_MILLIS = 200;
    private static final int ACCEPTED = 202, DONE = 200;
    private static final Pattern STATE = Pattern.compile("\"state\":\"([a-z]+)\"");
    private static final Pattern HOLDS = Pattern.compile("\"holds\":([0-9]+)");

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080/",
            description = "The application (default http://127.0.0.1:8080/).")
    private URI url = URI.create("");

    @Option(names = "--wait", description = "Waits until the member holds nothing any more, and tells the progress.")
    private boolean waits;

    @Option(names = "--now", description = "Leaves out the delay for load balancers, or ends it.")
    private boolean now;

    @Option(names = "--take-back", description = "Takes a drain back, as long as the member still serves everything.")
    private boolean takesBack;

    @Option(
            names = "--user",
            paramLabel = "NAME:PASSWORD",
            description =
                    "A user in the role operator. A program on the same machine needs none, unless access.operate=role.")
    private String user = "";

    private final PrintStream out = System.out;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private String told = "";

    @Override
    public Integer call() throws InterruptedException {
        try {
            HttpResponse<String> response = send(takesBack ? "DELETE" : "POST", now && !takesBack ? "?delay=0" : "");
            if (response.statusCode() != (takesBack ? DONE : ACCEPTED)) return refused(response);
            tell(response.body());
        } catch (IOException | IllegalArgumentException e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            System.err.println("No member can be reached at " + url + ": " + why);
            return 1;
        }
        return waits && !takesBack ? await() : 0;
    }

    private int await() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (!told.equals("drained")) {
            boolean ends = never.await(BETWEEN_MILLIS, TimeUnit.MILLISECONDS);
            if (ends) return 1;
            try {
                HttpResponse<String> response = send("GET", "");
                if (response.statusCode() != DONE) return refused(response);
                tell(response.body());
            } catch (IOException gone) {
                out.println("The member has stopped.");
                return 0;
            }
            if (told.equals("serving")) {
                System.err.println("The drain was taken back.");
                return 1;
            }
        }
        return 0;
    }

    private HttpResponse<String> send(String method, String query) throws IOException, InterruptedException {
        String base = url.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(base + (base.endsWith("/") ? "" : "/") + "admin/drain" + query))
                .timeout(PATIENCE)
                .method(method, BodyPublishers.noBody());
        if (!user.isEmpty())
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8)));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void tell(String body) {
        @Nullable String state = first(STATE, body);
        if (state == null || state.equals(told)) return;
        told = state;
        out.println(state + ", holds " + first(HOLDS, body));
    }

    private static @Nullable String first(Pattern pattern, String body) {
        Matcher matcher = pattern.matcher(body);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static int refused(HttpResponse<String> response) {
        System.err.println("The member answers " + response.statusCode() + ": "
                + response.body().strip());
        return 1;
    }
}
