// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/*
 * chanload - load tool for Holdfast's channels: readers by long poll or Server-Sent Events, and publishers.
 * epoll, one thread, libc only.
 *
 *   cc -O2 -Wall -o "$B/chanload" chanload.c
 *
 * Modes: release | publish.   See README.md next to this file.
 */
#include "common.h"

static struct {
    const char *mode, *label, *name, *query, *hook;
    struct target t[MAXT], pt[MAXT];
    int nt, npt, sse, n, rounds, conns, bytes, inflight, channels, check;
    long count;
    double settle, idle, wait, linger, secs, warm, ctimeout, quiet;
} o = {.name = "load", .query = "", .rounds = 1, .conns = 1, .bytes = 64, .inflight = 128, .channels = 1, .settle = 1, .wait = 20,
       .linger = 0.3, .ctimeout = 60, .quiet = 25};

/* ---------- events ---------- */
/* What one event was, id and data, as a number. Readers and publishers add these up: equal count and equal sum, equal events. */
static uint64_t print_of(const char *id, size_t il, const char *data, size_t dl) {
    uint64_t h = 14695981039346656037ull;
    for (size_t i = 0; i < il; i++) h = (h ^ (unsigned char)id[i]) * 1099511628211ull;
    h = (h ^ 0xff) * 1099511628211ull;
    for (size_t i = 0; i < dl; i++) h = (h ^ (unsigned char)data[i]) * 1099511628211ull;
    h ^= h >> 31;
    return h * 0x9e3779b97f4a7c15ull;
}
static size_t data_of(char *dst, long seq) { /* the data of the event number seq, o.bytes long */
    size_t w = sprintf(dst, "event-%ld-%lx-", seq, (unsigned long)print_of("", 0, (char *)&seq, sizeof seq));
    for (; w < (size_t)o.bytes; w++) dst[w] = 'a' + w % 26;
    dst[w] = 0;
    return w;
}
static const char *channel_of(long seq) {
    static char c[160];
    if (o.channels > 1) snprintf(c, sizeof c, "%s-%ld", o.name, seq % o.channels);
    else snprintf(c, sizeof c, "%s", o.name);
    return c;
}

/* ---------- readers ---------- */
enum { CLOSED, CONNECTING, ASKING, HELD, IDLE };
#define CUR 96
struct reader {
    int fd, tgt;
    uint8_t st, head;
    char cur[CUR];
    char *raw, *text;
    size_t rawlen, textlen;
    long left; /* of the chunk; -1: its size comes next, -2: its end comes next */
    long count, base;
    uint64_t sum, basesum, order, t;
};
struct pubc { struct bc b; long seq; uint64_t t0; int busy, known; };

static struct reader *rs;
static struct pubc *ps;
static int ep = -1, npub, pending, arming;
static long connfail, cuts, gaps, strange, beats, delivered;
static char scratch[262144], req[16384], decoded[2 * sizeof scratch];

