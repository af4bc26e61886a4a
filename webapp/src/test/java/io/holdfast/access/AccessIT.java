// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.access.Access.Cameras;
import io.holdfast.access.Access.Operators;
import io.holdfast.access.Access.Readers;
import io.holdfast.access.Access.Viewers;
import io.holdfast.access.Access.Workers;
import io.holdfast.access.Access.Writers;
import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.AuthenticationState;
import org.eclipse.jetty.security.Authenticator;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserIdentity;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.security.authentication.LoginAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.security.Credential;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which users may publish and which may read, at a server that knows a few users. */
class AccessIT {
    private static final String CHALLENGE = "Basic realm=\"Holdfast\", charset=\"UTF-8\"";
    private static final String EVENTS = "/channels/x/events";
    private static final String ANN = basic("ann:secret"),
            ROB = basic("rob:päss:wörd"),
            EVE = basic("eve:nothing"),
            WIM = basic("wim:work");
    private static final List<String> OF_WORKERS = List.of("ack", "extend", "progress", "response", "release");
    private final AtomicInteger sessions = new AtomicInteger(), ended = new AtomicInteger();
    private @Nullable Member member;

    @AfterEach
    void stop() {
        if (member != null) member.close();
    }

    private static String basic(String pair) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    private Http start(Map<String, String> settings, Authenticator authenticator) {
        member = Member.start(settings, context -> users(context, authenticator));
        return member.http();
    }

    private Http start(String publish, String read) {
        return start(Map.of("access.publish", publish, "access.read", read), new OnlyWhenAsked());
    }

