// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static io.holdfast.testing.Origin.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Attachment;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkerListener;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import io.holdfast.testing.Origin;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The client's worker, whose application fails. A lease lasts so long here that nobody waits for its end. */
class WorkerProgramIT {
    private static final Map<String, String> SETTINGS =
            Map.of("work.lease", "1h", "work.ack", "10m", "work.silence", "1h", "work.stall", "1h");

    /** The news of a worker. */
    private static final class News implements WorkerListener {
        private final List<String> lost = new CopyOnWriteArrayList<>(), troubles = new CopyOnWriteArrayList<>();

        @Override
        public void lost(WorkRequest request, String why) {
            lost.add(request.path() + ": " + why);
        }

        @Override
        public void trouble(Trouble trouble) {
            troubles.add(trouble.what());
        }
    }

    private static void behave(Origin.Asked request, OutputStream out) throws IOException {
        String path = request.line().split(" ", -1)[1];
        String head = "HTTP/1.1 200 OK\r\n", chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
        switch (path) {
            case "/measured" -> Origin.write(out, head + "Content-Length: 20\r\n\r\nhalf");
            case "/chunked" -> Origin.write(out, chunked + "4\r\nhalf\r\n");
            case "/long" -> Origin.write(out, chunked + "20000\r\n" + "x".repeat(0x20000) + "\r\n");
            case "/empty" -> Origin.write(out, chunked);
            case "/heads" -> Origin.write(out, answer(200, "X-Long: " + "x".repeat(20_000) + "\r\n", "done"));
            case "/odd" ->
                Origin.write(
                        out,
                        "HTTP/1.1 102 Processing\r\nWork-Progress: " + "[".repeat(1_000) + "]".repeat(1_000)
                                + "\r\n\r\n" + answer(200, "", "[".repeat(1_000)));
            default -> Origin.write(out, answer(200, "", "done"));
        }
        throw new IOException("it breaks off, or has ended");
    }

    /** Each broken response is cut, or answered with an unknown outcome; then the only worker takes the next request. */
    @Test
    void theWorkerGoesOnAtOnceWhenItsApplicationBreaksOff() throws Exception {
        News news = new News();
        try (Origin application = Origin.that(WorkerProgramIT::behave);
                Members members = Members.start(2, SETTINGS);
                Holdfast client = Holdfast.at(uri(members, 0), uri(members, 1))) {
            client.worker("q").by(Attachment.PULL).forward(URI.create("http://127.0.0.1:" + application.port()), news);
            List<String> broken = List.of("/measured", "/chunked", "/long", "/empty");
            for (String path : broken) {
                for (String method : List.of("GET", "POST")) {
                    String all = exchange(members, method, path).rest();
                    boolean whole = all.endsWith("\r\n0\r\n\r\n") || all.contains("Content-Length: 4\r\n");
                    if (all.startsWith("HTTP/1.1 200")) assertFalse(whole, all);
                    else assertTrue(all.contains("\"outcome\":\"unknown\""), all);
                    assertEquals(
                            "done", exchange(members, method, "/ok").response().body());
                }
            }
            Response odd = exchange(members, "POST", "/odd").response();
            assertEquals("[".repeat(1_000), odd.body());

            assertEquals(8, news.lost.size(), news.lost::toString);
            for (int i = 0; i < 8; i++) {
                String told = broken.get(i / 2) + ": The application broke off its response: ";
                assertTrue(news.lost.get(i).startsWith(told), news.lost::toString);
            }
            assertEquals(List.of(), news.troubles, "no member is to blame");
        }
    }

    /** No member takes such a head. The client is told so at once, and the application runs once. */
    @Test
    void theClientIsAnsweredAtOnceWhenTheHeadOfTheApplicationIsTooLong() throws Exception {
        News news = new News();
        try (Origin application = Origin.that(WorkerProgramIT::behave);
                Members members = Members.start(2, SETTINGS);
                Holdfast client = Holdfast.at(uri(members, 0), uri(members, 1))) {
            client.worker("q").by(Attachment.PULL).forward(URI.create("http://127.0.0.1:" + application.port()), news);
            Response refused = exchange(members, "GET", "/heads").response();

            assertEquals(502, refused.status());
            String why = "The response of the application was refused: HTTP 4";
            assertTrue(refused.body().contains(why), refused.body());
            assertTrue(refused.body().contains("\"outcome\":\"unknown\""), refused.body());
            assertEquals("done", exchange(members, "GET", "/ok").response().body());
            assertTrue(news.lost.get(0).startsWith("/heads: " + why), news.lost::toString);
            assertEquals(1, news.lost.size(), news.lost::toString);
            assertEquals(List.of(), news.troubles, "no member is to blame");
        }
    }

    private static URI uri(Members members, int member) {
        Http http = members.get(member).http();
        return URI.create("http://127.0.0.1:" + http.port() + http.context());
    }

    private static Http.Exchange exchange(Members members, String method, String path) {
        byte[] body = method.equals("GET") ? new byte[0] : "body".getBytes(UTF_8);
        return members.get(0).http().send(method, "/work/q" + path, body);
    }
}
