// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/*
 * holdload - neutral load tool for servers that hold HTTP/1.1 requests
 * (long polling).  epoll, single thread per process, libc only.
 *
 *   cc -O2 -Wall -o "$B/holdload" holdload.c
 *
 * Modes: hold | pingpong | pub.   See README.md next to this file.
 */
#include "common.h"

/* ---------- options ---------- */
static struct {
    const char *mode, *label;
    struct target t[MAXT], pt[MAXT];
    int nt, npt;
    int n, procs, rounds, nsrc, inflight, count, conns, exact;
    double settle, idle, wait, linger, secs, gap, ctimeout, rearm_delay, warm, rate, quiet;
    const char *url, *method, *body, *hdr[MAXHDR];
    const char *purl, *pmethod, *pbody, *phdr[MAXHDR];
    int nhdr, nphdr;
    const char *expect, *hook;
    const char *pids;
} o = { .n = 100, .procs = 1, .rounds = 1, .nsrc = 0, .inflight = 128, .count = 1000, .conns = 1,
        .settle = 1, .idle = 5, .wait = 30, .linger = 0.2, .secs = 5, .gap = 5, .ctimeout = 120, .quiet = 25,
        .url = "/", .method = "GET", .purl = "/", .pmethod = "POST" };

/* %d -> d, %r -> r, %n -> r + 1, %% -> %, anything else untouched */
static size_t expand(char *dst, size_t cap, const char *tm, long d, long r) {
    size_t w = 0;
    for (; *tm && w + 24 < cap; tm++) {
        if (*tm == '%' && (tm[1] == 'd' || tm[1] == 'r' || tm[1] == 'n')) {
            w += sprintf(dst + w, "%ld", tm[1] == 'd' ? d : tm[1] == 'r' ? r : r + 1);
            tm++;
        } else if (*tm == '%' && tm[1] == '%') {
            dst[w++] = '%';
            tm++;
        } else dst[w++] = *tm;
    }
    dst[w] = 0;
    return w;
}

#define REQCAP 65536
static size_t build_req(char *dst, const char *method, const char *url, const char **hdr, int nhdr,
                        const char *body, const char *host, long d, long r) {
    static char u[8192], b[32768], h[8192];
    size_t bl = 0, w;
    int have_host = 0;
    expand(u, sizeof u, url, d, r);
    if (body) bl = expand(b, sizeof b, body, d, r);
    for (int i = 0; i < nhdr; i++) if (!strncasecmp(hdr[i], "host:", 5)) have_host = 1;
    w = sprintf(dst, "%s %s HTTP/1.1\r\n", method, u);
    if (!have_host) w += sprintf(dst + w, "Host: %s\r\n", host);
    for (int i = 0; i < nhdr; i++) {
        expand(h, sizeof h, hdr[i], d, r);
        if (w + strlen(h) + bl + 64 > REQCAP) die("request too large");
        w += sprintf(dst + w, "%s\r\n", h);
    }
    if (body) w += sprintf(dst + w, "Content-Length: %zu\r\n", bl);
    w += sprintf(dst + w, "\r\n");
    if (body) { memcpy(dst + w, b, bl); w += bl; }
    return w;
}

static int expected(const char *body, size_t len, long d, long r) {
    char e[4096];
    size_t el = expand(e, sizeof e, o.expect, d, r);
    return o.exact ? len == el && !memcmp(body, e, el) : memmem(body, len, e, el) != NULL;
}

/* ---------- connections ---------- */
enum { CLOSED, CONNECTING, SENDING, WAITING, IDLE, DEAD };
struct conn { int fd, idx, tgt; uint8_t st, pub; char *out; uint32_t outoff, outlen; char *in; uint32_t inlen, incap; uint64_t tsent; };
struct res { uint64_t t; int16_t status; uint8_t done, bad, dup, err; };

static struct shared {
    _Atomic int pub_sent, abort, connfail, reconnects;
    uint64_t t0;
    _Atomic int bar[];
} *sh;
static struct res *res;

