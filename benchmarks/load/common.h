// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/* What holdload and chanload share: targets, HTTP/1.1 answers, looks at processes, one exchange at a time, figures as JSON. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define MAXT 32
#define MAXPID 256
#define MAXHDR 32
#define MAXRESP (4u << 20)
#define NS 1000000000ull
#define MS 1000000ull

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

static void die(const char *f, ...) {
    va_list a;
    va_start(a, f);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, f, a);
    fprintf(stderr, "\n");
    va_end(a);
    exit(2);
}

/* ---------- targets ---------- */
struct target { struct sockaddr_in sa; char name[64]; };

static int parse_targets(char *s, struct target *t) {
    int k = 0;
    for (char *p = strtok(s, ","); p; p = strtok(NULL, ",")) {
        if (k >= MAXT) die("too many targets");
        char host[48];
        char *c = strrchr(p, ':');
        if (!c || c - p >= (long)sizeof host) die("target must be ipv4:port: %s", p);
        memcpy(host, p, c - p);
        host[c - p] = 0;
        memset(&t[k].sa, 0, sizeof t[k].sa);
        t[k].sa.sin_family = AF_INET;
        t[k].sa.sin_port = htons(atoi(c + 1));
        if (inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &t[k].sa.sin_addr) != 1)
            die("bad address %s", host);
        snprintf(t[k].name, sizeof t[k].name, "%s:%s", host, c + 1);
        k++;
    }
    return k;
}

/* ---------- response parser: whole buffer, re-parsed as it grows ---------- */
struct resp { int status, close, empty; size_t total; const char *body; size_t blen; };
static char *chunkbuf;

static const char *hval(const char *h, const char *end, const char *name) {
    size_t nl = strlen(name);
    while (h < end) {
        const char *e = memchr(h, '\n', end - h);
        if (!e) e = end;
        if ((size_t)(e - h) > nl && h[nl] == ':' && !strncasecmp(h, name, nl)) {
            const char *v = h + nl + 1;
            while (v < e && (*v == ' ' || *v == '\t')) v++;
            return v;
        }
        h = e + 1;
    }
    return NULL;
}
static int has_tok(const char *v, const char *end, const char *tok) {
    size_t tl = strlen(tok);
    for (; v && v + tl <= end && *v != '\r' && *v != '\n'; v++) if (!strncasecmp(v, tok, tl)) return 1;
    return 0;
}

/* 1 complete, 0 need more, -1 malformed */
static int parse(const char *buf, size_t len, int eof, struct resp *r) {
    size_t off = 0;
again:
    if (len - off < 12) return (eof || (len - off >= 5 && memcmp(buf + off, "HTTP/", 5))) ? -1 : 0;
    if (memcmp(buf + off, "HTTP/1.", 7)) return -1;
    const char *he = memmem(buf + off, len - off, "\r\n\r\n", 4);
    if (!he) return eof ? -1 : 0;
    r->status = atoi(buf + off + 9);
    const char *h = buf + off, *hend = he + 2, *b = he + 4;
    if (r->status >= 100 && r->status < 200) { off = b - buf; goto again; }
    size_t have = len - (b - buf);
    const char *v = hval(h, hend, "Connection");
    r->close = v ? has_tok(v, hend, "close") : 0;
    if (buf[off + 7] == '0' && !(v && has_tok(v, hend, "keep-alive"))) r->close = 1;
    if (r->status == 204 || r->status == 304) { r->body = b; r->blen = 0; r->total = b - buf; return 1; }
    v = hval(h, hend, "Transfer-Encoding");
    if (v && has_tok(v, hend, "chunked")) {
        if (!chunkbuf) chunkbuf = malloc(MAXRESP);
        size_t w = 0, p = 0;
        for (;;) {
            const char *le = memmem(b + p, have - p, "\r\n", 2);
            if (!le) return eof ? -1 : 0;
            char *q;
            unsigned long c = strtoul(b + p, &q, 16);
            if (q == b + p) return -1;
            p = le + 2 - b;
            if (c == 0) { /* trailers until empty line */
                for (;;) {
                    le = memmem(b + p, have - p, "\r\n", 2);
                    if (!le) return eof ? -1 : 0;
                    int last = le == b + p;
                    p = le + 2 - b;
                    if (last) break;
                }
                r->body = chunkbuf; r->blen = w; r->total = (b - buf) + p;
                return 1;
            }
            if (have - p < c + 2) return eof ? -1 : 0;
            if (w + c > MAXRESP) return -1;
            memcpy(chunkbuf + w, b + p, c);
            w += c;
            p += c + 2;
        }
    }
    v = hval(h, hend, "Content-Length");
    if (v) {
        size_t cl = strtoul(v, NULL, 10);
        if (have < cl) return eof ? -1 : 0;
        r->body = b; r->blen = cl; r->total = (b - buf) + cl;
        return 1;
    }
    if (!eof) return 0; /* delimited by close */
    r->body = b; r->blen = have; r->total = len; r->close = 1;
    return 1;
}

