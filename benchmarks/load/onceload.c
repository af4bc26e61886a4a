// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/*
 * A backend that is hardly ever there: it takes one connection, stops listening, answers, rests, and listens again.
 *
 *   onceload PORT [REST_MS]     on 127.0.0.1, until it is told to end; on SIGTERM it prints how much it answered and how long it
 *                               was at rest or at work, in ms: whoever waits for it cannot be faster than that
 */
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void tell(int signal) {
    (void)signal;
    told = 1;
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int listener(int port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here) || listen(s, 1)) {
        perror("listen");
        exit(1);
    }
    return s;
}

/* Reads a head and the body that its Content-Length names; how long the body was, or -1 if nothing came. */
static long request(int c) {
    static char bytes[1 << 16];
    size_t have = 0;
    long body = 0;
    char *end = NULL;
    while (have < sizeof bytes - 1) {
        ssize_t n = read(c, bytes + have, sizeof bytes - 1 - have);
        if (n <= 0) return -1;
        have += (size_t)n;
        bytes[have] = 0;
        if (!end && (end = strstr(bytes, "\r\n\r\n"))) {
            end += 4;
            for (char *line = bytes; line < end; line = strstr(line, "\r\n") + 2)
                if (!strncasecmp(line, "content-length:", 15)) body = atol(line + 15);
        }
        if (end && (long)(have - (size_t)(end - bytes)) >= body) return body;
    }
    return -1;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int port = atoi(argv[1]), rest = argc > 2 ? atoi(argv[2]) : 20;
    long answered = 0;
    double busy = 0;
    struct sigaction end = {.sa_handler = tell};
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    signal(SIGPIPE, SIG_IGN);
    while (!told) {
        int s = listener(port), c = accept(s, NULL, NULL);
        double begin = now_ms();
        close(s);
        if (c < 0) continue;
        struct timeval patience = {.tv_sec = 2};
        setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        long body = request(c);
        if (body >= 0) {
            char answer[160];
            int n = snprintf(answer, sizeof answer,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\nConnection: close\r\n\r\n%019ld\n", body);
            if (write(c, answer, (size_t)n) == n) answered++;
        }
        close(c);
        struct timespec pause = {.tv_nsec = rest * 1000000L};
        nanosleep(&pause, NULL);
        busy += now_ms() - begin;
    }
    printf("answered=%ld busy_ms=%.0f\n", answered, busy);
    return 0;
}
