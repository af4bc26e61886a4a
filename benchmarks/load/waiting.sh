#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# Requests that wait for a backend which is hardly ever there (onceload.c), through one member of Holdfast, through three behind HAProxy, and
# through Caddy, one after the other in each round after a warm-up. Prints a Markdown table, and how 1,000 by 50 compare: ./waiting.sh.
# Needs ab (apache2-utils), caddy, haproxy, a C compiler, a JDK 17 and a build.
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

BACKEND=$((PORT + 1)) CADDY=$((PORT + 2)) THREE=$((PORT + 3))
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
# member NAME PORT CLUSTER_PORT OPTION ...
member() {
  local name="$1" port="$2" cluster="$3"
  shift 3
  java -Dholdfast.proxy.routes="$WORK/waiting.routes" -Dholdfast.cluster.port="$cluster" -jar "$WAR" --port "$port" "$@" \
    > "$WORK/$name.log" 2>&1 &
  PIDS+=($!)
}
member waiting "$PORT" $((PORT + 5))
PEERS="127.0.0.1:$((PORT + 15)),127.0.0.1:$((PORT + 16)),127.0.0.1:$((PORT + 17))"
for i in 0 1 2; do
  member "waiting-$i" $((PORT + 10 + i)) $((PORT + 15 + i)) --cluster waiting --peers "$PEERS"
done
cat > "$WORK/waiting.haproxy" << END
defaults
  mode http
  timeout connect 5s
  timeout client 120s
  timeout server 120s
frontend three
  bind 127.0.0.1:$THREE
  default_backend members
backend members
  balance roundrobin
  server a 127.0.0.1:$((PORT + 10))
  server b 127.0.0.1:$((PORT + 11))
  server c 127.0.0.1:$((PORT + 12))
END
haproxy -db -f "$WORK/waiting.haproxy" > "$WORK/haproxy.log" 2>&1 &
PIDS+=($!)
XDG_DATA_HOME="$WORK" XDG_CONFIG_HOME="$WORK" caddy run --config "$WORK/waiting.caddy" --adapter caddyfile > "$WORK/caddy.log" 2>&1 &
PIDS+=($!)
up "$CADDY"
up "$THREE"
# ready PORT MEMBERS: waits until that member is ready among so many
ready() {
  local i
  for i in $(seq 300); do
    curl -sf -m 2 "http://127.0.0.1:$1/health/ready" | grep -q "\"members\":$2\b" && return
    sleep 0.2
  done
  echo "the member at $1 is not ready among $2" >&2
  return 1
}
ready "$PORT" 1
for i in 0 1 2; do ready $((PORT + 10 + i)) 3; done
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
one "Holdfast, three members" "$THREE" GET 300 10 >> "$WORK/warm.out"
one Caddy "$CADDY" GET 300 10 >> "$WORK/warm.out"
: > "$WORK/waiting.rows"
echo "| proxy | method | requests / at a time | failed | not 2xx | all, s | backend's own, s | median, ms | 99 %, ms | slowest, ms | slowest / fair share |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for ((round = 1; round <= ROUNDS; round++)); do
  for method in $METHODS; do
    for size in "100 10" "1000 50"; do
      # shellcheck disable=SC2086
      {
        one Holdfast "$PORT" $method $size
        one "Holdfast, three members" "$THREE" $method $size
        one Caddy "$CADDY" $method $size
      } | tee -a "$WORK/waiting.rows"
    done
  done
done

# The median of the whole time over all rounds, beside that of Caddy; and the slowest request of all rounds.
echo
echo "| 1000 / 50 | method | all, s, median | beside Caddy | slowest, ms | failed or not 2xx |"
echo "| --- | --- | --- | --- | --- | --- |"
awk -F ' *\\| *' '
  function median(key,   list, n, i, j, t) {
    n = split(times[key], list, " ")
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (list[j] + 0 < list[i] + 0) { t = list[i]; list[i] = list[j]; list[j] = t }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
  }
  $4 == "1000 / 50" {
    key = $2 SUBSEP $3
    if (!(key in times)) order[++keys] = key
    times[key] = times[key] " " $7
    if ($11 + 0 > slowest[key] + 0) slowest[key] = $11
    bad[key] += $5 > $6 ? $5 : $6
  }
  END {
    for (i = 1; i <= keys; i++) {
      split(order[i], part, SUBSEP)
      printf "| %s | %s | %.2f | %.2f | %s | %d |\n", part[1], part[2], median(order[i]), median(order[i]) / median("Caddy" SUBSEP part[2]), slowest[order[i]], bad[order[i]]
    }
  }' "$WORK/waiting.rows"