static void r_close(struct reader *r) {
    if (r->fd >= 0) close(r->fd);
    r->fd = -1;
    free(r->raw); free(r->text);
    r->raw = r->text = NULL;
    r->rawlen = r->textlen = 0;
    r->head = 0; r->left = -1;
    if (r->st == CONNECTING || r->st == ASKING) pending--;
    r->st = CLOSED;
}
static void r_send(struct reader *r) {
    const char *host = o.t[r->tgt].name;
    int n, first = r->st == CONNECTING && !r->cur[0];
    if (o.sse)
        n = sprintf(req, "GET /channels/%s/events HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n%s%s%s\r\n", o.name, host,
                    first ? "" : "Last-Event-ID: ", first ? "" : r->cur, first ? "" : "\r\n");
    else if (first) n = sprintf(req, "GET /channels/%s/events?wait=0 HTTP/1.1\r\nHost: %s\r\n\r\n", o.name, host);
    else n = sprintf(req, "GET /channels/%s/events?after=%s&wait=300 HTTP/1.1\r\nHost: %s\r\n\r\n", o.name, r->cur, host);
    int was = r->st == CONNECTING || r->st == ASKING;
    int will = o.sse || first; /* an answer comes before it is held */
    r->st = will ? ASKING : HELD;
    pending += will - was;
    if (send(r->fd, req, n, MSG_NOSIGNAL) != n) { connfail++; r_close(r); } /* a fresh socket takes a request whole */
}
static void r_open(struct reader *r) {
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.u64 = r - rs};
    int one = 1;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (r->fd < 0) die("socket: %s (limit of open files?)", strerror(errno));
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    r->st = CONNECTING;
    pending++;
    if (connect(r->fd, (struct sockaddr *)&o.t[r->tgt].sa, sizeof o.t[0].sa) && errno != EINPROGRESS) { connfail++; r_close(r); return; }
    epoll_ctl(ep, EPOLL_CTL_ADD, r->fd, &e);
}
static void r_lost(struct reader *r) { /* a client comes back with its cursor; one that got no answer at all does not */
    int back = r->cur[0] && r->st != CONNECTING;
    if (back) cuts++;
    else connfail++;
    r_close(r);
    if (back && !arming) r_open(r);
}
static void set_cur(struct reader *r, const char *id, size_t n) {
    if (n == 0 || n >= CUR) { strange++; return; }
    memcpy(r->cur, id, n);
    r->cur[n] = 0;
}
static void event(struct reader *r, const char *id, size_t il, const char *data, size_t dl) {
    uint64_t h = print_of(id, il, data, dl);
    r->count++;
    r->sum += h;
    r->order = r->order * 1099511628211ull + h;
    r->t = now_ns();
    delivered++;
    set_cur(r, id, il);
}
static void armed(struct reader *r) {
    if (r->st == ASKING) { pending--; r->st = HELD; }
}
/* A block of a stream, without its empty line. Anything but what the contract says is counted as strange. */
static void block(struct reader *r, const char *b, size_t n) {
    if (n && b[0] == ':') { beats++; return; }
    if (n > 7 && !memcmp(b, "retry: ", 7)) { if (r->cur[0]) armed(r); return; }
    if (n > 11 && !memcmp(b, "event: gap\n", 11)) { gaps++; return; }
    if (n <= 4 || memcmp(b, "id: ", 4)) { strange++; return; }
    const char *e = memchr(b, '\n', n);
    if (!e) { set_cur(r, b + 4, n - 4); armed(r); return; }
    size_t left = n - (e + 1 - b);
    if (left < 6 || memcmp(e + 1, "data: ", 6) || memchr(e + 1, '\n', left)) { strange++; return; }
    armed(r);
    event(r, b + 4, e - b - 4, e + 7, left - 6);
}
static void text(struct reader *r, const char *b, size_t n) {
    char *whole = NULL;
    if (r->textlen) {
        whole = r->text = realloc(r->text, r->textlen + n);
        memcpy(whole + r->textlen, b, n);
        b = whole;
        n += r->textlen;
        r->text = NULL;
        r->textlen = 0;
    }
    const char *e;
    while ((e = memmem(b, n, "\n\n", 2))) {
        block(r, b, e - b);
        n -= e + 2 - b;
        b = e + 2;
    }
    if (n) {
        char *rest = malloc(n);
        memcpy(rest, b, n);
        r->text = rest;
        r->textlen = n;
    }
    free(whole);
}
/* Takes what it can of a stream's bytes; how many, or -1 */
static ssize_t stream(struct reader *r, const char *b, size_t n) {
    size_t p = 0, w = 0;
    if (n > sizeof decoded) return -1;
    if (!r->head) {
        const char *e = memmem(b, n, "\r\n\r\n", 4), *v;
        if (!e) return 0;
        if (n < 12 || memcmp(b, "HTTP/1.1 200", 12)) return -1;
        v = hval(b, e + 2, "Transfer-Encoding");
        if (!v || !has_tok(v, e + 2, "chunked")) return -1;
        v = hval(b, e + 2, "Content-Type");
        if (!v || !has_tok(v, e + 2, "text/event-stream")) return -1;
        r->head = 1;
        p = e + 4 - b;
    }
    while (p < n) {
        if (r->left == -2) {
            if (n - p < 2) break;
            if (memcmp(b + p, "\r\n", 2)) return -1;
            p += 2;
            r->left = -1;
        } else if (r->left == -1) {
            const char *e = memmem(b + p, n - p, "\r\n", 2);
            char *q;
            if (!e) break;
            r->left = strtol(b + p, &q, 16);
            if (q == b + p || r->left <= 0) return -1; /* 0: the stream has ended */
            p = e + 2 - b;
        } else {
            size_t k = n - p < (size_t)r->left ? n - p : (size_t)r->left;
            memcpy(decoded + w, b + p, k);
            w += k;
            p += k;
            r->left -= k;
            if (!r->left) r->left = -2;
        }
    }
    if (w) text(r, decoded, w);
    return p;
}
static int eat(const char **p, const char *end, const char *lit, size_t n) {
    if ((size_t)(end - *p) < n || memcmp(*p, lit, n)) return 0;
    *p += n;
    return 1;
}
static const char *upto(const char **p, const char *end, size_t *n) {
    const char *s = *p, *e = memchr(s, '"', end - s);
    if (!e) return NULL;
    *n = e - s;
    *p = e;
    return s;
}
#define EAT(s) eat(&p, end, s, sizeof(s) - 1)
/* The whole envelope with one event must be as the contract says; the id in the ETag, too. */
static int envelope(const struct resp *a, const char *etag, const char *channel, const char **id, size_t *il, const char **data, size_t *dl) {
    const char *p = a->body, *end = p + a->blen, *last;
    size_t n;
    if (!EAT("{\"events\":[{\"id\":\"") || !(*id = upto(&p, end, il)) || !EAT("\",\"channel\":\"") || !eat(&p, end, channel, strlen(channel))
        || !EAT("\",\"time\":\"") || !upto(&p, end, &n) || n < 20 || n > 30 || !EAT("\",\"contentType\":\"text/plain\",\"data\":\"")
        || !(*data = upto(&p, end, dl)) || !EAT("\"}],\"last\":\"") || !(last = upto(&p, end, &n)) || n != *il || memcmp(last, *id, n)
        || !EAT("\"}\n") || p != end) return 0;
    return etag && etag[0] == '"' && !strncmp(etag + 1, *id, n) && etag[1 + n] == '"';
}
static void answer(struct reader *r, const struct resp *a, const char *head) {
    const char *etag = hval(head, a->body, "ETag"), *id, *data;
    size_t il, dl;
    if (r->st == IDLE) { strange++; return; }
    if (r->st == ASKING && a->status == 204 && etag && etag[0] == '"') {
        set_cur(r, etag + 1, strcspn(etag + 1, "\"\r\n"));
        r_send(r);
    } else if (r->st == HELD && a->status == 204) r_send(r); /* waited in vain */
    else if (r->st == HELD && a->status == 200 && envelope(a, etag, o.name, &id, &il, &data, &dl)) {
        event(r, id, il, data, dl);
        r->st = IDLE;
    } else {
        strange++;
        if (r->st == ASKING) pending--;
        r->st = IDLE;
    }
}
static void r_in(struct reader *r) {
    for (;;) {
        ssize_t n = recv(r->fd, scratch, sizeof scratch, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) { r_lost(r); return; }
        const char *b = scratch;
        size_t len = n;
        char *whole = NULL;
        if (r->rawlen) {
            whole = realloc(r->raw, r->rawlen + n);
            memcpy(whole + r->rawlen, scratch, n);
            b = whole;
            len += r->rawlen;
            r->raw = NULL;
            r->rawlen = 0;
        }
        ssize_t used = 0;
        if (o.sse) used = stream(r, b, len);
        else {
            struct resp a;
            int k = parse(b, len, 0, &a);
            if (k < 0) used = -1;
            if (k > 0) {
                answer(r, &a, b);
                used = a.total;
                if (a.close || r->fd < 0) { free(whole); if (r->fd >= 0) r_lost(r); return; }
            }
        }
        if (used < 0) { free(whole); r_lost(r); return; }
        if ((size_t)used < len) {
            r->rawlen = len - used;
            r->raw = malloc(r->rawlen);
            memcpy(r->raw, b + used, r->rawlen);
        }
        free(whole);
        if (n < (ssize_t)sizeof scratch && (o.sse || !r->rawlen || r->st != IDLE)) return;
        if (r->st == IDLE && r->rawlen) { strange++; r_lost(r); return; } /* more than was asked for */
    }
}