/* ---------- process sampling ---------- */
struct sample { long rss, pss; uint64_t ticks, busy; int alive; long sockpages; uint64_t t; double self; };
static double self_cpu(void);
static int pids[MAXPID], npid; /* the processes that are watched */

static void read_one(int pid, struct sample *s) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "r");
    if (f) {
        long v;
        while (fgets(line, sizeof line, f)) {
            if (sscanf(line, "Rss: %ld", &v) == 1) s->rss += v;
            else if (sscanf(line, "Pss: %ld", &v) == 1) s->pss += v;
        }
        fclose(f);
        s->alive++;
    }
}
static void read_cpu(int pid, struct sample *s) {
    char path[64], line[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f) return;
    if (fgets(line, sizeof line, f)) {
        char *p = strrchr(line, ')');
        unsigned long long u = 0, k = 0;
        if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &u, &k) == 2) s->ticks += u + k;
    }
    fclose(f);
}
static struct sample take(int mem) {
    struct sample s = {0};
    s.t = now_ns();
    for (int i = 0; i < npid; i++) read_cpu(pids[i], &s);
    s.self = self_cpu();
    FILE *f = fopen("/proc/stat", "r");
    if (f) {
        unsigned long long v[8] = {0};
        if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7) == 8)
            s.busy = v[0] + v[1] + v[2] + v[5] + v[6] + v[7];
        fclose(f);
    }
    if (mem) {
        for (int i = 0; i < npid; i++) read_one(pids[i], &s);
        f = fopen("/proc/net/sockstat", "r");
        char line[256];
        if (f) {
            while (fgets(line, sizeof line, f)) {
                char *p = strstr(line, " mem ");
                if (p && !strncmp(line, "TCP:", 4)) s.sockpages = atol(p + 5);
            }
            fclose(f);
        }
    }
    return s;
}
static void add_tree(int root) {
    pids[npid++] = root;
    for (int k = npid - 1; k < npid; k++) {
        DIR *d = opendir("/proc");
        struct dirent *e;
        while (d && (e = readdir(d))) {
            int pid = atoi(e->d_name), ppid;
            char path[300], line[2048];
            if (pid <= 0) continue;
            snprintf(path, sizeof path, "/proc/%d/stat", pid);
            FILE *f = fopen(path, "r");
            if (!f) continue;
            if (fgets(line, sizeof line, f)) {
                char *p = strrchr(line, ')');
                if (p && sscanf(p + 2, "%*c %d", &ppid) == 1 && ppid == pids[k] && npid < MAXPID) pids[npid++] = pid;
            }
            fclose(f);
        }
        if (d) closedir(d);
    }
}
static void parse_pids(const char *s) {
    while (*s && npid < MAXPID) {
        char *e;
        long v = strtol(s, &e, 10);
        if (e == s) break;
        if (*e == '+') { add_tree(v); e++; }
        else pids[npid++] = v;
        s = *e ? e + 1 : e;
    }
}
static char *run_hook(const char *command) {
    static char buf[2][512];
    static int k;
    char *b = buf[k ^= 1];
    b[0] = 0;
    FILE *f = popen(command, "r");
    if (f) {
        if (!fgets(b, 512, f)) b[0] = 0;
        pclose(f);
    }
    for (char *p = b; *p; p++) if (*p == '"' || *p == '\\' || (unsigned char)*p < 32) *p = (*p == '\n') ? 0 : '\'';
    return b;
}

