// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/*
 * Both ends of a hub: whoever answers requests, and whoever sends them. A request says in its path how long it takes: /...?us=1000.
 *
 *   dispatch server PORT          on 127.0.0.1: a thread per connection
 *   dispatch single PORT          the same, but one connection at a time, for one request each
 *   dispatch workers PORT N       N workers that connect to the port where workers connect, and keep their connections
 *   dispatch clients PORT PATH N COUNT US
 *                                 N clients that ask one after the other, COUNT requests in all, on connections that are kept
 *   dispatch stream PORT PATH RATE COUNT FROM_US TO_US SEED
 *                                 COUNT requests that come RATE a second at random, each on a connection of its own, for jobs of random
 *                                 lengths (the logarithm is even)
 *
 * Clients print: requests, failed ones, requests per second, mean, median and 99 % of the latencies in ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 8192, TIMEOUT_SECONDS = 120 };

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void pause_us(double us) {
    if (us <= 0) return;
    struct timespec t = {.tv_sec = (time_t)(us / 1e6), .tv_nsec = (long)(fmod(us, 1e6) * 1e3)};
    while (nanosleep(&t, &t)) {}
}

static struct sockaddr_in local(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static void fast(int s) {
    int on = 1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int dial(int port) {
    struct sockaddr_in there = local(port);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {.tv_sec = TIMEOUT_SECONDS};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    fast(s);
    if (!connect(s, (struct sockaddr *)&there, sizeof there)) return s;
    close(s);
    return -1;
}

static int listener(int port) {
    struct sockaddr_in here = local(port);
    int on = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here) || listen(s, 1024)) {
        perror("listen");
        exit(2);
    }
    return s;
}

/* Reads a head into bytes, and what follows of it; its length with the empty line, or 0 if none comes. */
static size_t head(int s, char *bytes, size_t *have) {
    for (;;) {
        bytes[*have] = 0;
        char *end = strstr(bytes, "\r\n\r\n");
        if (end) return (size_t)(end + 4 - bytes);
        if (*have >= MOST - 1) return 0;
        ssize_t n = read(s, bytes + *have, MOST - 1 - *have);
        if (n <= 0) return 0;
        *have += (size_t)n;
    }
}

static long number(const char *bytes, const char *name) {
    char *at = strcasestr(bytes, name);
    return at ? atol(at + strlen(name)) : -1;
}

/* Answers one request after the other on a connection, or just one. */
static void answer(int s, int most) {
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";
    static const char last[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    char bytes[MOST];
    size_t have = 0;
    for (int i = 0; i < most; i++) {
        size_t length = head(s, bytes, &have);
        if (!length) return;
        long us = number(bytes, "us=");
        pause_us((double)us);
        const char *text = most == 1 ? last : reply;
        size_t size = most == 1 ? sizeof last - 1 : sizeof reply - 1;
        if (write(s, text, size) != (ssize_t)size) return;
        memmove(bytes, bytes + length, have - length);
        have -= length;
    }
}

static void *serve(void *connection) {
    int s = (int)(long)connection;
    answer(s, 1 << 30);
    close(s);
    return NULL;
}

static void *work(void *port) {
    for (;;) {
        int s = dial((int)(long)port);
        if (s < 0) {
            pause_us(1e5);
            continue;
        }
        struct timeval none = {0};
        setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none);
        answer(s, 1 << 30);
        close(s);
    }
    return NULL;
}

static double *latencies;
static atomic_long asked, failed;
static long count;
static int port;
static const char *path;
static long us;

/* One request and its answer on a connection; 0 if it was answered 200 and may carry another. */
static int ask(int s, long takes) {
    char bytes[MOST];
    int length = snprintf(bytes, sizeof bytes, "GET %s?us=%ld HTTP/1.1\r\nHost: localhost\r\n\r\n", path, takes);
    if (write(s, bytes, (size_t)length) != length) return -1;
    size_t have = 0, top = head(s, bytes, &have);
    if (!top || strncmp(bytes, "HTTP/1.1 200", 12)) return -1;
    long body = number(bytes, "content-length:");
    if (body < 0) { /* one chunk, and the last */
        while (!strstr(bytes + top, "0\r\n\r\n")) {
            ssize_t n = read(s, bytes + have, MOST - 1 - have);
            if (n <= 0) return -1;
            bytes[have += (size_t)n] = 0;
        }
        return 0;
    }
    while (have < top + (size_t)body) {
        ssize_t n = read(s, bytes + have, MOST - 1 - have);
        if (n <= 0) return -1;
        have += (size_t)n;
    }
    return 0;
}