/* ---------- publishers ---------- */
static long seq, answered, wanted = -1, errors, status[1000];
static uint64_t pubsum, puborder;
static uint64_t *lat;
static size_t nlat, latcap;
static long released, silent; /* by the last receipt */
static char **ids; /* by channel, to look at them afterwards */
static int publishing;

static void p_send(struct pubc *p) {
    static char data[65536], host[64];
    if (wanted >= 0 && seq >= wanted) return;
    p->seq = seq++;
    size_t dl = data_of(data, p->seq);
    bc_open(&p->b);
    if (p->b.fd < 0) die("connect: %s", strerror(errno));
    snprintf(host, sizeof host, "%s", p->b.t->name);
    int n = snprintf(req, sizeof req, "POST /channels/%s/events%s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
                     channel_of(p->seq), o.query, host, dl, data);
    if (!p->known) {
        struct epoll_event e = {.events = EPOLLIN, .data.u64 = (1ull << 32) | (uint64_t)(p - ps)};
        if (epoll_ctl(ep, EPOLL_CTL_ADD, p->b.fd, &e)) die("epoll: %s", strerror(errno));
        p->known = 1;
    }
    p->busy = 1;
    p->t0 = now_ns();
    if (n >= (int)sizeof req || bc_send(&p->b, req, n)) { errors++; p->busy = 0; }
}
static long sum_released(const char *b, const char *end) {
    long sum = 0;
    const char *p = memmem(b, end - b, "\"released\":{", 12);
    for (p = p ? p + 12 : end; p < end && *p != '}'; p++) if (*p == ':') sum += strtol(p + 1, NULL, 10);
    return sum;
}
static void p_in(struct pubc *p) {
    static char data[65536];
    struct resp a;
    int was = p->b.fd;
    int k = bc_read(&p->b, &a);
    if (p->b.fd != was) p->known = 0;
    if (!k) return;
    if (!p->busy) { if (k > 0) strange++; return; }
    p->busy = 0;
    if (k < 0) errors++;
    else {
        status[a.status]++;
        const char *q = a.body, *end = q + a.blen, *id = NULL;
        size_t il = 0;
        if (a.status == 201 && eat(&q, end, "{\"id\":\"", 7) && (id = upto(&q, end, &il)) && memmem(q, end - q, "\"committed\":true", 16)) {
            uint64_t h = print_of(id, il, data, data_of(data, p->seq));
            pubsum += h;
            puborder = puborder * 1099511628211ull + h;
            answered++;
            released = sum_released(q, end);
            silent = !memmem(q, end - q, "\"unknown\":[]", 12);
            if (ids) ids[p->seq % o.channels] = strndup(id, il);
        } else errors++;
        if (nlat == latcap) lat = realloc(lat, (latcap = latcap * 2 + 65536) * sizeof *lat);
        lat[nlat++] = now_ns() - p->t0;
    }
    if (publishing) p_send(p);
}
static int busy(void) {
    int n = 0;
    for (int i = 0; i < npub; i++) n += ps[i].busy;
    return n;
}

