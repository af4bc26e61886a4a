// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.work.queue.QueueOptions;
import java.time.Duration;

/**
 * How work is given to workers.
 *
 * @param hold how long a request waits for a worker
 * @param patience how long a request waits for the cluster
 * @param silence for how long a worker that has a request may send nothing
 * @param ack in how long a worker that asked for a request must acknowledge it
 * @param lease for how long it then has it, and again each time that it extends that
 * @param stall for how long a client may take nothing of its response
 * @param buffer how much of a request's body is kept, so that it can be given again, in bytes
 * @param attempts how often a request is given to workers that die
 * @param queueLength how many may wait in one queue
 * @param queues how many queues there may be
 * @param port where workers connect without HTTP; 0 if they cannot
 * @param address on which
 * @param connections how many of them, and of those whose connections are upgraded, at a time
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
        int connections) {
    private static final Option<Duration> HOLD = Option.duration(
            "work.hold",
            "60s",
            "0s",
            "1h",
            "How long a request waits for a worker that names no wait of its own; then it is answered 504.");
    private static final Option<Duration> PATIENCE = Option.duration(
            "work.patience",
            "10s",
            "1s",
            "1m",
            "How long a request waits for the cluster before its outcome is given up as unknown.");
    private static final Option<Duration> SILENCE = Option.duration(
            "work.silence",
            "10m",
            "1s",
            "1d",
            "For how long a worker that has a request may send nothing; then it is given up, and the client answered 504.");
    private static final Option<Duration> ACK = Option.duration(
            "work.ack",
            "10s",
            "1s",
            "10m",
            "In how long a worker that asked for a request must acknowledge it; then it is offered to the next.");
    private static final Option<Duration> LEASE = Option.duration(
            "work.lease",
            "30s",
            "1s",
            "1d",
            "For how long such a worker then has the request, and again each time that it extends that; then it has died.");
    private static final Option<Duration> STALL = Option.duration(
            "work.stall",
            "30s",
            "1s",
            "1h",
            "For how long a client may take nothing of its response before it is cut; the same goes for a worker that asked and its request, and for a body of which nothing comes.");
    private static final Option<Long> BUFFER = Option.bytes(
            "work.buffer",
            "64KiB",
            "0",
            "16MiB",
            "How much of a request's body is kept, so that another worker can be given it; one that is longer is given once.");
    private static final Option<Integer> ATTEMPTS = Option.number(
            "work.attempts",
            3,
            1,
            100,
            "How often a request is given to a worker that dies before it answers, if its method or its `Idempotency-Key` allows it; a job also to one that answers 502, 503 or 504.");
    private static final Option<Integer> QUEUE_LENGTH = Option.number(
            "work.queue-length",
            1_000,
            1,
            100_000,
            "How many requests may wait in one queue; one more is answered 503.");
    private static final Option<Integer> QUEUES = Option.number(
            "work.queues", 1_000, 1, 1_000_000, "How many queues there may be; one more is answered 507.");
    private static final Option<Integer> PORT = Option.number(
            "work.port",
            0,
            0,
            65_535,
            "The TCP port where workers connect that send nothing and are given requests; 0: they cannot.");
    private static final Option<String> ADDRESS = Option.text(
            "work.address",
            "127.0.0.1",
            "[0-9A-Za-z.:_%-]{1,255}",
            "an address or a name of this machine",
            "The address on which that port is open. Whoever reaches it may be a worker.");
    private static final Option<Integer> CONNECTIONS = Option.number(
            "work.connections",
            1_000,
            1,
            1_000_000,
            "How many workers may be connected at a time, to that port or by upgraded connections.");

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
                settings.get(CONNECTIONS));
    }

    QueueOptions queue() {
        return new QueueOptions(patience, queueLength, queues);
    }
}
