#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
"""Checks chanload against a tiny server of channels with known faults: chanload_selftest.py PATH_TO_CHANLOAD"""
import json, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

events, lock = {}, threading.Condition()  # by channel: (id, data)
readers = {}  # by channel: how many have come; the fourth has a fault
FAULTY = 3


class H(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *a): pass

    def channel(self): return self.path.split("/")[2]

    def send(self, status, body=b"", **headers):
        head = "".join("%s: %s\r\n" % h for h in headers.items()) + ("" if status == 204 else "Content-Length: %d\r\n" % len(body))
        self.wfile.write(b"HTTP/1.1 %d X\r\n%s\r\n%s" % (status, head.encode(), body))

    def do_POST(self):
        c, data = self.channel(), self.rfile.read(int(self.headers["Content-Length"])).decode()
        if c == "refused":
            return self.send(503, b"{}")
        with lock:
            log = events.setdefault(c, [])
            log.append(("id-%d" % len(log), data))
            id = log[-1][0]
            lock.notify_all()
        if c == "other-id": id = "id-x"
        self.send(201, b'{"id":"%s","receipt":{"committed":%s,"backups":0,"released":{"a":3,"b":4},"unknown":[]}}\n'
                  % (id.encode(), b"false" if c == "uncommitted" else b"true"))

    def wait(self, c, at):
        with lock:
            while len(events.get(c, [])) <= at: lock.wait(20)
            return events[c][at]

    def do_GET(self):
        c = self.channel()
        if not hasattr(self, "me"):
            with lock:
                self.me = readers[c] = readers.get(c, -1) + 1
        faulty = self.me == FAULTY
        if "event-stream" in self.headers.get("Accept", ""): return self.stream(c, faulty)
        at = len(events.get(c, []))
        if "after=earliest" in self.path: at = 0
        elif "wait=0" in self.path: return self.send(204, ETag='"id-%d"' % (at - 1))
        else: at = int(self.path.split("after=id-")[1].split("&")[0]) + 1
        id, data = self.wait(c, at)
        etag, last = '"%s"' % id, id
        if c == "missing" and faulty: threading.Event().wait(60)
        if c == "wrong" and faulty: data = data.replace("a", "b")
        if c.startswith("content"): data = data + "!"
        if c == "etag" and faulty: etag = '"other"'
        if c == "last" and faulty: last = "other"
        body = ('{"events":[{"id":"%s","channel":"%s","time":"2026-11-21T10:15:30.123Z","contentType":"text/plain","data":"%s"}],"last":"%s"}\n'
                % (id, c, data, last)).encode()
        if c == "cut" and faulty and at == 0:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"); self.close_connection = True
            return
        self.send(200, body, ETag=etag)
        if c == "doubled" and faulty: self.send(200, body, ETag=etag)

    def stream(self, c, faulty):
        def chunk(text):
            b = text.encode()
            if c == "split":
                for k in b"%x\r\n%s\r\n" % (len(b), b): self.wfile.write(bytes([k])); self.wfile.flush()
            elif c == "pieces":
                for k in range(0, len(b), 5): self.wfile.write(b"%x\r\n%s\r\n" % (len(b[k:k + 5]), b[k:k + 5]))
            else: self.wfile.write(b"%x\r\n%s\r\n" % (len(b), b))
        last = self.headers.get("Last-Event-ID")
        at = int(last[3:]) + 1 if last else len(events.get(c, []))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk("retry: 2000\n\n")
        if not last: chunk("id: id-%d\n\n" % (at - 1))
        chunk(": still here\n\n")
        swapped = False
        for i in range(at, 100000):
            id, data = self.wait(c, i)
            if c == "disorder" and faulty and not swapped:
                id, data = self.wait(c, i + 1); swapped = True
            elif c == "disorder" and faulty and i == at + 1: id, data = self.wait(c, at)
            if c == "missing" and faulty: continue
            if c == "cut" and faulty and i == at and not last:
                self.wfile.write(b"9\r\nid:"); self.close_connection = True
                return
            if c == "wrong" and faulty: data = data.replace("a", "b")
            if c == "gap" and faulty: chunk("event: gap\ndata: {}\n\n")
            if c == "odd" and faulty: chunk("event: x\ndata: y\n\n")
            chunk("id: %s\ndata: %s\n\n" % (id, data))
            if c == "doubled" and faulty: chunk("id: %s\ndata: %s\n\n" % (id, data))