/* ---------- the loop ---------- */
static void step(int ms) {
    static struct epoll_event ev[512];
    int k = epoll_wait(ep, ev, 512, ms);
    for (int i = 0; i < k; i++) {
        if (ev[i].data.u64 >> 32) { p_in(&ps[(uint32_t)ev[i].data.u64]); continue; }
        struct reader *r = &rs[(uint32_t)ev[i].data.u64];
        if (r->fd < 0) continue;
        if (r->st == CONNECTING) {
            int err = 0;
            socklen_t l = sizeof err;
            struct epoll_event e = {.events = EPOLLIN, .data.u64 = r - rs};
            if (!(ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) continue;
            getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &err, &l);
            if (err) { connfail++; r_close(r); continue; }
            epoll_ctl(ep, EPOLL_CTL_MOD, r->fd, &e);
            r_send(r);
        } else r_in(r);
    }
}
static void steps(double sec) {
    uint64_t end = now_ns() + (uint64_t)(sec * 1e9);
    for (uint64_t t; (t = now_ns()) < end;) {
        uint64_t left = (end - t + MS - 1) / MS;
        step(left > 50 ? 50 : (int)left);
    }
}
static int held(void) {
    int n = 0;
    for (int i = 0; i < o.n; i++) n += rs[i].st == HELD;
    return n;
}
static void arm_all(void) {
    uint64_t end = now_ns() + (uint64_t)(o.ctimeout * 1e9);
    int i = 0;
    arming = 1;
    while ((i < o.n || pending > 0) && now_ns() < end) {
        while (i < o.n && pending < o.inflight) {
            struct reader *r = &rs[i++];
            if (r->st == CLOSED) r_open(r);
            else if (r->st == IDLE) r_send(r);
            if (!(i & 255)) step(0);
        }
        step(pending >= o.inflight || i >= o.n ? 10 : 0);
    }
    arming = 0;
}
static void quieten(void) { /* lets a burst of the rest of the machine pass, at most 3 s */
    for (int q = 0; o.quiet > 0 && q < 15; q++) {
        struct sample x = take(0), y;
        steps(0.2);
        y = take(0);
        if (other_pct(&x, &y) < o.quiet) break;
    }
}
static void publishers(int n) {
    npub = n;
    ps = calloc(n, sizeof *ps);
    for (int i = 0; i < n; i++) ps[i] = (struct pubc){.b = {.fd = -1, .t = &o.pt[i % o.npt]}};
}
static void J_cpu(struct sample *a, struct sample *b) {
    J("\"server_cpu_s\":%.2f,\"client_cpu_s\":%.3f,\"other_cpu_pct\":%.0f", (b->ticks - a->ticks) / (double)sysconf(_SC_CLK_TCK), b->self - a->self,
      other_pct(a, b));
}
static struct sample base;
static char *hk0;
static void begin(void) {
    if (o.hook) hk0 = strdup(run_hook(o.hook));
    base = take(1);
    J("{\"mode\":\"channel-%s\",\"label\":\"%s\",\"kind\":\"%s\",\"n\":%d,\"channels\":%d,\"targets\":%d,\"pids\":%d", o.mode, o.label ? o.label : "",
      o.sse ? "SSE" : "long poll", o.n, o.channels, o.nt, npid);
}
static void memory(double per) { /* what is held now takes, and what it costs to hold it */
    char *hk1 = NULL;
    steps(o.settle);
    if (o.hook) { hk1 = strdup(run_hook(o.hook)); steps(1); }
    long before = beats;
    struct sample a = take(1);
    steps(o.idle);
    struct sample b = take(1);
    J(",\"held\":%d,\"mem\":{\"pss_base_kb\":%ld,\"pss_held_kb\":%ld,\"pss_each_b\":%.0f}", held(), base.pss, b.pss, (b.pss - base.pss) * 1024.0 / per);
    J(",\"idle\":{\"window_s\":%.2f,\"cpu_pct\":%.2f,\"other_cpu_pct\":%.1f,\"heartbeats\":%ld}", (b.t - a.t) / 1e9, cpu_pct(&a, &b), other_pct(&a, &b),
      beats - before);
    if (o.hook) J(",\"hook\":[\"%s\",\"%s\"]", hk0, hk1);
}