/* ---------- simple blocking-with-deadline exchange (publisher, pingpong) ---------- */
struct bc { int fd; char *buf; size_t len; const struct target *t; int src; };
static void bc_open(struct bc *b) { /* also replaces a kept-alive connection that the server has closed */
    char x;
    if (b->fd >= 0 && recv(b->fd, &x, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (b->fd >= 0) close(b->fd);
    b->fd = -1;
    b->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    setsockopt(b->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct timeval tv = {10, 0};
    setsockopt(b->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    if (connect(b->fd, (struct sockaddr *)&b->t->sa, sizeof b->t->sa)) { close(b->fd); b->fd = -1; return; }
    fcntl(b->fd, F_SETFL, O_NONBLOCK);
    if (!b->buf) b->buf = malloc(MAXRESP);
    b->len = 0;
}
static void bc_close(struct bc *b) { if (b->fd >= 0) close(b->fd); b->fd = -1; b->len = 0; }
static int bc_send(struct bc *b, const char *p, size_t n) {
    if (b->fd < 0) return -1;
    while (n) {
        ssize_t w = send(b->fd, p, n, MSG_NOSIGNAL);
        if (w < 0) {
            if (errno != EAGAIN) return -1;
            struct pollfd f = {b->fd, POLLOUT, 0};
            if (poll(&f, 1, 5000) != 1) return -1;
            continue;
        }
        p += w; n -= w;
    }
    return 0;
}
/* read what is there: 1 complete, 0 more, -1 broken */
static int bc_read(struct bc *b, struct resp *r) {
    ssize_t n = recv(b->fd, b->buf + b->len, MAXRESP - b->len, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    int eof = n <= 0;
    if (n > 0) b->len += n;
    int k = b->len ? parse(b->buf, b->len, eof, r) : (eof ? -1 : 0);
    if (k == 1) {
        if (r->close || eof) bc_close(b);
        else b->len = 0;
    }
    if (k < 0) bc_close(b);
    return k;
}

/* ---------- stats ---------- */
static int cmp64(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}
static double pct(uint64_t *v, size_t n, double p) {
    if (!n) return 0;
    size_t k = (size_t)(p * (n - 1) + 0.5);
    return v[k] / 1e6;
}
static char *js;
static size_t jl, jcap;
static void J(const char *f, ...) {
    if (jcap - jl < 4096) js = realloc(js, jcap = jcap * 2 + 65536);
    va_list a;
    va_start(a, f);
    jl += vsnprintf(js + jl, jcap - jl, f, a);
    va_end(a);
}
static void J_lat(uint64_t *v, size_t n) {
    qsort(v, n, sizeof *v, cmp64);
    J("\"min_ms\":%.3f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f", n ? v[0] / 1e6 : 0, pct(v, n, .5),
      pct(v, n, .9), pct(v, n, .99), n ? v[n - 1] / 1e6 : 0);
}
static void J_status(long *st) {
    int k = 0;
    J("\"status\":{");
    for (int i = 0; i < 1000; i++) if (st[i]) J("%s\"%d\":%ld", k++ ? "," : "", i, st[i]);
    J("}");
}
static double cpu_pct(struct sample *a, struct sample *b) {
    double dt = (b->t - a->t) / 1e9;
    return dt > 0 ? 100.0 * (b->ticks - a->ticks) / (double)sysconf(_SC_CLK_TCK) / dt : 0;
}
/* CPU used by everything that is neither the server nor this process, in % of one core: the noise */
static double other_pct(struct sample *a, struct sample *b) {
    double dt = (b->t - a->t) / 1e9, hz = sysconf(_SC_CLK_TCK);
    double x = ((double)(b->busy - a->busy) - (double)(b->ticks - a->ticks)) / hz - (b->self - a->self);
    return dt > 0 && x > 0 ? 100 * x / dt : 0;
}
static double self_cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}
