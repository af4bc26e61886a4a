#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# What it costs to have a worker answer that has dialled in: ./dispatch.sh [latency] [four]. `latency`: requests that take no time, and 1 ms,
# straight to a server, through Cranker, and through Holdfast, with the worker at the same member and at another. `four`: workers that do
# one thing at a time, and jobs of 50 ms to 2 s, behind nginx, HAProxy and Holdfast. Prints Markdown tables. Needs a C compiler, a JDK 17,
# Maven, nginx, haproxy and a build.
set -euo pipefail
cd "$(dirname "$0")"
ROOT="$(cd ../.. && pwd)"
WORK="$ROOT/benchmarks/target/load"
WAR="${WAR:-$ROOT/webapp/target/holdfast.war}"
PORT="${PORT:-28940}" ROUNDS="${ROUNDS:-3}" REQUESTS="${REQUESTS:-20000}" JOBS="${JOBS:-400}" RATE="${RATE:-5.3}" SEED="${SEED:-7}"
TARGET=$((PORT + 1)) ROUTER=$((PORT + 2)) REGISTER=$((PORT + 3)) NGINX=$((PORT + 4)) HAPROXY=$((PORT + 5)) QUEUEING=$((PORT + 6)) SINGLE=$((PORT + 10))
PIDS=()
mkdir -p "$WORK"
[ "$WORK/dispatch" -nt dispatch.c ] || cc -O2 -Wall -pthread -o "$WORK/dispatch" dispatch.c -lm
dispatch="$WORK/dispatch"

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  PIDS=()
}
trap stop EXIT

# up PORT: waits until something listens there
up() {
  local i
  for i in $(seq 300); do
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  echo "nothing listens on $1" >&2
  return 1
}

# members N: that many of a cluster, at PORT + 20, their workers at PORT + 30, themselves at PORT + 40
members() {
  local i peers=127.0.0.1:$((PORT + 40)),127.0.0.1:$((PORT + 41))
  for i in $(seq 0 $(($1 - 1))); do
    java -jar "$WAR" --port $((PORT + 20 + i)) --worker-port $((PORT + 30 + i)) --cluster "dispatch-$PORT" --cluster-port $((PORT + 40 + i)) \
      --peers "$peers" > "$WORK/dispatch-$i.log" 2>&1 &
    PIDS+=($!)
  done
  for i in $(seq 0 $(($1 - 1))); do
    until curl -sf -m 2 "http://127.0.0.1:$((PORT + 20 + i))/metrics" | grep -q "^holdfast_cluster_members $1.0"; do sleep 0.2; done
  done
}

# ask NAME PORT PATH CLIENTS US: one row
ask() {
  "$dispatch" clients "$2" "$3" "$4" "$REQUESTS" "$5" |
    awk -v name="$1" -v clients="$4" -v us="$5" '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", name, us / 1000, clients, $2, $3, $4, $5, $6 }'
}

latency() {
  local round clients us
  mvn -q -f cranker/pom.xml dependency:copy-dependencies -DoutputDirectory="$WORK/cranker"
  "$dispatch" server "$TARGET" & PIDS+=($!)
  java -cp "$WORK/cranker/*" cranker/Cranker.java router "$ROUTER" "$REGISTER" > "$WORK/cranker.log" 2>&1 & PIDS+=($!)
  up "$ROUTER"
  java -cp "$WORK/cranker/*" cranker/Cranker.java connector "$REGISTER" "$TARGET" 50 "${CRANKER:-cranker_1.0}" >> "$WORK/cranker.log" 2>&1 & PIDS+=($!)
  members 2
  "$dispatch" workers $((PORT + 30)) 50 & local near=$!
  PIDS+=("$near")
  for port in "$TARGET" "$ROUTER"; do
    "$dispatch" clients "$port" / 50 40000 0 > "$WORK/dispatch.warm"
  done
  "$dispatch" clients $((PORT + 20)) /work/default/ 50 40000 0 > "$WORK/dispatch.warm"
  "$dispatch" clients $((PORT + 21)) /work/default/ 50 40000 0 > "$WORK/dispatch.warm"
  echo "| through | job, ms | at a time | failed | requests/s | mean, ms | median, ms | 99 %, ms |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
  for round in $(seq "$ROUNDS"); do
    for clients in 1 50; do
      for us in 0 1000; do
        REQUESTS=$((clients == 1 ? 3000 : 20000))
        ask nobody "$TARGET" / "$clients" "$us"
        ask Cranker "$ROUTER" / "$clients" "$us"
        ask "Holdfast, same member" $((PORT + 20)) /work/default/ "$clients" "$us"
        ask "Holdfast, another member" $((PORT + 21)) /work/default/ "$clients" "$us"
      done
    done
  done
  stop
}

# jobs NAME PORT PATH: one row
jobs() {
  "$dispatch" stream "$2" "$3" "$RATE" "$JOBS" 50000 2000000 "$SEED" |
    awk -v name="$1" '{ printf "| %s | %s | %s | %s | %s | %s |\n", name, $1, $2, $4, $5, $6 }'
}

four() {
  local i servers="" lines="" queueing=""
  for i in 0 1 2 3; do
    "$dispatch" single $((SINGLE + i)) & PIDS+=($!)
    servers+="server 127.0.0.1:$((SINGLE + i)); "
    lines+="  server s$i 127.0.0.1:$((SINGLE + i))"$'\n'
    queueing+="  server s$i 127.0.0.1:$((SINGLE + i)) maxconn 1"$'\n'
  done
  cat > "$WORK/dispatch.nginx" << END
daemon off;
pid $WORK/dispatch.pid;
error_log $WORK/dispatch-nginx.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $WORK/nginx-body; proxy_temp_path $WORK/nginx-proxy; fastcgi_temp_path $WORK/nginx-f;
  uwsgi_temp_path $WORK/nginx-u; scgi_temp_path $WORK/nginx-s;
  upstream workers { $servers }
  server { listen 127.0.0.1:$NGINX; location / { proxy_pass http://workers; } }
}
END
  cat > "$WORK/dispatch.haproxy" << END
defaults
  mode http
  timeout connect 120s
  timeout client 120s
  timeout server 120s
  timeout queue 120s
  option httpclose
frontend plain
  bind 127.0.0.1:$HAPROXY
  default_backend plain
frontend queueing
  bind 127.0.0.1:$QUEUEING
  default_backend queueing
backend plain
  balance roundrobin
$lines
backend queueing
  balance leastconn
$queueing
END
  nginx -c "$WORK/dispatch.nginx" 2>> "$WORK/dispatch-nginx.log" & PIDS+=($!)
  haproxy -db -f "$WORK/dispatch.haproxy" > "$WORK/dispatch-haproxy.log" 2>&1 & PIDS+=($!)
  members 1
  "$dispatch" workers $((PORT + 30)) 4 & PIDS+=($!)
  up "$NGINX" && up "$HAPROXY"
  sleep 2
  echo "| through | jobs | failed | mean, ms | median, ms | 99 %, ms |"
  echo "| --- | --- | --- | --- | --- | --- |"
  jobs "nginx, round robin" "$NGINX" /
  jobs "HAProxy, round robin" "$HAPROXY" /
  jobs "HAProxy, which is told that each does one (\`maxconn 1\`)" "$QUEUEING" /
  jobs "Holdfast" $((PORT + 20)) /work/default/
  stop
}

for what in "${@:-latency}"; do "$what"; done
[ $# -gt 0 ] || four
