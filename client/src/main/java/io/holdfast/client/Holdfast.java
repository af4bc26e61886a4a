// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.http.Activities;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Transport;
import io.holdfast.client.time.Clocks;
import io.holdfast.client.time.SystemTimer;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of one Holdfast cluster, which it knows by the addresses of members or of load balancers before them. It uses the first address
 * until that fails, and then the next.
 *
 * <pre>{@code
 * try (Holdfast holdfast = Holdfast.at(URI.create("http://localhost:8080/"))) {
 *     Following orders = holdfast.follow("orders").after(stored).start(event -> System.out.println(event.text()));
 *     holdfast.publish("orders").type("created").send("any bytes").thenAccept(receipt -> System.out.println(receipt.id()));
 *     ...
 * }
 * }</pre>
 *
 * Its threads are daemons. A process that does nothing else must therefore wait for {@link Following#done}, {@link RunningCamera#done} or
 * {@link RunningWorker#done}.
 */
public final class Holdfast implements AutoCloseable {
    private final Activities activities;
    private final Runnable onClose;

    Holdfast(Activities activities, Runnable onClose) {
        this.activities = activities;
        this.onClose = onClose;
    }

    /**
     * A client of the cluster at these addresses.
     *
     * @param addresses base addresses like {@code http://HOST:PORT/PATH}, {@code http} or {@code https}; or, for a {@link Worker} only,
     *     addresses of worker ports like {@code tcp://HOST:PORT}
     * @throws IllegalArgumentException if there is no address, or if one is malformed; the message names it
     */
    public static Holdfast at(URI... addresses) {
        return open(List.of(addresses), null);
    }

    /**
     * As {@link #at}, for a caller with a name and a password. The client sends both with every request, as HTTP Basic: use {@code https}.
     *
     * @throws IllegalArgumentException also if the name contains a colon
     */
    public static Holdfast as(String name, String password, URI... addresses) {
        if (name.indexOf(':') >= 0) throw new IllegalArgumentException("A user's name must not contain a colon.");
        return open(List.of(addresses), Transport.basic(name, password));
    }

    private static Holdfast open(Collection<URI> addresses, @Nullable String authorization) {
        Addresses checked = Addresses.of(addresses);
        SystemTimer timer = new SystemTimer("holdfast-client-timer");
        Transport transport = Transport.of(Transport.newPool(), Clocks.system(timer), authorization);
        return new Holdfast(new Activities(checked, transport), timer::close);
    }

    /**
     * Follows channels, merged into one sequence of events.
     *
     * @param channels 1 to 32 names
     */
    public Follow follow(String... channels) {
        return new Follow(List.of(channels), activities);
    }

    /** Publishes to a channel. */
    public Publish publish(String channel) {
        return new Publish(channel, activities);
    }

    /** Plays a camera. */
    public Camera camera(String name) {
        return new Camera(name, activities);
    }

    /** Plays a camera that makes up its events. */
    public SimulatedCamera simulatedCamera(String name) {
        return new SimulatedCamera(name, activities);
    }

    /** Asks for the logs of a camera that runs elsewhere. */
    public Logs logs(String name) {
        return new Logs(name, activities);
    }

    /** Works for a queue. */
    public Worker worker(String queue) {
        return new Worker(queue, activities);
    }

    /**
     * Stops followers and cameras, abandons workers, and fails each publication and each request for logs that has no answer yet. Nothing
     * can be started afterwards.
     */
    @Override
    public void close() {
        activities.close();
        onClose.run();
    }
}
