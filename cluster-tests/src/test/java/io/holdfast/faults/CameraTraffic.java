// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.OwnTime;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cameras that poll, and users who ask them. A camera delivers its number and the time of its answer. A user checks that the answer comes
 * from the right camera and is newer than the question.
 */
final class CameraTraffic implements AutoCloseable {
    static final String USER = "USER:PASS";
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(USER.getBytes(StandardCharsets.UTF_8));
    private static final Pattern DUMP = Pattern.compile("\\{\"camera\": (\\d+), \"made\": (\\d+)}\\s*");
    private static final int WAIT_SECONDS = 10;
    /** A question may overtake a delivery that the balancer first sent to a member which has ended. */
    private static final Duration OVERTAKING = Duration.ofMillis(1_500);
    /** Longer than a member stays frozen and the cluster waits for it afterwards. */
    private static final Duration HANGS = Duration.ofSeconds(45);

    private final Function<String, URI> balancer;
    private final int cameras;
    private final Random random = new Random();
    private final ExecutorService executor = Executors.newFixedThreadPool(2, CameraTraffic::thread);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(CameraTraffic::thread);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(executor)
            .build();
    private final Phaser asking = new Phaser(1);
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong(),
            absent = new AtomicLong(),
            refused = new AtomicLong(),
            broken = new AtomicLong(),
            dumps = new AtomicLong(),
            longest = new AtomicLong();
    private final Refusals refusals = new Refusals();
    private volatile boolean stopping;

    CameraTraffic(Function<String, URI> balancer, int cameras, int users) {
        this.balancer = balancer;
        this.cameras = cameras;
        for (int i = 0; i < cameras; i++) poll(i);
        for (int i = 0; i < users; i++) {
            asking.register();
            later(this::ask, 6_000);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "cameras");
        thread.setDaemon(true);
        return thread;
    }

    private void later(Runnable task, int mostMillis) {
        var unused = timer.schedule(task, random.nextInt(mostMillis), TimeUnit.MILLISECONDS);
    }

    /** The refusals of these cameras and users. */
    Refusals refusals() {
        return refusals;
    }

    long answered() {
        return answered.get();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(balancer.apply(path)).timeout(HANGS);
    }

    private void poll(int camera) {
        if (stopping && asking.getRegisteredParties() <= 1) return;
        String path = "/cameras/c" + camera + "/updates/?wait=" + WAIT_SECONDS;
        var unused = client.sendAsync(request(path).build(), BodyHandlers.ofString())
                .whenComplete((response, error) -> polled(camera, response));
    }

    private void polled(int camera, @Nullable HttpResponse<String> response) {
        refusals.note("camera", response);
        if (response == null || response.statusCode() >= 400) {
            later(() -> poll(camera), 400);
            return;
        }
        if (response.statusCode() == 200) deliver(camera);
        poll(camera);
    }

    private void deliver(int camera) {
        String body = "{\"camera\": " + camera + ", \"made\": " + OwnTime.now() + "}";
        HttpRequest request = request("/cameras/c" + camera + "/dump/")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        var unused = client.sendAsync(request, BodyHandlers.ofString()).whenComplete((response, error) -> {
            refusals.note("dump", response);
            dumps.incrementAndGet();
        });
    }

    private void ask() {
        if (stopping) {
            asking.arriveAndDeregister();
            return;
        }
        int camera = random.nextInt(cameras);
        long begun = OwnTime.now();
        HttpRequest request = request("/cameras/c" + camera + "/logs/?wait=" + WAIT_SECONDS)
                .header("Authorization", BASIC)
                .build();
        var unused = client.sendAsync(request, BodyHandlers.ofString()).whenComplete((response, error) -> {
            long took = System.nanoTime() - begun;
            if (response == null) broken(took, error);
            else {
                longest.accumulateAndGet(took, Math::max);
                told(camera, begun, response);
            }
            later(this::ask, 6_000);
        });
    }

    private void broken(long took, @Nullable Throwable error) {
        broken.incrementAndGet();
        if (took >= HANGS.toNanos()) faults.add("a user hung: " + error);
    }

    private void told(int camera, long asked, HttpResponse<String> response) {
        refusals.note("user", response);
        switch (response.statusCode()) {
            case 200 -> {
                Matcher dump = DUMP.matcher(response.body());
                if (!dump.matches()) faults.add("not a dump: " + response.body());
                else if (Integer.parseInt(dump.group(1)) != camera)
                    faults.add("of another camera than " + camera + ": " + response.body());
                else {
                    Duration age = OwnTime.between(Long.parseLong(dump.group(2)), asked);
                    if (age.compareTo(OVERTAKING) > 0) faults.add("older than its question by " + age);
                }
                answered.incrementAndGet();
            }
            case 504 -> absent.incrementAndGet();
            case 502, 503 -> refused.incrementAndGet();
            default -> faults.add(response.statusCode() + " " + response.body());
        }
    }

    /** Waits until every user has the answer to its last question. */
    void stop() {
        stopping = true;
        try {
            asking.awaitAdvanceInterruptibly(asking.arrive(), HANGS.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(asking.getUnarrivedParties() + " users have no answer", e);
        }
    }

    void check(String what) {
        System.out.println("FIGURES " + what + ": answered=" + answered + " absent=" + absent + " refused=" + refused
                + " broken=" + broken + " dumps=" + dumps + " longest-ms=" + longest.get() / 1_000_000 + " faults="
                + faults.size());
        assertEquals(List.of(), List.copyOf(faults));
    }

    @Override
    public void close() {
        stopping = true;
        timer.shutdownNow();
        executor.shutdownNow();
    }
}
