// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.work.queue.QueueOptions;
import java.time.Duration;

/**
 * The options of the work queues.
 *
 * @param hold how long a request waits for a worker
 * @param patience how long a request waits for the cluster
 * @param silence how long a worker with a request may send nothing
 * @param ack the time within which a worker that asked for a request must acknowledge it
 * @param lease how long a worker then has the request; each extension begins this time again
 * @param stall how long a client may accept nothing of its response
 * @param buffer the number of bytes of a body that are kept, so that they can be sent again
 * @param attempts how many workers may get a request, if they die
 * @param queueLength how many requests may wait in one queue
 * @param queues how many queues there may be
 * @param port the port for workers that connect without HTTP; 0 for none
 * @param address the address of that port
 * @param connections how many workers may be connected at a time, by that port or by an upgrade
 * @param abandoned how a request ends that a worker has, and whose client has left
 */
public record WorkOptions(
        Duration hold,
        Duration patience,
        Duration silence,
        Duration ack,
        Duration lease,
        Duration stall,
        long buffer,
        int attempts,
        int queueLength,
        int queues,
        int port,
        String address,
        int connections,
        Abandoned abandoned) {
    /** The memory of a queue without the requests that wait in it, in bytes. */
    public static final int BYTES_EACH = 2_000;

    private static final Option<Duration> HOLD = Option.duration(
            "work.hold",
            "60s",
            "0s",
            "1h",
            "How long a request waits for a worker if it has no `wait` of its own. Then it is answered 504.");
    private static final Option<Duration> PATIENCE = Option.duration(
            "work.patience",
            "10s",
            "1s",
            "1m",
            "How long a request waits for the cluster before its outcome counts as unknown.");
    private static final Option<Duration> SILENCE = Option.duration(
            "work.silence",
            "10m",
            "1s",
            "1d",
            "How long a worker that has a request may send nothing. Then Holdfast gives the worker up and answers the client 504.");
    private static final Option<Duration> ACK = Option.duration(
            "work.ack",
            "10s",
            "1s",
            "10m",
            "The time within which a worker that asked for a request must acknowledge it. Then the request is offered to the next worker.");
    private static final Option<Duration> LEASE = Option.duration(
            "work.lease",
            "30s",
            "1s",
            "1d",
            "The time of a lease, and of each extension. A worker that does not extend its lease in time counts as dead.");
    private static final Option<Duration> STALL = Option.duration(
            "work.stall",
            "30s",
            "1s",
            "1h",
            "A response is cut if its client accepts nothing for this long. So is a request on its way to a worker that asked, if the worker accepts nothing, and the body of a request, if nothing of it arrives.");
    private static final Option<Long> BUFFER = Option.bytes(
            "work.buffer",
            "64KiB",
            "0",
            "16MiB",
            "How many bytes of a request's body are kept to be sent to another worker. A longer body is sent once only.");
    private static final Option<Integer> ATTEMPTS = Option.number(
            "work.attempts",
            3,
            1,
            100,
            "The most attempts of a request whose workers die before they answer, if its method or `Idempotency-Key` allows repetition. For a job, a 502, 503 or 504 from a worker counts as such a death.");
    private static final Option<Integer> QUEUE_LENGTH = Option.number(
            "work.queue-length",
            1_000,
            1,
            100_000,
            "The most requests waiting in one queue; one more is answered 503.");
    private static final Option<Integer> QUEUES = Option.places(
            "work.queues",
            "0.5%",
            BYTES_EACH,
            1_000_000,
            "The most queues; one more is answered 507. A quarter of them is for workers and callers on this machine alone.");
    private static final Option<Integer> PORT = Option.number(
            "work.port",
            0,
            0,
            65_535,
            "The TCP port for workers that connect, send nothing and receive requests. 0 opens no port.");
    private static final Option<String> ADDRESS = Option.text(
            "work.address",
            "127.0.0.1",
            "[0-9A-Za-z.:_%-]{1,255}",
            "an address or a name of this machine",
            "The address that `work.port` binds. Anybody who reaches it may be a worker.");
    private static final Option<Integer> CONNECTIONS = Option.number(
            "work.connections",
            1_000,
            1,
            1_000_000,
            "The most workers connected at a time, by `work.port` or by upgraded connections.");

    private static final Option<Abandoned> ABANDONED = Option.choice(
            "work.abandoned",
            Abandoned.CANCEL,
            Abandoned.class,
            "The end of a request that a worker has, if its client leaves. `cancel`: the connection of the worker is closed, or its lease ends. `finish`: the worker may finish, and its response is discarded.");

    /** How a request ends that a worker has, and whose client has left. */
    public enum Abandoned {
        /** It is told to stop. */
        CANCEL,
        /** It may finish, for nobody. */
        FINISH
    }

    /** Reads the options. */
    public static WorkOptions read(Settings settings) {
        return new WorkOptions(
                settings.get(HOLD),
                settings.get(PATIENCE),
                settings.get(SILENCE),
                settings.get(ACK),
                settings.get(LEASE),
                settings.get(STALL),
                settings.get(BUFFER),
                settings.get(ATTEMPTS),
                settings.get(QUEUE_LENGTH),
                settings.get(QUEUES),
                settings.get(PORT),
                settings.get(ADDRESS),
                settings.get(CONNECTIONS),
                settings.get(ABANDONED));
    }

    QueueOptions queue() {
        return new QueueOptions(patience, queueLength, queues);
    }
}
