#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
"""What cameras cost that poll while nobody asks: cameras.py PORT PID [CAMERAS [SECONDS]].

Holds one poll of each camera, gives the compiler a minute, and measures the CPU time of the server until the re-polls. Then the same
cameras ask every ten seconds without being held, and last, one loop waits for a flag without pause, as a server might instead.
"""
import json
import os
import resource
import selectors
import socket
import sys
import time
import urllib.request

port, pid = int(sys.argv[1]), int(sys.argv[2])
cameras = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 40
WAIT = 120
TICK = os.sysconf("SC_CLK_TCK")


def cpu():
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def percent(length, during=lambda: None):
    begun, used = time.monotonic(), cpu()
    while time.monotonic() - begun < length:
        during()
    return round(100 * (cpu() - used) / (time.monotonic() - begun), 2)


def held():
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as metrics:
        for line in metrics.read().decode().splitlines():
            if line.startswith("holdfast_cameras_held "):
                return float(line.split()[1])
    return 0


def request(camera, wait):
    return f"GET /cameras/c{camera}/updates/?wait={wait} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
sockets = []
for camera in range(cameras):
    # The system gives one local address fewer ports than there may be cameras.
    sockets.append(socket.create_connection(("127.0.0.1", port), source_address=(f"127.0.0.{2 + camera // 20_000}", 0)))
selector = selectors.DefaultSelector()
for camera, connection in enumerate(sockets):
    connection.sendall(request(camera, WAIT))
    selector.register(connection, selectors.EVENT_READ, camera)
begun = time.monotonic()
while held() < cameras:
    if time.monotonic() - begun > 60:
        sys.exit(f"only {held()} cameras are held")
    time.sleep(0.5)
time.sleep(60)
result = {"cameras": cameras, "held %": percent(seconds, lambda: time.sleep(0.5))}

for key, _ in selector.select(WAIT + 20):
    break
answered = set()
while len(answered) < cameras:
    for key, _ in selector.select(20):
        key.fileobj.recv(4096)
        answered.add(key.data)
due = [(time.monotonic() + 10 * camera / cameras, camera) for camera in range(cameras)]
at = 0


def ask():
    global at
    while due[at][0] <= time.monotonic():
        when, camera = due[at]
        due.append((when + 10, camera))
        at += 1
        sockets[camera].sendall(request(camera, 0))
    for key, _ in selector.select(0.001):
        key.fileobj.recv(4096)


percent(10, ask)
result["asking every 10 s %"] = percent(30, ask)
flag, begun, used = False, time.monotonic(), time.process_time()
while not flag and time.monotonic() - begun < 5:
    pass
result["one waiting loop %"] = round(100 * (time.process_time() - used) / (time.monotonic() - begun), 2)
print(json.dumps(result))