/* ---------- modes ---------- */
static void do_release(void) {
    publishers(o.npt);
    begin();
    uint64_t ts = now_ns(), *l = malloc(sizeof *l * (o.n + 1));
    arm_all();
    J(",\"arm_s\":%.3f", (now_ns() - ts) / 1e9);
    memory(o.n ? o.n : 1);
    J(",\"rounds\":[");
    for (int r = 0; r < o.rounds; r++) {
        if (r) { arm_all(); steps(o.settle); }
        quieten();
        struct pubc *p = &ps[r % npub];
        long early = o.n - held(), was = strange, wascuts = cuts + gaps;
        long before = answered;
        uint64_t sum = pubsum;
        for (int i = 0; i < o.n; i++) { rs[i].base = rs[i].count; rs[i].basesum = rs[i].sum; }
        delivered = 0;
        released = silent = -1;
        memset(status, 0, sizeof status);
        struct sample a = take(0);
        p_send(p);
        uint64_t t0 = p->t0, end = t0 + (uint64_t)(o.wait * 1e9), pt = 0;
        while ((delivered < o.n || p->busy) && now_ns() < end) {
            step(10);
            if (!p->busy && !pt) pt = now_ns();
        }
        if (!pt) pt = now_ns();
        steps(o.linger);
        struct sample b = take(0);
        int ok = 0, miss = 0, dup = 0, bad = 0;
        for (int i = 0; i < o.n; i++) {
            struct reader *x = &rs[i];
            long got = x->count - x->base;
            if (!got) { miss++; continue; }
            if (got > 1) dup++;
            else if (answered == before + 1 && x->sum - x->basesum != pubsum - sum) bad++;
            l[ok++] = x->t - t0;
        }
        if (answered != before + 1) bad = o.n;
        J("%s{\"responses\":%d,\"missing\":%d,\"early\":%ld,\"conn_error\":%ld,\"duplicated\":%d,\"wrong_body\":%ld,", r ? "," : "", ok, miss, early,
          cuts + gaps - wascuts, dup, bad + strange - was);
        J_lat(l, ok);
        J(",\"publish_ms\":%.3f,\"released\":%ld,\"silent\":%ld,", (pt - t0) / 1e6, released, silent);
        J_status(status);
        J(",");
        J_cpu(&a, &b);
        J("}");
    }
    J("],\"connect_failed\":%ld}", connfail);
    puts(js);
}