static void *client(void *unused) {
    (void)unused;
    int s = -1;
    for (long i = atomic_fetch_add(&asked, 1); i < count; i = atomic_fetch_add(&asked, 1)) {
        if (s < 0) s = dial(port);
        double begun = now_us();
        if (s < 0 || ask(s, us)) {
            atomic_fetch_add(&failed, 1);
            if (s >= 0) close(s);
            s = -1;
        }
        latencies[i] = now_us() - begun;
    }
    if (s >= 0) close(s);
    return NULL;
}

struct one {
    long index, takes;
    double begun;
};

static void *arrival(void *argument) {
    struct one *one = argument;
    int s = dial(port);
    if (s < 0 || ask(s, one->takes)) atomic_fetch_add(&failed, 1);
    if (s >= 0) close(s);
    latencies[one->index] = now_us() - one->begun;
    free(one);
    return NULL;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(double took_us) {
    double sum = 0;
    for (long i = 0; i < count; i++) sum += latencies[i];
    qsort(latencies, (size_t)count, sizeof *latencies, compare);
    printf("%ld %ld %.0f %.3f %.3f %.3f\n", count, (long)failed, count / (took_us / 1e6), sum / count / 1e3,
           latencies[count / 2] / 1e3, latencies[count * 99 / 100] / 1e3);
}

static pthread_t start(void *(*what)(void *), void *argument) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 17);
    if (pthread_create(&thread, &small, what, argument)) {
        perror("thread");
        exit(2);
    }
    return thread;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc < 3) return 2;
    port = atoi(argv[2]);
    if (!strcmp(argv[1], "server") || !strcmp(argv[1], "single")) {
        int one = argv[1][1] == 'i', listening = listener(port);
        for (;;) {
            int s = accept(listening, NULL, NULL);
            if (s < 0) continue;
            fast(s);
            if (one) {
                answer(s, 1);
                close(s);
            } else pthread_detach(start(serve, (void *)(long)s));
        }
    }
    if (!strcmp(argv[1], "workers") && argc == 4) {
        for (int i = 0; i < atoi(argv[3]); i++) start(work, (void *)(long)port);
        for (;;) pause();
    }
    if (!strcmp(argv[1], "clients") && argc == 7) {
        int n = atoi(argv[4]);
        path = argv[3], count = atol(argv[5]), us = atol(argv[6]);
        latencies = calloc((size_t)count, sizeof *latencies);
        pthread_t threads[n];
        double begun = now_us();
        for (int i = 0; i < n; i++) threads[i] = start(client, NULL);
        for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
        report(now_us() - begun);
        return 0;
    }
    if (!strcmp(argv[1], "stream") && argc == 9) {
        double rate = atof(argv[4]), from = log(atof(argv[6])), to = log(atof(argv[7]));
        path = argv[3], count = atol(argv[5]);
        srand48(atol(argv[8]));
        latencies = calloc((size_t)count, sizeof *latencies);
        pthread_t *threads = calloc((size_t)count, sizeof *threads);
        double begun = now_us(), due = begun;
        for (long i = 0; i < count; i++) {
            due += -log(1 - drand48()) / rate * 1e6;
            struct one *one = malloc(sizeof *one);
            *one = (struct one){i, (long)exp(from + drand48() * (to - from)), due};
            pause_us(due - now_us());
            threads[i] = start(arrival, one);
        }
        for (long i = 0; i < count; i++) pthread_join(threads[i], NULL);
        report(now_us() - begun);
        return 0;
    }
    fprintf(stderr, "see the top of dispatch.c\n");
    return 2;
}
