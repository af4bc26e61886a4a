#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
"""Checks holdload against a tiny server with known faults: holdload_selftest.py PATH_TO_HOLDLOAD"""
import json, socket, subprocess, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

held, lock = [], threading.Condition()
gen = [0, b""]


class H(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *a): pass

    def do_GET(self):
        kind, i = self.path.strip("/").split("/")[:2]
        i = int(i)
        with lock:
            g = gen[0]
            if kind == "early" and i == 3: pass
            else:
                while gen[0] == g: lock.wait(20)
            b = gen[1]
        w = self.wfile.write
        if kind == "missing" and i == 3:
            time.sleep(3); b = b"late"
        if kind == "wrong" and i == 3: b = b"other"
        if kind == "chunked":
            w(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for k in range(0, len(b), 4):
                c = b[k:k + 4]; w(b"%x;x=y\r\n%s\r\n" % (len(c), c)); self.wfile.flush()
            w(b"0\r\nTrailer: 1\r\n\r\n")
        elif kind == "close":
            w(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(b), b)); self.close_connection = True
        elif kind == "eof":
            w(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b); self.close_connection = True
        elif kind == "nocontent": w(b"HTTP/1.1 204 No Content\r\n\r\n")
        elif kind == "cut" and i == 3:
            w(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"); self.close_connection = True
        elif kind == "interim":
            w(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(b), b))
        elif kind == "split":
            for c in b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(b), b): w(bytes([c])); self.wfile.flush()
        else:
            r = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(b), b)
            w(r)
            if kind == "dup" and i == 3: w(r)
            if kind == "dup2" and i == 3: self.wfile.flush(); time.sleep(0.05); w(r)

    def do_POST(self):
        b = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            gen[0] += 1; gen[1] = b; lock.notify_all()
        self.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")


class S(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *a): pass


s = S(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
T = "127.0.0.1:%d" % s.server_address[1]


def run(mode, *a):
    out = subprocess.run([sys.argv[1], mode, "-t", T, "-U", "/p", "-D", "value=%r;", "-e", "value=%r;", *a], capture_output=True, text=True, timeout=60)
    return json.loads(out.stdout)


bad = 0
want = {"plain": {}, "chunked": {}, "close": {}, "eof": {}, "interim": {}, "split": {}, "nocontent": {"wrong_body": 20},
        "missing": {"missing": 1, "responses": 19}, "wrong": {"wrong_body": 1}, "dup": {"duplicated": 1}, "dup2": {"duplicated": 1},
        "cut": {"conn_error": 1, "responses": 19}, "early": {"early": 1, "responses": 19}}
for procs in ("1", "2"):
    for kind, w in want.items():
        j = run("hold", "-n", "20", "-r", "2", "--settle", "0.3", "--idle", "0", "--wait", "1", "--quiet", "0", "--procs", procs, "-u", "/%s/%%d" % kind)
        for r in j["rounds"]:
            exp = {"responses": 20, "missing": 0, "early": 0, "conn_error": 0, "duplicated": 0, "wrong_body": 0, **w}
            got = {k: r[k] for k in exp}
            if got != exp: bad += 1; print("FAIL", kind, "procs", procs, got, "expected", exp)
j = run("pingpong", "-k", "50", "--gap", "3", "-u", "/plain/0")
if j["responses"] != 50 or j["missing"] or j["wrong_body"]: bad += 1; print("FAIL pingpong", j)
for body, wrong in (("value=%n;", 0), ("value=%n", 3), ("value=%r;", 3)):
    j = run("pingpong", "-k", "3", "--gap", "3", "-u", "/plain/0", "-D", "value=%n;", "-e", body, "--exact")
    if j["wrong_body"] != wrong: bad += 1; print("FAIL exact", body, j)
j = run("pub", "-c", "4", "-s", "1", "-e", "")
if j["errors"] or set(j["status"]) != {"202"}: bad += 1; print("FAIL pub", j)
print("holdload self-test:", "FAILED %d" % bad if bad else "ok")
sys.exit(bad > 0)