/* Reads channels of which each has one event, evenly spread over all, and compares the whole answers. */
static long look_at(int n) {
    struct bc b = {.fd = -1, .t = &o.pt[0]};
    static char data[65536];
    long wrong = 0;
    for (int i = 0; i < n; i++) {
        long k = (long)i * o.channels / n;
        int w = sprintf(req, "GET /channels/%s/events?after=earliest&wait=0 HTTP/1.1\r\nHost: x\r\n\r\n", channel_of(k));
        struct resp a;
        const char *id, *got;
        size_t il, dl;
        int q = 0;
        bc_open(&b);
        if (bc_send(&b, req, w)) { wrong++; continue; }
        for (uint64_t end = now_ns() + 5 * NS; !q && now_ns() < end;) {
            struct pollfd f = {b.fd, POLLIN, 0};
            poll(&f, 1, 100);
            q = bc_read(&b, &a);
        }
        if (q <= 0 || a.status != 200 || !ids[k] || !envelope(&a, hval(b.buf, a.body, "ETag"), channel_of(k), &id, &il, &got, &dl)
            || il != strlen(ids[k]) || memcmp(id, ids[k], il) || dl != data_of(data, k) || memcmp(got, data, dl)) wrong++;
    }
    return wrong;
}
static void do_publish(void) {
    publishers(o.conns);
    begin();
    arm_all();
    if (o.n) steps(o.settle);
    int ready = held();
    quieten();
    if (o.check) ids = calloc(o.channels, sizeof *ids);
    if (o.count) wanted = o.count;
    publishing = 1;
    uint64_t start = now_ns(), w = start + (uint64_t)(o.warm * 1e9), end = start + (uint64_t)((o.warm + (o.count ? 3600 : o.secs)) * 1e9);
    for (int i = 0; i < npub; i++) p_send(&ps[i]);
    while (now_ns() < w) step(10);
    struct sample a = take(0);
    uint64_t t0 = now_ns();
    long from = answered, dfrom = delivered;
    nlat = 0;
    memset(status, 0, sizeof status);
    while (now_ns() < end && (wanted < 0 || busy())) step(10);
    struct sample b = take(0);
    double dt = (now_ns() - t0) / 1e9;
    long n = answered - from, d = delivered - dfrom;
    size_t measured = nlat;
    publishing = 0;
    uint64_t stopped = now_ns(), limit = stopped + (uint64_t)(o.wait * 1e9);
    while (busy() && now_ns() < limit) step(10);
    errors += busy();
    while (delivered < answered * o.n && now_ns() < limit) step(10);
    double drain = (now_ns() - stopped) / 1e6;
    steps(o.linger); /* for what is too much */
    long miss = 0, dup = 0, bad = 0, disorder = 0;
    uint64_t order = o.conns == 1 ? puborder : 0;
    for (int i = 0; i < o.n; i++) {
        struct reader *r = &rs[i];
        if (r->count < answered) miss += answered - r->count;
        else if (r->count > answered) dup += r->count - answered;
        else if (r->sum != pubsum) bad++;
        else if (!order) order = r->order;
        else if (r->order != order) disorder++;
    }
    J(",\"conns\":%d,\"query\":\"%s\",\"readers\":%d,\"seconds\":%.2f,\"published\":%ld,\"req_per_s\":%.0f,\"delivered_per_s\":%.0f,\"errors\":%ld", o.conns,
      o.query, ready, dt, n, n / dt, d / dt, errors);
    J(",\"missing\":%ld,\"duplicated\":%ld,\"wrong_body\":%ld,\"disordered\":%ld,\"gaps\":%ld,\"cuts\":%ld,\"drain_ms\":%.0f,", miss, dup, bad + strange,
      disorder, gaps, cuts, drain);
    J_lat(lat, measured);
    J(",");
    J_status(status);
    J(",");
    J_cpu(&a, &b);
    if (o.check) J(",\"looked_at\":%d,\"of_them_wrong\":%ld", o.check, look_at(o.check));
    if (o.idle > 0) memory(o.channels);
    J(",\"connect_failed\":%ld}", connfail);
    puts(js);
}