static int ep = -1;
static struct conn *cs;
static int ncs, first, pending_conn, nwaiting, ndone;
static int cur_round;
static char scratch[262144], reqbuf[REQCAP];

static void bind_src(int fd, int idx) {
    int one = 1;
    if (o.nsrc <= 1) return;
    struct sockaddr_in s = {.sin_family = AF_INET};
    s.sin_addr.s_addr = htonl(0x7f000001u + (uint32_t)(idx % o.nsrc));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&s, sizeof s)) die("bind: %s", strerror(errno));
}
static void c_close(struct conn *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    free(c->in); c->in = NULL; c->inlen = c->incap = 0;
    free(c->out); c->out = NULL;
}
static void c_mod(struct conn *c, uint32_t ev, int op) {
    struct epoll_event e = {.events = ev, .data.ptr = c};
    epoll_ctl(ep, op, c->fd, &e);
}
static void c_fail(struct conn *c) {
    if (c->st == CONNECTING || c->st == SENDING) pending_conn--;
    if (c->st == CONNECTING) sh->connfail++;
    if (!c->pub && c->st != IDLE && !res[c->idx].done) { res[c->idx].done = 1; res[c->idx].err = 1; res[c->idx].t = now_ns(); ndone++; }
    if (c->st == WAITING) nwaiting--;
    c_close(c);
    c->st = CLOSED;
}
static void c_send(struct conn *c) { /* build + send the request of the current round */
    size_t n = build_req(reqbuf, o.method, o.url, o.hdr, o.nhdr, o.body, o.t[c->tgt].name, c->idx, cur_round);
    ssize_t w = send(c->fd, reqbuf, n, MSG_NOSIGNAL);
    if (w < 0 && errno != EAGAIN) { c->st = SENDING; pending_conn++; c_fail(c); return; }
    if (w < 0) w = 0;
    if ((size_t)w < n) {
        c->out = malloc(n - w);
        memcpy(c->out, reqbuf + w, n - w);
        c->outoff = 0; c->outlen = n - w;
        c->st = SENDING; pending_conn++;
        c_mod(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    } else { c->st = WAITING; nwaiting++; }
}
static void c_open(struct conn *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s (connection %d; RLIMIT_NOFILE too low? use --procs)", strerror(errno), c->idx);
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    bind_src(c->fd, c->idx);
    c->st = CONNECTING; pending_conn++;
    if (connect(c->fd, (struct sockaddr *)&o.t[c->tgt].sa, sizeof o.t[c->tgt].sa) && errno != EINPROGRESS) {
        c_fail(c);
        return;
    }
    c_mod(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}
static void on_response(struct conn *c, struct resp *r) {
    struct res *x = &res[c->idx];
    if (x->done) { x->dup = 1; return; }
    x->t = now_ns(); x->done = 1; x->status = r->status;
    ndone++;
    if (o.expect && !expected(r->body, r->blen, c->idx, cur_round)) x->bad = 1;
}
static void on_in(struct conn *c) {
    for (;;) {
        ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        int eof = n <= 0;
        if (eof) n = 0;
        const char *b = scratch;
        size_t len = n;
        if (c->in) {
            if (c->inlen + n > c->incap) {
                c->incap = (c->inlen + n) * 2;
                if (c->incap > MAXRESP) { c_fail(c); return; }
                c->in = realloc(c->in, c->incap);
            }
            memcpy(c->in + c->inlen, scratch, n);
            c->inlen += n;
            b = c->in; len = c->inlen;
        }
        if (c->st == IDLE) {
            if (n > 0) res[c->idx].dup = 1;
            if (eof) c_fail(c);
            return;
        }
        struct resp r;
        int k = len ? parse(b, len, eof, &r) : eof ? -1 : 0;
        if (k < 0) { c_fail(c); return; }
        if (k == 0) {
            if (!c->in) { c->in = malloc(len + 512); c->incap = len + 512; memcpy(c->in, scratch, len); c->inlen = len; }
            if ((size_t)n < sizeof scratch) return;
            continue;
        }
        if (c->st == WAITING) nwaiting--;
        else if (c->st == SENDING) pending_conn--;
        on_response(c, &r);
        if (r.total < len) res[c->idx].dup = 1;
        free(c->in); c->in = NULL; c->inlen = c->incap = 0;
        c->st = IDLE;
        if (r.close || eof) { c_close(c); c->st = CLOSED; }
        return;
    }
}
static void step(int ms) {
    static struct epoll_event ev[512];
    int k = epoll_wait(ep, ev, 512, ms);
    for (int i = 0; i < k; i++) {
        struct conn *c = ev[i].data.ptr;
        if (c->fd < 0) continue;
        if (c->st == CONNECTING && (ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
            int err = 0;
            socklen_t l = sizeof err;
            getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
            if (err) { c_fail(c); continue; }
            pending_conn--;
            c_mod(c, EPOLLIN, EPOLL_CTL_MOD);
            c_send(c);
            continue;
        }
        if (c->st == SENDING && (ev[i].events & EPOLLOUT)) {
            ssize_t w = send(c->fd, c->out + c->outoff, c->outlen - c->outoff, MSG_NOSIGNAL);
            if (w < 0 && errno != EAGAIN) { c_fail(c); continue; }
            if (w > 0) c->outoff += w;
            if (c->outoff == c->outlen) {
                free(c->out); c->out = NULL;
                c->st = WAITING; nwaiting++; pending_conn--;
                c_mod(c, EPOLLIN, EPOLL_CTL_MOD);
            }
        }
        if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_in(c);
    }
}
static void steps(double sec) {
    uint64_t end = now_ns() + (uint64_t)(sec * 1e9);
    for (uint64_t t; (t = now_ns()) < end;) {
        uint64_t left = (end - t + MS - 1) / MS;
        step(left > 50 ? 50 : (int)left);
    }
}
static int bar_no;
static void barrier(double limit) {
    int k = bar_no++;
    uint64_t end = now_ns() + (uint64_t)(limit * 1e9);
    sh->bar[k]++;
    while (sh->bar[k] < o.procs) {
        if (sh->abort || now_ns() > end) { sh->abort = 1; die("barrier %d not reached", k); }
        step(1);
    }
}
/* put every connection of this process into WAITING */
static void arm_all(void) {
    uint64_t start = now_ns(), end = start + (uint64_t)(o.ctimeout * 1e9);
    int i = 0, may = ncs;
    while ((i < ncs || pending_conn > 0) && now_ns() < end) {
        if (o.rate > 0) { /* at most rate per second over all processes */
            double m = (now_ns() - start) / 1e9 * o.rate / o.procs + 1;
            may = m < ncs ? (int)m : ncs;
        }
        while (i < may && pending_conn < o.inflight) {
            struct conn *c = &cs[i++];
            if (c->st == IDLE) c_send(c);
            else if (c->st == CLOSED) { if (cur_round) sh->reconnects++; c_open(c); }
            if ((i & 255) == 0) step(0);
        }
        step(pending_conn >= o.inflight || i >= ncs ? 10 : i >= may ? 1 : 0);
    }
}

/* ---------- modes ---------- */
static void do_hold(void) {
    size_t shsz = sizeof *sh + sizeof(int) * (8 + 4 * (size_t)o.rounds);
    sh = mmap(NULL, shsz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    res = mmap(NULL, sizeof *res * (size_t)o.n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sh == MAP_FAILED || res == MAP_FAILED) die("mmap");
    char *hk0 = NULL, *hk1 = NULL;
    if (o.hook) hk0 = strdup(run_hook(o.hook));
    struct sample base = take(1);
    int kids[64], me = 0;
    for (int p = 1; p < o.procs; p++) {
        int pid = fork();
        if (pid < 0) die("fork");
        if (pid == 0) { me = p; break; }
        kids[p] = pid;
    }
    ep = epoll_create1(EPOLL_CLOEXEC);
    first = (int)((long)o.n * me / o.procs);
    ncs = (int)((long)o.n * (me + 1) / o.procs) - first;
    cs = calloc(ncs ? ncs : 1, sizeof *cs);
    for (int i = 0; i < ncs; i++) { cs[i].fd = -1; cs[i].idx = first + i; cs[i].tgt = (first + i) % o.nt; cs[i].st = CLOSED; }
    uint64_t ts = now_ns();
    arm_all();
    barrier(o.ctimeout + 10);
    double arm_s = (now_ns() - ts) / 1e9;
    struct bc pb[MAXT];
    for (int i = 0; i < o.npt; i++) { pb[i] = (struct bc){.fd = -1, .t = &o.pt[i]}; }
    if (me == 0) {
        J("{\"mode\":\"hold\",\"label\":\"%s\",\"n\":%d,\"procs\":%d,\"targets\":%d,\"pids\":%d,\"arm_s\":%.3f", o.label ? o.label : "", o.n,
          o.procs, o.nt, npid, arm_s);
        steps(o.settle);
        if (o.hook) { hk1 = strdup(run_hook(o.hook)); steps(1); }
        struct sample a = take(1);
        steps(o.idle);
        struct sample b = take(1);
        long early = 0;
        for (int i = 0; i < o.n; i++) early += res[i].done;
        J(",\"connect_failed\":%d,\"held\":%ld", sh->connfail, o.n - early);
        J(",\"mem\":{\"rss_base_kb\":%ld,\"rss_held_kb\":%ld,\"pss_base_kb\":%ld,\"pss_held_kb\":%ld,\"pss_per_waiter_b\":%.0f,\"tcp_sock_pages\":[%ld,%ld]}",
          base.rss, b.rss, base.pss, b.pss, (b.pss - base.pss) * 1024.0 / o.n, base.sockpages, b.sockpages);
        J(",\"idle\":{\"window_s\":%.2f,\"cpu_ticks\":%lu,\"cpu_pct\":%.2f,\"other_cpu_pct\":%.1f}", (b.t - a.t) / 1e9, (unsigned long)(b.ticks - a.ticks), cpu_pct(&a, &b), other_pct(&a, &b));
        if (o.hook) J(",\"hook\":[\"%s\",\"%s\"]", hk0, hk1);
        J(",\"rounds\":[");
    }
    uint64_t *lat = me == 0 ? malloc(sizeof *lat * (size_t)o.n) : NULL;
    int bad_total = 0;
    for (int r = 0; r < o.rounds; r++) {
        barrier(o.ctimeout + o.settle + o.idle + o.wait + 60);
        int pst = 0;
        uint64_t plat = 0;
        struct sample a = {0}, b;
        double sc = 0;
        if (me == 0) {
            if (r) steps(o.settle);
            for (int q = 0; o.quiet > 0 && q < 15; q++) { /* let a burst of the rest of the machine pass, at most 3 s */
                struct sample x = take(0), y;
                steps(0.2);
                y = take(0);
                if (other_pct(&x, &y) < o.quiet) break;
            }
            a = take(0);
            sc = self_cpu();
            struct bc *p = &pb[r % o.npt];
            bc_open(p);
            size_t n = build_req(reqbuf, o.pmethod, o.purl, o.phdr, o.nphdr, o.pbody, p->t->name, r, r);
            struct resp pr;
            uint64_t t0 = now_ns();
            if (bc_send(p, reqbuf, n)) { bc_close(p); bc_open(p); t0 = now_ns(); bc_send(p, reqbuf, n); }
            sh->t0 = t0;
            sh->pub_sent = r + 1;
            uint64_t end = t0 + (uint64_t)(o.wait * 1e9);
            int pdone = 0;
            while (now_ns() < end && (ndone < ncs || !pdone)) {
                step(pdone ? 10 : 0 + (ndone >= ncs));
                if (!pdone && p->fd >= 0) {
                    int k = bc_read(p, &pr);
                    if (k) { pdone = 1; plat = now_ns() - t0; pst = k > 0 ? pr.status : 0; }
                } else if (p->fd < 0) pdone = 1;
                if (pdone && (pst < 200 || pst > 299) && end > t0 + 2 * NS) end = t0 + 2 * NS; /* refused: do not wait long */
            }
        } else {
            uint64_t end = now_ns() + (uint64_t)((o.settle + o.idle + 60) * 1e9);
            while (sh->pub_sent < r + 1 && now_ns() < end && !sh->abort) step(1);
            end = now_ns() + (uint64_t)(o.wait * 1e9);
            while (ndone < ncs && now_ns() < end) step(10);
        }
        barrier(o.wait + 60);
        if (me == 0) { b = take(0); sc = self_cpu() - sc; }
        steps(o.linger);
        barrier(30);
        if (me == 0) {
            long st[1000] = {0}, ok = 0, miss = 0, early = 0, bad = 0, dup = 0, err = 0;
            for (int i = 0; i < o.n; i++) {
                struct res *x = &res[i];
                if (x->dup) dup++;
                if (!x->done) { miss++; continue; }
                if (x->err) { err++; continue; }
                if (x->t < sh->t0) { early++; st[x->status]++; continue; }
                if (x->status > 0 && x->status < 1000) st[x->status]++;
                if (x->bad) bad++;
                lat[ok++] = x->t - sh->t0;
            }
            J("%s{\"responses\":%ld,\"missing\":%ld,\"early\":%ld,\"conn_error\":%ld,\"duplicated\":%ld,\"wrong_body\":%ld,", r ? "," : "", ok, miss,
              early, err, dup, bad);
            J_lat(lat, ok);
            J(",");
            J_status(st);
            J(",\"publish_status\":%d,\"publish_ms\":%.3f,\"server_cpu_s\":%.2f,\"client_cpu_s\":%.3f,\"other_cpu_pct\":%.0f}", pst, plat / 1e6,
              (b.ticks - a.ticks) / (double)sysconf(_SC_CLK_TCK), sc, other_pct(&a, &b));
            if (miss || early || err || dup || bad) bad_total++;
        }
        barrier(60);
        if (r + 1 < o.rounds) {
            for (int i = 0; i < ncs; i++) {
                struct conn *c = &cs[i];
                if (c->st == WAITING || c->st == SENDING || c->st == CONNECTING) { c_close(c); c->st = CLOSED; }
            }
            pending_conn = nwaiting = ndone = 0;
            memset(&res[first], 0, sizeof *res * (size_t)ncs);
            cur_round = r + 1;
            if (o.rearm_delay > 0) steps(o.rearm_delay);
            arm_all();
        }
    }
    for (int i = 0; i < ncs; i++) c_close(&cs[i]);
    if (me) _exit(0);
    for (int p = 1; p < o.procs; p++) waitpid(kids[p], NULL, 0);
    struct sample z = take(1);
    J("],\"reconnects\":%d,\"bad_rounds\":%d,\"pss_end_kb\":%ld}", sh->reconnects, bad_total, z.pss);
    puts(js);
}

static void nap(double ms) {
    struct timespec t = {(time_t)(ms / 1000), (long)((ms - 1000 * (long)(ms / 1000)) * 1e6)};
    nanosleep(&t, NULL);
}

static void do_pingpong(void) {
    struct bc w = {.fd = -1, .t = &o.t[0]}, p = {.fd = -1, .t = &o.pt[0]};
    uint64_t *lat = malloc(sizeof *lat * (size_t)o.count), *pl = malloc(sizeof *pl * (size_t)o.count);
    size_t n = 0, np = 0;
    long st[1000] = {0}, pst[1000] = {0}, miss = 0, bad = 0, early = 0;
    struct sample a = take(0);
    uint64_t start = now_ns(), stop = start + (uint64_t)(o.ctimeout * 1e9);
    int done = 0;
    for (int i = 0; i < o.count && now_ns() < stop; i++, done++) {
        struct target *pt = &o.pt[i % o.npt];
        if (p.t != pt) { bc_close(&p); p.t = pt; }
        bc_open(&w);
        bc_open(&p);
        if (w.fd < 0 || p.fd < 0) die("connect: %s", strerror(errno));
        size_t k = build_req(reqbuf, o.method, o.url, o.hdr, o.nhdr, o.body, w.t->name, 0, i);
        if (bc_send(&w, reqbuf, k)) { bc_close(&w); bc_open(&w); bc_send(&w, reqbuf, k); }
        if (o.gap > 0) nap(o.gap);
        k = build_req(reqbuf, o.pmethod, o.purl, o.phdr, o.nphdr, o.pbody, p.t->name, i, i);
        int wd = 0, pd = 0;
        struct resp r;
        if (w.fd >= 0) {
            int q = bc_read(&w, &r);
            if (q) { wd = 1; if (q > 0) { early++; st[r.status]++; } else miss++; }
        }
        uint64_t t0 = now_ns(), end = t0 + (uint64_t)(o.wait * 1e9), t;
        if (bc_send(&p, reqbuf, k)) { bc_close(&p); bc_open(&p); t0 = now_ns(); bc_send(&p, reqbuf, k); }
        while ((!wd || !pd) && (t = now_ns()) < end) {
            struct pollfd f[2] = {{wd ? -1 : w.fd, POLLIN, 0}, {pd ? -1 : p.fd, POLLIN, 0}};
            if (poll(f, 2, (int)((end - t) / MS) + 1) <= 0) break;
            if (f[0].revents && !wd) {
                int q = bc_read(&w, &r);
                if (q > 0) {
                    lat[n++] = now_ns() - t0;
                    st[r.status]++;
                    if (o.expect && !expected(r.body, r.blen, 0, i)) bad++;
                } else if (q < 0) miss++;
                if (q) wd = 1;
            }
            if (f[1].revents && !pd) {
                int q = bc_read(&p, &r);
                if (q > 0) { pl[np++] = now_ns() - t0; pst[r.status]++; }
                if (q) pd = 1;
            }
        }
        if (!wd) { miss++; bc_close(&w); }
        if (!pd) bc_close(&p);
    }
    double dt = (now_ns() - start) / 1e9;
    struct sample b = take(0);
    J("{\"mode\":\"pingpong\",\"label\":\"%s\",\"count\":%d,\"done\":%d,\"responses\":%zu,\"missing\":%ld,\"early\":%ld,\"wrong_body\":%ld,\"seconds\":%.2f,\"server_cpu_s\":%.2f,\"other_cpu_pct\":%.1f,",
      o.label ? o.label : "", o.count, done, n, miss, early, bad, dt, (b.ticks - a.ticks) / (double)sysconf(_SC_CLK_TCK), other_pct(&a, &b));
    J_lat(lat, n);
    J(",");
    J_status(st);
    J(",\"publish\":{");
    J_lat(pl, np);
    J(",");
    J_status(pst);
    J("}}");
    puts(js);
}

static void do_pub(void) {
    struct bc *b = calloc(o.conns, sizeof *b);
    uint64_t *t0 = calloc(o.conns, sizeof *t0);
    size_t cap = 1 << 20, n = 0;
    uint64_t *lat = malloc(cap * sizeof *lat);
    long st[1000] = {0}, err = 0, bad = 0, seq = 0;
    int e = epoll_create1(EPOLL_CLOEXEC);
    struct sample a = {0}, z;
    uint64_t start = now_ns(), end = start + (uint64_t)((o.secs + o.warm) * 1e9), wend = start + (uint64_t)(o.warm * 1e9), t;
    int live = 0, warmed = o.warm <= 0;
    if (warmed) a = take(0);
    for (int i = 0; i < o.conns; i++) {
        b[i] = (struct bc){.fd = -1, .t = &o.pt[i % o.npt]};
        bc_open(&b[i]);
        if (b[i].fd < 0) die("connect: %s", strerror(errno));
        struct epoll_event v = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(e, EPOLL_CTL_ADD, b[i].fd, &v);
        size_t k = build_req(reqbuf, o.pmethod, o.purl, o.phdr, o.nphdr, o.pbody, b[i].t->name, seq, seq);
        seq++;
        t0[i] = now_ns();
        bc_send(&b[i], reqbuf, k);
        live++;
    }
    while ((t = now_ns()) < end && live > 0) {
        if (!warmed && t >= wend) { warmed = 1; n = 0; memset(st, 0, sizeof st); err = bad = 0; start = t; a = take(0); }
        struct epoll_event ev[256];
        int k = epoll_wait(e, ev, 256, 100);
        for (int j = 0; j < k; j++) {
            int i = ev[j].data.u32;
            struct resp r;
            int q = bc_read(&b[i], &r);
            if (!q) continue;
            if (q > 0) {
                if (n == cap) lat = realloc(lat, (cap *= 2) * sizeof *lat);
                lat[n++] = now_ns() - t0[i];
                st[r.status]++;
                if (o.expect && !memmem(r.body, r.blen, o.expect, strlen(o.expect))) bad++;
            } else err++;
            if (b[i].fd < 0) {
                bc_open(&b[i]);
                if (b[i].fd < 0) { live--; err++; continue; }
                struct epoll_event v = {.events = EPOLLIN, .data.u32 = i};
                epoll_ctl(e, EPOLL_CTL_ADD, b[i].fd, &v);
            }
            size_t m = build_req(reqbuf, o.pmethod, o.purl, o.phdr, o.nphdr, o.pbody, b[i].t->name, seq, seq);
            seq++;
            t0[i] = now_ns();
            if (bc_send(&b[i], reqbuf, m)) err++;
        }
    }
    double dt = (now_ns() - start) / 1e9;
    z = take(0);
    J("{\"mode\":\"pub\",\"label\":\"%s\",\"conns\":%d,\"seconds\":%.2f,\"requests\":%zu,\"req_per_s\":%.0f,\"errors\":%ld,\"wrong_body\":%ld,\"server_cpu_pct\":%.1f,\"other_cpu_pct\":%.1f,",
      o.label ? o.label : "", o.conns, dt, n, n / dt, err, bad, cpu_pct(&a, &z), other_pct(&a, &z));
    J_lat(lat, n);
    J(",");
    J_status(st);
    J("}");
    puts(js);
}

static char *slurp(char *a) {
    if (a[0] != '@') return a;
    FILE *f = fopen(a + 1, "r");
    if (!f) die("cannot read %s", a + 1);
    char *b = malloc(32768);
    size_t n = fread(b, 1, 32767, f);
    b[n] = 0;
    fclose(f);
    return b;
}

static void usage(void) {
    fputs("usage: holdload hold|pingpong|pub [options]\n"
          " waiters:   -t ip:port[,..] -u URL [-m METHOD] [-H 'Name: v'].. [-d body] -n N [--procs P] [--src K] [--inflight 128] [--rate req/s]\n"
          " publisher: [-T ip:port[,..]] -U URL [-M POST] [-Y 'Name: v'].. [-D body|@file]\n"
          " check:     [-e substring [--exact]]  templates: %d connection (publisher: sequence), %r round, %n round + 1, %% = %\n"
          " hold:      -r rounds --settle s --idle s --wait s --linger s --rearm-delay s --quiet pct -p pid[+][,..] --hook CMD\n"
          " pingpong:  -k count --gap ms --wait s\n"
          " pub:       -c conns -s seconds --warm seconds\n"
          " any:       --label text --ctimeout s\n", stderr);
    exit(2);
}

int main(int argc, char **argv) {
    if (argc < 2 || argv[1][0] == '-') usage();
    o.mode = argv[1];
    enum { O_PROCS = 256, O_SRC, O_INFL, O_SETTLE, O_IDLE, O_WAIT, O_LINGER, O_GAP, O_LABEL, O_CT, O_HOOK, O_RD, O_WARM, O_RATE, O_QUIET, O_EXACT };
    static struct option lo[] = {{"procs", 1, 0, O_PROCS}, {"src", 1, 0, O_SRC}, {"inflight", 1, 0, O_INFL}, {"settle", 1, 0, O_SETTLE},
        {"idle", 1, 0, O_IDLE}, {"wait", 1, 0, O_WAIT}, {"linger", 1, 0, O_LINGER}, {"gap", 1, 0, O_GAP}, {"label", 1, 0, O_LABEL},
        {"ctimeout", 1, 0, O_CT}, {"hook", 1, 0, O_HOOK}, {"rearm-delay", 1, 0, O_RD}, {"warm", 1, 0, O_WARM}, {"rate", 1, 0, O_RATE}, {"quiet", 1, 0, O_QUIET}, {"exact", 0, 0, O_EXACT}, {0, 0, 0, 0}};
    int c;
    optind = 2;
    while ((c = getopt_long(argc, argv, "t:u:m:H:d:n:T:U:M:Y:D:e:r:p:k:c:s:", lo, NULL)) != -1) switch (c) {
        case 't': o.nt = parse_targets(optarg, o.t); break;
        case 'T': o.npt = parse_targets(optarg, o.pt); break;
        case 'u': o.url = optarg; break;
        case 'm': o.method = optarg; break;
        case 'd': o.body = slurp(optarg); break;
        case 'H': if (o.nhdr < MAXHDR) o.hdr[o.nhdr++] = optarg; break;
        case 'U': o.purl = optarg; break;
        case 'M': o.pmethod = optarg; break;
        case 'Y': if (o.nphdr < MAXHDR) o.phdr[o.nphdr++] = optarg; break;
        case 'D': o.pbody = slurp(optarg); break;
        case 'n': o.n = atoi(optarg); break;
        case 'e': o.expect = optarg; break;
        case 'r': o.rounds = atoi(optarg); break;
        case 'p': o.pids = optarg; break;
        case 'k': o.count = atoi(optarg); break;
        case 'c': o.conns = atoi(optarg); break;
        case 's': o.secs = atof(optarg); break;
        case O_PROCS: o.procs = atoi(optarg); break;
        case O_SRC: o.nsrc = atoi(optarg); break;
        case O_INFL: o.inflight = atoi(optarg); break;
        case O_SETTLE: o.settle = atof(optarg); break;
        case O_IDLE: o.idle = atof(optarg); break;
        case O_WAIT: o.wait = atof(optarg); break;
        case O_LINGER: o.linger = atof(optarg); break;
        case O_GAP: o.gap = atof(optarg); break;
        case O_LABEL: o.label = optarg; break;
        case O_CT: o.ctimeout = atof(optarg); break;
        case O_HOOK: o.hook = optarg; break;
        case O_RD: o.rearm_delay = atof(optarg); break;
        case O_WARM: o.warm = atof(optarg); break;
        case O_EXACT: o.exact = 1; break;
        case O_QUIET: o.quiet = atof(optarg); break;
        case O_RATE: o.rate = atof(optarg); break;
        default: usage();
        }
    signal(SIGPIPE, SIG_IGN);
    if (!o.nt && !o.npt) usage();
    if (!o.npt) { memcpy(o.pt, o.t, sizeof o.t); o.npt = o.nt; }
    if (!o.nt) { memcpy(o.t, o.pt, sizeof o.t); o.nt = o.npt; }
    if (o.n < 1 || o.rounds < 1 || o.count < 1 || o.conns < 1 || o.procs < 1 || o.procs > 63) usage();
    if (o.pids) parse_pids(o.pids);
    /* raise the descriptor limit as far as allowed */
    struct rlimit rl = {1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_NOFILE, &rl)) {
        getrlimit(RLIMIT_NOFILE, &rl);
        rl.rlim_cur = rl.rlim_max;
        setrlimit(RLIMIT_NOFILE, &rl);
        getrlimit(RLIMIT_NOFILE, &rl);
    }
    if (!strcmp(o.mode, "hold")) {
        long per = ((long)o.n + o.procs - 1) / o.procs + 40;
        if ((long)rl.rlim_cur < per) {
            o.procs = (int)(((long)o.n + (long)rl.rlim_cur - 41) / ((long)rl.rlim_cur - 40));
            fprintf(stderr, "holdload: RLIMIT_NOFILE %ld: using %d processes\n", (long)rl.rlim_cur, o.procs);
            if (o.procs > 63) die("too many processes needed");
        }
        if (!o.nsrc) o.nsrc = o.n / o.nt / 15000 + 1;
        do_hold();
    } else if (!strcmp(o.mode, "pingpong")) do_pingpong();
    else if (!strcmp(o.mode, "pub")) do_pub();
    else usage();
    return 0;
}
