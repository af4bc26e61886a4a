#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# Requests that wait for a backend which is hardly ever there (onceload.c), through Holdfast and through Caddy, one after the other
# in each round after a warm-up, and prints a Markdown table: ./waiting.sh. Needs ab (apache2-utils), caddy, a C compiler, a JDK 17 and a build.
set -euo pipefail
cd "$(dirname "$0")"
ROOT="$(cd ../.. && pwd)"
WORK="$ROOT/benchmarks/target/load"
WAR="${WAR:-$ROOT/webapp/target/holdfast.war}"
PORT="${PORT:-28900}" ROUNDS="${ROUNDS:-3}" REST="${REST:-20}" METHODS="${METHODS:-GET POST}"
PIDS=()
mkdir -p "$WORK"
[ "$WORK/onceload" -nt onceload.c ] || cc -O2 -Wall -o "$WORK/onceload" onceload.c

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
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

BACKEND=$((PORT + 1)) CADDY=$((PORT + 2))
echo "* 127.0.0.1:$BACKEND,try_duration=30,try_interval=0.01,concurrency=1" > "$WORK/waiting.routes"
cat > "$WORK/waiting.caddy" << END
{
  admin off
  auto_https off
}
http://127.0.0.1:$CADDY {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:$BACKEND {
    lb_try_duration 30s
    lb_try_interval 10ms
  }
}
END
java -Dholdfast.proxy.routes="$WORK/waiting.routes" -Dholdfast.cluster.port=$((PORT + 5)) -jar "$WAR" --port "$PORT" \
  > "$WORK/waiting.log" 2>&1 &
PIDS+=($!)
XDG_DATA_HOME="$WORK" XDG_CONFIG_HOME="$WORK" caddy run --config "$WORK/waiting.caddy" --adapter caddyfile > "$WORK/caddy.log" 2>&1 &
PIDS+=($!)
up "$CADDY"
for i in $(seq 300); do
  curl -sf -m 2 -o /dev/null "http://127.0.0.1:$PORT/health/ready" && break
  sleep 0.2
done
head -c 1000 /dev/zero | tr '\0' x > "$WORK/body"

# one NAME PORT METHOD N C
one() {
  local backend post=()
  [ "$3" = GET ] || post=(-p "$WORK/body" -T text/plain)
  "$WORK/onceload" "$BACKEND" "$REST" > "$WORK/once.out" &
  backend=$!
  timeout 300 ab -q -r -s 60 "${post[@]}" -n "$4" -c "$5" "http://127.0.0.1:$2/" > "$WORK/ab.out" 2>&1 || true
  kill "$backend" 2>/dev/null || true
  wait "$backend" || true
  awk -v name="$1" -v method="$3" -v n="$4" -v c="$5" -v took="$(sed -n 's/.*busy_ms=//p' "$WORK/once.out")" '
    /^Time taken/ {t = $5} /^Failed requests/ {f = $3} /^Non-2xx/ {x = $3} /^ +50%/ {a = $2} /^ +99%/ {b = $2} /^ +100%/ {m = $2}
    END {printf "| %s | %s | %s / %s | %d | %d | %.2f | %.2f | %s | %s | %s | %.2f |\n",
      name, method, n, c, f, x, t, took / 1000, a, b, m, m / (t * 1000 * c / n)}' "$WORK/ab.out"
}

one Holdfast "$PORT" GET 300 10 > "$WORK/warm.out"
one Caddy "$CADDY" GET 300 10 >> "$WORK/warm.out"
echo "| proxy | method | requests / at a time | failed | not 2xx | all, s | backend's own, s | median, ms | 99 %, ms | slowest, ms | slowest / fair share |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for ((round = 1; round <= ROUNDS; round++)); do
  for method in $METHODS; do
    for size in "100 10" "1000 50"; do
      # shellcheck disable=SC2086
      one Holdfast "$PORT" $method $size
      # shellcheck disable=SC2086
      one Caddy "$CADDY" $method $size
    done
  done
done