static void usage(void) {
    fputs("usage: chanload release|publish -t ip:port[,..] [-T ip:port[,..]] -k poll|sse -n READERS [-C channel] [-b bytes]\n"
          " release:  -r rounds; the publishers' targets are used in turn\n"
          " publish:  -c conns (-s seconds --warm s | --count events) -q '?receipt=none' --channels K --check N\n"
          " any:      --settle s --idle s --wait s --linger s --quiet pct --ctimeout s -p pid[+][,..] --hook CMD --label text\n", stderr);
    exit(2);
}
int main(int argc, char **argv) {
    if (argc < 2 || argv[1][0] == '-') usage();
    o.mode = argv[1];
    enum { SETTLE = 256, IDLE_, WAIT, LINGER, QUIET, CT, HOOK, LABEL, WARM, COUNT, CHANNELS, CHECK };
    static struct option lo[] = {{"settle", 1, 0, SETTLE}, {"idle", 1, 0, IDLE_}, {"wait", 1, 0, WAIT}, {"linger", 1, 0, LINGER}, {"quiet", 1, 0, QUIET},
        {"ctimeout", 1, 0, CT}, {"hook", 1, 0, HOOK}, {"label", 1, 0, LABEL}, {"warm", 1, 0, WARM}, {"count", 1, 0, COUNT},
        {"channels", 1, 0, CHANNELS}, {"check", 1, 0, CHECK}, {0, 0, 0, 0}};
    int c;
    optind = 2;
    while ((c = getopt_long(argc, argv, "t:T:k:n:C:b:r:c:s:q:p:", lo, NULL)) != -1) switch (c) {
        case 't': o.nt = parse_targets(optarg, o.t); break;
        case 'T': o.npt = parse_targets(optarg, o.pt); break;
        case 'k': o.sse = !strcmp(optarg, "sse"); break;
        case 'n': o.n = atoi(optarg); break;
        case 'C': o.name = optarg; break;
        case 'b': o.bytes = atoi(optarg); break;
        case 'r': o.rounds = atoi(optarg); break;
        case 'c': o.conns = atoi(optarg); break;
        case 's': o.secs = atof(optarg); break;
        case 'q': o.query = optarg; break;
        case 'p': parse_pids(optarg); break;
        case SETTLE: o.settle = atof(optarg); break;
        case IDLE_: o.idle = atof(optarg); break;
        case WAIT: o.wait = atof(optarg); break;
        case LINGER: o.linger = atof(optarg); break;
        case QUIET: o.quiet = atof(optarg); break;
        case CT: o.ctimeout = atof(optarg); break;
        case HOOK: o.hook = optarg; break;
        case LABEL: o.label = optarg; break;
        case WARM: o.warm = atof(optarg); break;
        case COUNT: o.count = atol(optarg); break;
        case CHANNELS: o.channels = atoi(optarg); break;
        case CHECK: o.check = atoi(optarg); break;
        default: usage();
        }
    signal(SIGPIPE, SIG_IGN);
    if (!o.nt) usage();
    if (!o.npt) { memcpy(o.pt, o.t, sizeof o.t); o.npt = o.nt; }
    if (o.n < 0 || o.rounds < 1 || o.conns < 1 || o.channels < 1 || o.bytes < 1 || o.bytes > 8000 || (o.channels > 1 && o.n)
        || (o.n && !o.sse && !strcmp(o.mode, "publish"))
        || (o.check && (o.count != o.channels || o.check > o.channels))) usage();
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    ep = epoll_create1(EPOLL_CLOEXEC);
    rs = calloc(o.n + 1, sizeof *rs);
    for (int i = 0; i < o.n; i++) { rs[i].fd = -1; rs[i].tgt = i % o.nt; rs[i].left = -1; }
    if (!strcmp(o.mode, "release")) do_release();
    else if (!strcmp(o.mode, "publish")) do_publish();
    else usage();
    return 0;
}
