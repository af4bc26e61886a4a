#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# What a proxy costs: short requests to an nginx that answers at once, straight and through nginx, Pushpin and Holdfast in turn, after a
# warm-up; prints a Markdown table: ./passing.sh. Needs ab (apache2-utils), nginx, pushpin, a JDK 17 and a build.
set -euo pipefail
cd "$(dirname "$0")"
ROOT="$(cd ../.. && pwd)"
WORK="$ROOT/benchmarks/target/load"
WAR="${WAR:-$ROOT/webapp/target/holdfast.war}"
PORT="${PORT:-28920}" ROUNDS="${ROUNDS:-3}" REQUESTS="${REQUESTS:-20000}" WARMUP="${WARMUP:-20000}"
NGINX=$((PORT + 1)) PUSHPIN=$((PORT + 2)) BACKEND=$((PORT + 3))
PIDS=()
mkdir -p "$WORK"

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop EXIT

# up URL: waits until it is answered
up() {
  local i
  for i in $(seq 300); do
    curl -sf -m 2 -o /dev/null "$1" && return
    sleep 0.2
  done
  echo "nobody answers at $1" >&2
  return 1
}

cat > "$WORK/passing.nginx" << END
daemon off;
pid $WORK/passing.pid;
error_log $WORK/passing.log;
worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $WORK/nginx-body; proxy_temp_path $WORK/nginx-proxy; fastcgi_temp_path $WORK/nginx-f;
  uwsgi_temp_path $WORK/nginx-u; scgi_temp_path $WORK/nginx-s;
  keepalive_requests 1000000;
  upstream backend { server 127.0.0.1:$BACKEND; keepalive 256; keepalive_requests 1000000; }
  server { listen 127.0.0.1:$BACKEND reuseport; location / { default_type text/plain; return 200 "passed on\n"; } }
  server {
    listen 127.0.0.1:$NGINX reuseport;
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
END
nginx -c "$WORK/passing.nginx" 2>> "$WORK/passing.log" &
PIDS+=($!)

conf="$WORK/passing-pushpin"
rm -rf "$conf" && mkdir -p "$conf"
sed 's|ipc:///var/run/zurl/|ipc://{rundir}/{ipc_prefix}|' /usr/lib/pushpin/internal.conf > "$conf/internal.conf"
cp /etc/pushpin/pushpin.conf "$conf/"
for key in "include=$conf/internal.conf" "rundir=$(mktemp -d)" "logdir=$conf" "http_port=127.0.0.1:$PUSHPIN" \
  services=condure,zurl,pushpin-proxy,pushpin-handler "push_in_http_port=$((PORT + 4))" "push_in_spec=tcp://127.0.0.1:$((PORT + 5))" \
  "push_in_sub_specs=tcp://127.0.0.1:$((PORT + 6))" "command_spec=tcp://127.0.0.1:$((PORT + 7))"; do
  sed -i "s|^${key%%=*}=.*|$key|" "$conf/pushpin.conf"
done
echo "* 127.0.0.1:$BACKEND" > "$conf/routes"
pushpin "--config=$conf/pushpin.conf" > "$WORK/passing-pushpin.log" 2>&1 &
PIDS+=($!)

echo "* 127.0.0.1:$BACKEND" > "$WORK/passing.routes"
java -Dholdfast.proxy.routes="$WORK/passing.routes" -Dholdfast.cluster.port=$((PORT + 8)) -jar "$WAR" --port "$PORT" \
  > "$WORK/passing-holdfast.log" 2>&1 &
PIDS+=($!)
up "http://127.0.0.1:$NGINX/" && up "http://127.0.0.1:$PUSHPIN/" && up "http://127.0.0.1:$PORT/health/ready" && up "http://127.0.0.1:$PORT/"

# pass NAME PORT CLIENTS REQUESTS: one row
pass() {
  local out
  out=$(ab -q -k -n "$4" -c "$3" "http://127.0.0.1:$2/" 2>&1) || { echo "$out" >&2; return 1; }
  echo "$out" | awk -v name="$1" -v clients="$3" '
    /^Failed requests/ { failed = $3 } /^Non-2xx/ { failed += $3 } /^Requests per second/ { rate = $4 }
    /^Time per request.*\(mean\)/ { mean = $4 } / 50%/ { median = $2 } / 99%/ { p99 = $2 }
    END { printf "| %s | %s | %s | %.0f | %.3f | %s | %s |\n", name, clients, failed, rate, mean, median, p99 }'
}

for target in "$NGINX" "$PUSHPIN" "$PORT"; do ab -q -k -n "$WARMUP" -c 50 "http://127.0.0.1:$target/" > "$WORK/passing.warm" 2>&1; done
echo "| through | at a time | failed | requests/s | mean, ms | median, ms | 99 %, ms |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
for round in $(seq "$ROUNDS"); do
  for clients in 1 50; do
    count=$((clients == 1 ? REQUESTS / 4 : REQUESTS))
    pass nobody "$BACKEND" "$clients" "$count"
    pass nginx "$NGINX" "$clients" "$count"
    pass Pushpin "$PUSHPIN" "$clients" "$count"
    pass Holdfast "$PORT" "$clients" "$count"
  done
done