class S(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *a): pass


s = S(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
T = "127.0.0.1:%d" % s.server_address[1]
bad = 0


def run(kind, channel, mode, *a):
    events.clear(); readers.clear()
    events[channel] = [("id-0", "seed")] if mode == "release" else []
    out = subprocess.run([sys.argv[1], mode, "-t", T, "-k", kind, "-C", channel, "--settle", "0.3", "--idle", "0", "--wait", "1.5", "--quiet", "0",
                          "--linger", "0.3", *a], capture_output=True, text=True, timeout=60)
    return json.loads(out.stdout)


def want(what, got, **fields):
    global bad
    found = {k: got[k] for k in fields}
    if found != fields: bad += 1; print("FAIL", what, found, "expected", fields)


NONE = {"responses": 20, "missing": 0, "early": 0, "conn_error": 0, "duplicated": 0, "wrong_body": 0}
FAULTS = {"poll": {"plain": {}, "missing": {"missing": 1, "responses": 19}, "wrong": {"wrong_body": 1}, "content": {"wrong_body": 20},
                   "etag": {"wrong_body": 1, "missing": 1, "responses": 19}, "last": {"wrong_body": 1, "missing": 1, "responses": 19},
                   "doubled": {"wrong_body": 1, "conn_error": 1}, "other-id": {"wrong_body": 20}, "uncommitted": {"wrong_body": 20}},
          "sse": {"plain": {}, "split": {}, "pieces": {}, "missing": {"missing": 1, "responses": 19}, "wrong": {"wrong_body": 1},
                  "doubled": {"duplicated": 1}, "gap": {"conn_error": 1}, "odd": {"wrong_body": 1}, "cut": {"conn_error": 1},
                  "other-id": {"wrong_body": 20}}}
for kind, faults in FAULTS.items():
    for channel, fields in faults.items():
        for r in run(kind, channel, "release", "-n", "20", "-r", "1")["rounds"]:
            want("%s %s" % (kind, channel), r, **{**NONE, **fields})
for kind in FAULTS:
    for r in run(kind, "plain", "release", "-n", "20", "-r", "3")["rounds"]: want(kind + ", three rounds", r, **NONE, released=7, silent=0)

NONE = {"readers": 5, "errors": 0, "missing": 0, "duplicated": 0, "wrong_body": 0, "disordered": 0, "gaps": 0, "cuts": 0}
for channel, fields in {"plain": {}, "split": {}, "pieces": {}, "missing": {"missing": 40}, "wrong": {"wrong_body": 1}, "doubled": {"duplicated": 40},
                        "disorder": {"disordered": 1}, "gap": {"gaps": 40}, "odd": {"wrong_body": 40}, "cut": {"cuts": 1}}.items():
    for conns in ("1", "3"):
        want("publish %s %s" % (channel, conns), run("sse", channel, "publish", "-n", "5", "-c", conns, "--count", "40"), **{**NONE, **fields}, published=40)
want("refused", run("sse", "refused", "publish", "-n", "0", "--count", "10"), errors=10, published=0)
want("uncommitted", run("sse", "uncommitted", "publish", "-n", "0", "--count", "10"), errors=10, published=0)
for channel, wrong in (("plain", 0), ("content", 10)):
    want("look " + channel, run("sse", channel, "publish", "-n", "0", "--count", "10", "--channels", "10", "--check", "10"), looked_at=10, of_them_wrong=wrong)
print("chanload self-test:", "FAILED %d" % bad if bad else "ok")
sys.exit(bad > 0)