    /** Ann publishes, Rob reads, Wim works, Eve is known. */
    private void users(ServletContextHandler context, Authenticator authenticator) {
        UserStore users = new UserStore();
        users.addUser("ann", Credential.getCredential("secret"), new String[] {"publisher"});
        users.addUser("rob", Credential.getCredential("päss:wörd"), new String[] {"reader"});
        users.addUser("wim", Credential.getCredential("work"), new String[] {"worker"});
        users.addUser("eve", Credential.getCredential("nothing"), new String[] {"publishers", "Reader"});
        HashLoginService service = new HashLoginService("test");
        service.setUserStore(users);
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setLoginService(service);
        security.setAuthenticator(authenticator);
        SessionHandler handler = new SessionHandler();
        handler.setUsingCookies(false); // as the archive says
        context.setSessionHandler(handler);
        context.setSecurityHandler(security);
        context.addEventListener(new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                sessions.incrementAndGet();
            }

            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                ended.incrementAndGet();
            }
        });
    }

    /** A server that keeps whom it has logged in in a session, as WildFly does. */
    private static final class InSession extends OnlyWhenAsked {

        @Override
        public @Nullable UserIdentity login(
                String name, Object password, Request request, org.eclipse.jetty.server.Response response) {
            UserIdentity user = super.login(name, password, request, response);
            if (user != null) request.getSession(true);
            return user;
        }
    }

    /** A server whose application is not set up to check credentials by itself. */
    private static class OnlyWhenAsked extends LoginAuthenticator {

        @Override
        public String getAuthenticationType() {
            return "WHEN-ASKED";
        }

        @Override
        public @Nullable AuthenticationState validateRequest(
                Request request, org.eclipse.jetty.server.Response response, Callback callback) {
            return null;
        }
    }

    private static Response publish(Http http, String... headers) {
        String[] all = Stream.concat(Stream.of(headers), Stream.of("Content-Type: text/plain"))
                .toArray(String[]::new);
        return http.send("POST", EVENTS + "?receipt=none", "x".getBytes(UTF_8), all)
                .response();
    }

    /** By this name of the server. */
    private static Response publishTo(Http http, String host, String... headers) {
        String lines = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        return http.raw("POST " + http.context() + EVENTS + "?receipt=none HTTP/1.1\r\nHost: " + host + "\r\n" + lines
                        + "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx")
                .response();
    }

    private static Response read(Http http, String... headers) {
        return http.get(EVENTS + "?after=earliest&wait=0", headers);
    }

    private static void unknown(Response response) {
        assertEquals(401, response.status(), response.body());
        assertEquals(CHALLENGE, response.header("WWW-Authenticate"));
        problem(response);
    }

    private static void forbidden(Response response) {
        assertEquals(403, response.status(), response.body());
        assertEquals("", response.header("WWW-Authenticate"));
        problem(response);
    }

    private static void problem(Response response) {
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertTrue(response.body().contains("\"field\":\"caller\""), response.body());
        assertTrue(response.body().contains("a caller in the container role "), response.body());
    }

    private void noTrace(Response response) {
        assertEquals("", response.header("Set-Cookie"));
        assertEquals(0, sessions.get());
    }

    @Test
    void aUserInTheRoleIsAdmittedWithoutASession() {
        Http http = start("role", "role");

        Response published = publish(http, ANN), found = read(http, ROB);

        assertEquals(201, published.status(), published.body());
        assertEquals(200, found.status(), found.body());
        noTrace(published);
        noTrace(found);
        assertEquals(204, http.send("DELETE", "/channels/x", ANN).response().status());
    }

    @Test
    void aSessionThatTheServerBeginsWithTheLoginIsEnded() {
        Http http = start(Map.of("access.publish", "role", "access.read", "role"), new InSession());

        Response published = publish(http, ANN);

        assertEquals(201, published.status(), published.body());
        assertEquals("", published.header("Set-Cookie"));
        assertEquals(200, read(http, ROB).status());
        forbidden(publish(http, ROB));
        assertEquals(3, sessions.get());
        assertEquals(3, ended.get());
    }

    @Test
    void aRequestWithoutCredentialsGets401() {
        Http http = start("role", "role");

        unknown(publish(http));
        unknown(read(http));
        unknown(http.get("/channels/x/events", "Accept: text/event-stream"));
        unknown(http.get("/channels/x"));
        unknown(http.get("/channels/x/events/0-0-0"));
        unknown(http.send("DELETE", "/channels/x").response());
        assertEquals(204, read(http, ROB).status(), "nothing was stored");
    }

    @Test
    void aUserOutsideTheRoleGets403() {
        Http http = start("role", "role");

        forbidden(publish(http, ROB));
        forbidden(publish(http, EVE));
        forbidden(read(http, ANN));
        forbidden(read(http, EVE));
        forbidden(http.send("DELETE", "/channels/x", ROB).response());
        noTrace(read(http, EVE));
        assertEquals(204, read(http, ROB).status(), "nothing was stored");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Basic",
                "Authorization: Basic ",
                "Authorization: Basic !!!",
                "Authorization: Basic YW5u", // ann
                "Authorization: Basic YW5uOg==", // ann:
                "Authorization: Basic OnNlY3JldA==", // :secret
                "Authorization: Basic YW5uOndyb25n", // ann:wrong
                "Authorization: Basic bm9ib2R5OnNlY3JldA==", // nobody:secret
                "Authorization: Bearer YW5uOnNlY3JldA==",
                "Authorization: BasicYW5uOnNlY3JldA==",
                "Authorization: ",
                "Cookie: JSESSIONID=node01"
            })
    void wrongAndGarbledCredentialsAreAskedForAgain(String header) {
        Http http = start("role", "role");

        unknown(publish(http, header));
        noTrace(read(http, header));
        assertEquals(201, publish(http, "Authorization: bASIC YW5uOnNlY3JldA==").status());
    }

    @Test
    void aUserKnownToTheContainerNeedsNoSecondLogin() {
        Http http = start(Map.of("access.publish", "role", "access.read", "role"), new BasicAuthenticator());

        assertEquals(201, publish(http, ANN).status());
        forbidden(read(http, ANN));
        unknown(publish(http, basic("ann:wrong")));
        unknown(publish(http, "Authorization: Basic !!!"));
        unknown(read(http));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=127.0.0.1",
                "X-Forwarded-For: 127.0.0.1",
                "X-Forwarded-For: ",
                "X-Forwarded-Host: localhost",
                "x-forwarded-port: 80",
                "X-Forwarded-Proto: http",
                "X-Real-IP: 127.0.0.1",
                "X-Client-IP: 127.0.0.1",
                "True-Client-IP: 127.0.0.1",
                "CF-Connecting-IP: 127.0.0.1",
                "X-Cluster-Client-IP: 127.0.0.1",
                "Via: 1.1 balancer"
            })
    void aForwardedRequestIsNotLocal(String header) {
        Http http = start(Map.of(), new OnlyWhenAsked());

        unknown(publish(http, header));
        forbidden(publish(http, header, ROB));
        assertEquals(201, publish(http, header, ANN).status());
        assertEquals(200, read(http, header).status(), "reading is open");
    }

    @ParameterizedTest
    @ValueSource(strings = {"test", "test:8080", "localhost.example", "127.0.0.1.example", "192.0.2.1"})
    void aRequestToAnotherHostNameIsNotLocal(String host) {
        Http http = start(Map.of(), new OnlyWhenAsked());

        unknown(publishTo(http, host));
        assertEquals(201, publishTo(http, host, ANN).status());
        // A page whose own name points to this machine.
        unknown(publishTo(http, "test", "Origin: http://test", "Sec-Fetch-Site: same-origin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://elsewhere.example",
                "Origin: null",
                "Origin: ",
                "Origin: localhost",
                "Origin: http://",
                "Origin: http://localhost:80",
                "Origin: http://127.0.0.1",
                "Origin: http://sub.localhost",
                "Origin: http://localhost.example",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: "
            })
    void aPageFromElsewhereMayNotWriteWhateverTheBrowserShows(String header) {
        for (String publish : List.of("local", "role")) {
            Http http = start(publish, "anyone");

            foreign(publish(http, header), header);
            foreign(publish(http, header, ANN), header);
            foreign(publish(http, header, ANN, "X-Forwarded-Host: example.com"), header);
            foreign(http.send("DELETE", "/channels/x", header, ANN).response(), header);
            assertEquals(204, read(http, header).status(), "nothing was stored, and reading is open");
            stop();
        }
        assertEquals(201, publish(start("anyone", "anyone"), header).status());
    }

    private static void foreign(Response response, String header) {
        assertEquals(403, response.status(), response.body());
        assertEquals("application/problem+json", response.header("Content-Type"));
        String field = header.substring(0, header.indexOf(':'));
        assertTrue(response.body().contains("\"field\":\"" + field + "\""), response.body());
    }

    @Test
    void aPageOfThisServerMayWriteForWhomTheBrowserKnows() {
        Http http = start(
                Map.of("access.publish", "role", "access.read", "anyone", "proxy.trusted", "127.0.0.1"),
                new OnlyWhenAsked());
        String own = "Origin: https://News.example:8443", site = "Sec-Fetch-Site: same-origin";

        assertEquals(201, publishTo(http, "news.example:8443", own, site, ANN).status());
        assertEquals(
                201,
                publish(http, own, site, ANN, "X-Forwarded-Host: news.example:8443")
                        .status());
        assertEquals(
                201,
                publish(http, own, ANN, "X-Forwarded-Host: news.example:8443, inner")
                        .status());
        assertEquals(201, publish(http, "Sec-Fetch-Site: none", ANN).status());
        unknown(publishTo(http, "news.example:8443", own, site));
        forbidden(publishTo(http, "news.example:8443", own, site, ROB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:PORT", "127.0.0.1:PORT", "[::1]:8080", "LOCALHOST"})
    void aPageOfThisServerItselfMayPublishByALocalName(String name) {
        Http http = start(Map.of(), new OnlyWhenAsked());
        String host = name.replace("PORT", "8080");

        Response response = publishTo(http, host, "Origin: http://" + host);

        assertEquals(201, response.status(), response.body());
    }

    @Test
    void aProgramOnThisMachineMayPublishWhateverItsCredentials() {
        Http http = start(Map.of(), new OnlyWhenAsked());

        assertEquals(201, publish(http).status());
        assertEquals(201, publish(http, ROB).status());
        assertEquals(201, publish(http, basic("ann:wrong")).status());
    }

    @Test
    void accessForAnyoneNeedsNoCredentials() {
        Http http = start("anyone", "anyone");

        assertEquals(201, publish(http, "X-Forwarded-For: 192.0.2.1").status());
        assertEquals(200, read(http, "X-Forwarded-For: 192.0.2.1").status());
    }

    /** The answers of every path of workers; none is at work. */
    private static List<Response> work(Http http, String... headers) {
        String[] all = Stream.concat(Stream.of(headers), Stream.of("Content-Type: application/json"))
                .toArray(String[]::new);
        return Stream.concat(
                        Stream.of(http.get("/workers/q/next?wait=0", headers)),
                        OF_WORKERS.stream().map(path -> http.send(
                                        "POST", "/workers/q/a-1/" + path + "?token=1", "{}".getBytes(UTF_8), all)
                                .response()))
                .toList();
    }

    private static void mayWork(Http http, String... headers) {
        assertEquals(
                List.of(204, 409, 409, 409, 409, 409),
                work(http, headers).stream().map(Response::status).toList());
    }

    @Test
    void aWorkerIsInItsRoleOrAProgramOnThisMachine() {
        Http http = start(Map.of(), new OnlyWhenAsked());
        String behind = "X-Forwarded-For: 192.0.2.1";

        mayWork(http);
        mayWork(http, behind, WIM);
        work(http, behind).forEach(AccessIT::unknown);
        work(http, behind, basic("wim:wrong")).forEach(AccessIT::unknown);
        work(http, behind, ANN).forEach(AccessIT::forbidden);
    }

    @Test
    void aWorkerMayHaveToBeInItsRole() {
        Http http = start(Map.of("access.worker", "role"), new OnlyWhenAsked());

        mayWork(http, WIM);
        work(http).forEach(AccessIT::unknown);
        work(http, EVE).forEach(AccessIT::forbidden);
    }

    @Test
    void anyoneMayBeAWorkerWhereThatIsSaid() {
        mayWork(start(Map.of("access.worker", "anyone"), new OnlyWhenAsked()), "X-Forwarded-For: 192.0.2.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "role", "anyone"})
    void noPageFromElsewhereIsAWorker(String worker) {
        Http http = start(Map.of("access.worker", worker), new OnlyWhenAsked());

        for (String header : List.of("Origin: http://elsewhere.example", "Sec-Fetch-Site: cross-site"))
            work(http, header, WIM).forEach(response -> foreign(response, header));
    }

    private static final String MOZILLA = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            FOREIGN = "Referer: http://elsewhere.example/page";
    private static final List<String> CHANGES = List.of(
            "GET /updates/?wait=0",
            "GET /cameras/door/updates/?wait=0",
            "GET /logs/?wait=0",
            "GET /cameras/door/logs/?wait=0",
            "GET /cameras/",
            "GET /workers/q/next?wait=0",
            "POST /counter/value/",
            "POST /counters/visits/value/",
            "POST /work/q/x",
            "PUT /work/q/x",
            "POST /channels/drive/events");

    private static Response change(Http http, String change, String... headers) {
        String[] words = change.split(" ", 2);
        String[] all = Stream.concat(Stream.of(headers), Stream.of("Prefer: wait=0", "Content-Type: text/plain"))
                .toArray(String[]::new);
        return words[0].equals("GET")
                ? http.get(words[1], all)
                : http.send(words[0], words[1], "x".getBytes(UTF_8), all).response();
    }

    /**
     * As Chromium sends them over plain HTTP for a page of another site: an image, a script, a frame or a link, each with and without the
     * address of that page. It adds the credentials that it keeps.
     */
    static Stream<List<String>> drivenBy() {
        return Stream.of(
                        "image/avif,image/webp,*/*;q=0.8",
                        "*/*",
                        "text/css,*/*;q=0.1",
                        "text/html,*/*;q=0.8",
                        "x/y",
                        "")
                .map(accept -> "Accept: " + accept)
                .flatMap(accept -> Stream.of(
                        List.of(MOZILLA, accept, "Accept-Language: en"),
                        List.of(MOZILLA, accept, "Referer: "),
                        List.of(MOZILLA, accept, FOREIGN),
                        List.of(MOZILLA, accept, "Referer: http://localhost.elsewhere.example/"),
                        List.of(MOZILLA, accept, "Referer: http://elsewhere.example/http://localhost/"),
                        List.of(MOZILLA, accept, "Referer: http://elsewhere.example:80#http://localhost/")));
    }

    @ParameterizedTest
    @MethodSource("drivenBy")
    void aPageFromElsewhereChangesNothingByAnImageOrALink(List<String> headers) {
        Http http = start(Map.of("access.publish", "role", "access.worker", "anyone"), new OnlyWhenAsked());
        String[] all = Stream.concat(headers.stream(), Stream.of(ANN)).toArray(String[]::new);

        for (String change : CHANGES) foreign(change(http, change, all), "Referer: ");
        foreign(change(http, "GET /updates/", "User-Agent: curl/8.5.0", FOREIGN), "Referer: ");
        assertEquals("0\n", http.get("/counter/value/").body());
    }

    /** Programs, and browsers that show a page of this server or that name no other. */
    static Stream<List<String>> fromHere() {
        return Stream.of(
                List.of(),
                List.of("User-Agent: curl/8.5.0", "Accept: */*"),
                List.of("User-Agent: python-requests/2.31", "Accept: */*", "Accept-Encoding: gzip"),
                List.of("User-Agent: Java/17.0.1", "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
                List.of("User-Agent: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1"),
                List.of("User-Agent: ESP8266HTTPClient", "Accept: */*"),
                List.of(MOZILLA, "Accept: */*", "Referer: http://localhost/page?x=http://elsewhere.example/"),
                List.of(MOZILLA, "Accept: */*", "Referer: https://LOCALHOST"),
                List.of(MOZILLA, "Accept: */*", "Origin: http://localhost"),
                List.of(MOZILLA, "Accept: text/html", "Sec-Fetch-Site: none"),
                List.of(MOZILLA, "Accept: */*", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/"));
    }

    @ParameterizedTest
    @MethodSource("fromHere")
    void aProgramAndAPageOfThisServerMayChangeAll(List<String> headers) {
        Http http = start(Map.of("access.publish", "role", "access.worker", "anyone"), new OnlyWhenAsked());
        String[] all = Stream.concat(headers.stream(), Stream.of(ANN)).toArray(String[]::new);

        assertEquals(
                List.of(204, 204, 504, 504, 200, 204, 200, 200, 504, 504, 201),
                CHANGES.stream()
                        .map(change -> change(http, change, all).status())
                        .toList());
    }

    @Test
    void aPageFromElsewhereMayReadWhatIsOpen() {
        Http http = start("role", "anyone");
        for (String path : List.of("/counter/value/", EVENTS + "?wait=0", "/health/ready"))
            assertTrue(http.get(path, MOZILLA, "Accept: image/*", FOREIGN).status() < 300, path);
        assertEquals(
                504, change(http, "GET /work/q/x", MOZILLA, "Accept: text/html").status());
    }

    /** The servers differ in how they refuse a login. */
    @ParameterizedTest
    @EnumSource(Container.class)
    void aServerWithoutUsersKnowsNobody(Container container) throws Exception {
        Access access =
                new Access(Writers.ROLE, Readers.ROLE, Viewers.KNOWN, Cameras.ANYONE, Workers.ROLE, Operators.ROLE);
        Routes routes = new Routes();
        routes.add("/door", Map.of("GET", call -> {
            access.toRead(call);
            call.answer(OwnResponse.empty(204));
        }));
        try (Json json = new Json();
                Container.Running server = container.start(new FrontServlet(
                        routes,
                        new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5)),
                        new Backlog(1 << 20, json),
                        json))) {
            Http http = new Http(URI.create("http://127.0.0.1:" + server.port()));

            unknown(http.get("/door"));
            unknown(http.get("/door", ANN));
            unknown(http.get("/door", basic(":")));
        }
    }
}
