// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.fanout.gripcontrol.Channel;
import org.fanout.gripcontrol.GripControl;
import org.fanout.gripcontrol.GripPubControl;
import org.fanout.gripcontrol.Response;

/** A counter whose readers wait for the next value. */
final class Counter {
    private static final String CHANNEL = "counter-in-java";

    private final AtomicLong value = new AtomicLong();
    private final GripPubControl publisher;

    private Counter(GripPubControl publisher) {
        this.publisher = publisher;
    }

    /** The settings are the environment variables PORT, CONTROL_URI and, where publishing takes a token, ISSUER and KEY. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> settings = System.getenv();
        String uri = settings.getOrDefault("CONTROL_URI", "http://127.0.0.1:8080");
        Map<String, Object> proxy = settings.containsKey("KEY")
                ? Map.of("control_uri", uri, "control_iss", settings.get("ISSUER"), "key", bytes(settings.get("KEY")))
                : Map.of("control_uri", uri);
        Counter counter = new Counter(new GripPubControl(List.of(proxy)));
        int port = Integer.parseInt(settings.getOrDefault("PORT", "8000"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", counter::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            String query = "&" + exchange.getRequestURI().getQuery() + "&", seen = "&last=" + value.get() + "&";
            if (exchange.getRequestMethod().equals("POST")) give(exchange, "application/json", increment());
            else if (query.contains(seen)) give(exchange, "application/grip-instruct", hold(query));
            else give(exchange, "application/json", value.get() + "\n");
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    private String increment() throws Exception {
        String now = value.incrementAndGet() + "\n";
        publisher.publishHttpResponse(List.of(CHANNEL), now); // releases whoever waits, at any member
        return now;
    }

    /** A client that waits in vain gets {}. */
    private static String hold(String query) throws Exception {
        int wait = query.contains("&wait=") ? Integer.parseInt(query.replaceAll(".*&wait=(\\d+)&.*", "$1")) : 55;
        Response vain = new Response("{}\n", Map.of("Content-Type", "application/json"));
        return GripControl.createHoldResponse(List.of(new Channel(CHANNEL)), vain, wait);
    }

    private static void give(HttpExchange exchange, String type, String body) throws Exception {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, bytes(body).length);
        exchange.getResponseBody().write(bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
