#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# Starts servers on loopback, loads them, and prints Markdown tables: ./run.sh [PART ...], see README.md.
# Needs: a C compiler, curl, Python 3, a JDK 17, and a build (mvn package -DskipTests) in the folder above.
set -euo pipefail
cd "$(dirname "$0")"
ROOT="$(cd ../.. && pwd)"
WORK="$ROOT/benchmarks/target/load"
OUT="${OUT:-$WORK/results.jsonl}"
WAR="${WAR:-$ROOT/webapp/target/holdfast.war}"
BARE="$ROOT/benchmarks/target/classes"
LIB="$ROOT/benchmarks/target/lib"
FLAGS="${FLAGS--Xms64m -Xmx4g}"
STARTS="${STARTS:-3}" ROUNDS="${ROUNDS:-12}" SIZES="${SIZES:-10000 19000}" SETTLE="${SETTLE:-2}"
READERS="${READERS:-10000}" REST="${REST:-20}" SECONDS_EACH="${SECONDS_EACH:-3}" QUIET="${QUIET:-25}"
PORT="${PORT:-28100}" MEMBER_PORT="${MEMBER_PORT:-28600}"
PIDS=()

mkdir -p "$WORK"
ulimit -n "$(ulimit -Hn)"
for tool in holdload chanload; do
  [ "$WORK/$tool" -nt $tool.c ] && [ "$WORK/$tool" -nt common.h ] || cc -O2 -o "$WORK/$tool" $tool.c
done

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  PIDS=()
}
trap stop EXIT

# up URL: waits, at most two minutes, until it is answered with 2xx
up() {
  local i
  for i in $(seq 600); do
    curl -sf -m 2 -o /dev/null "$1" && return
    kill -0 "${PIDS[-1]}" 2>/dev/null || break
    sleep 0.2
  done
  echo "nothing answers at $1; see $WORK/server.log" >&2
  return 1
}

# standalone N [OPTION ...]: the member number N on port PORT+N
standalone() {
  local n=$1
  shift
  # shellcheck disable=SC2086
  java $FLAGS -Dholdfast.cluster.port=$((MEMBER_PORT + n)) -jar "$WAR" --port $((PORT + n)) "$@" >> "$WORK/server.log" 2>&1 &
  PIDS+=($!)
  up "http://127.0.0.1:$((PORT + n))/health/ready"
}

bare_undertow() {
  # shellcheck disable=SC2086
  java $FLAGS -cp "$BARE:$LIB/*" io.holdfast.bench.BareServer "$PORT" >> "$WORK/server.log" 2>&1 &
  PIDS+=($!)
  up "http://127.0.0.1:$PORT/heap"
}

catalina_home() {
  [ -n "${CATALINA_HOME:-}" ] && return
  local version
  version=$(sed -n 's|.*<tomcat10.version>\(.*\)</tomcat10.version>.*|\1|p' "$ROOT/pom.xml")
  CATALINA_HOME="$WORK/apache-tomcat-$version"
  [ -d "$CATALINA_HOME" ] || (cd "$ROOT" && mvn -B -q -N dependency:unpack \
    -Dartifact="org.apache.tomcat:tomcat:$version:zip" -DoutputDirectory="$WORK")
}

# tomcat stock|ours holdfast|bare
tomcat() {
  catalina_home
  export CATALINA_HOME CATALINA_BASE="$WORK/tomcat"
  rm -rf "$CATALINA_BASE"
  mkdir -p "$CATALINA_BASE"/{bin,lib,logs,temp,webapps}
  cp -r "$CATALINA_HOME/conf" "$CATALINA_BASE/conf"
  if [ "$1" = ours ]; then
    cp "$ROOT"/tomcat-conf/conf/* "$CATALINA_BASE/conf/"
    cp "$ROOT/tomcat-conf/bin/setenv.sh" "$CATALINA_BASE/bin/"
    cp "$ROOT/tomcat-conf/target/holdfast-tomcat-connector.jar" "$CATALINA_BASE/lib/"
    export HOLDFAST_HTTP_PORT="$PORT" HOLDFAST_HTTP_ADDRESS=127.0.0.1 HOLDFAST_HELD=20000 CATALINA_OPTS=
  else
    # As it comes, but for what would not let so many in, or would close them between two rounds.
    sed -i -e 's|<Server port="8005"|<Server port="-1"|' -e "s|<Connector port=\"8080\" protocol=\"HTTP/1.1\"|& address=\"127.0.0.1\" \
maxConnections=\"19900\" acceptCount=\"4096\" maxKeepAliveRequests=\"-1\" keepAliveTimeout=\"300000\"|" \
      -e "s|<Connector port=\"8080\"|<Connector port=\"$PORT\"|" "$CATALINA_BASE/conf/server.xml"
    export CATALINA_OPTS="$FLAGS" HOLDFAST_HOLD_LIMIT=20000
  fi
  if [ "$2" = holdfast ]; then
    cp "$WAR" "$CATALINA_BASE/webapps/ROOT.war"
    export JAVA_OPTS="-Dholdfast.cluster.port=$MEMBER_PORT"
  else
    mkdir -p "$CATALINA_BASE/webapps/ROOT/WEB-INF/classes/io/holdfast"
    cp -r "$BARE/io/holdfast/bench" "$CATALINA_BASE/webapps/ROOT/WEB-INF/classes/io/holdfast/"
    export JAVA_OPTS=
  fi
  sh "$CATALINA_HOME/bin/catalina.sh" run >> "$WORK/server.log" 2>&1 &
  PIDS+=($!)
  if [ "$2" = holdfast ]; then up "http://127.0.0.1:$PORT/health/ready"; else up "http://127.0.0.1:$PORT/heap"; fi
}

# pushpin RATE: the package of Debian with files of its own, the built-in backend, and so many deliveries per second
pushpin() {
  local conf="$WORK/pushpin" key
  rm -rf "$conf" && mkdir -p "$conf"
  sed 's|ipc:///var/run/zurl/|ipc://{rundir}/{ipc_prefix}|' /usr/lib/pushpin/internal.conf > "$conf/internal.conf"
  cp /etc/pushpin/pushpin.conf "$conf/"
  for key in "include=$conf/internal.conf" "rundir=$(mktemp -d)" "logdir=$conf" "http_port=127.0.0.1:$PORT" \
    services=condure,zurl,pushpin-proxy,pushpin-handler "push_in_http_port=$((PORT + 1))" "push_in_spec=tcp://127.0.0.1:$((PORT + 2))" \
    "push_in_sub_specs=tcp://127.0.0.1:$((PORT + 3))" "command_spec=tcp://127.0.0.1:$((PORT + 4))" \
    "message_rate=$1" "message_hwm=$((READERS * 5))"; do
    sed -i "s|^${key%%=*}=.*|$key|" "$conf/pushpin.conf"
  done
  echo '* test' > "$conf/routes"
  command pushpin "--config=$conf/pushpin.conf" >> "$WORK/server.log" 2>&1 &
  PIDS+=($!)
  up "http://127.0.0.1:$PORT/"
  up "http://127.0.0.1:$((PORT + 1))/"
  sleep 2 # until its parts have found each other
}

grip_proxy() {
  echo '* test' > "$WORK/routes"
  FLAGS="$FLAGS -Dholdfast.proxy.routes=$WORK/routes" standalone 0
}

COUNTER=(-u '/counter/value/?last=%r&wait=120' -U /counter/value/ -e $'%n\n' --exact)
HOLD=(-u /hold -U /hold -D $'%n\n' -e $'%n\n' --exact)

load() {
  "$WORK/holdload" "$@" >> "$OUT"
}

# hold LABEL N WAITER-OPTIONS...: releases of all, each followed by the next hold of all
hold() {
  local label=$1 n=$2
  shift 2
  load hold "$@" -t "127.0.0.1:$PORT" -n "$n" -r "$ROUNDS" --settle "$SETTLE" --idle 2 --wait 20 -p "${PIDS[0]}" --label "$label"
}

# grip LABEL PUBLISH-PORT: one publication to all who are held by the built-in backend
grip() {
  load hold -u '/response?channel=load' -U /publish/ -T "127.0.0.1:$2" -Y 'Content-Type: application/json' \
    -D '{"items":[{"channel":"load","http-response":{"body":"%n\n"}}]}' -e $'%n\n' --exact -t "127.0.0.1:$PORT" -n "$READERS" -r "$ROUNDS" \
    --rate 600 --rearm-delay 0.5 --settle "$SETTLE" --idle 1 --wait 20 --quiet "$QUIET" -p "${PIDS[0]}+" --label "$1"
}

grips() {
  local i
  for i in $(seq "$STARTS"); do
    grip_proxy; grip "Holdfast" "$PORT"; stop
    pushpin 2500; grip "Pushpin 1.36 as packaged" $((PORT + 1)); stop
    pushpin 1000000; grip "Pushpin 1.36, any rate" $((PORT + 1)); stop
  done
}

pairs() { # pairs HOLDFAST-LABEL START... -- BARE-LABEL START...: fresh starts of both, in turn
  local ours=$1 theirs
  shift
  local start=() other=()
  while [ "$1" != -- ]; do start+=("$1"); shift; done
  shift
  theirs=$1
  shift
  other=("$@")
  local n i
  for n in $SIZES; do
    for i in $(seq "$STARTS"); do
      "${start[@]}"; hold "$ours" "$n" "${COUNTER[@]}"; stop
      "${other[@]}"; hold "$theirs" "$n" "${HOLD[@]}"; stop
    done
  done
}

# memory LABEL N WAITER-OPTIONS...: live heap, PSS and idle CPU long after the last request came, garbage collected before each look
memory() {
  local label=$1 n=$2 pid=${PIDS[0]}
  shift 2
  load hold "$@" -t "127.0.0.1:$PORT" -n "$n" -r 1 --settle 15 --idle 20 --wait 30 -p "$pid" --label "$label, at rest" \
    --hook "jcmd $pid GC.run >&2; jcmd $pid GC.heap_info | sed -n 's/.* used \([0-9]*\)K.*/\1/p'"
}

rest() {
  local n
  for n in $SIZES; do
    standalone 0; memory "Holdfast, standalone" "$n" "${COUNTER[@]}"; stop
    bare_undertow; memory "bare servlet, Undertow" "$n" "${HOLD[@]}"; stop
    tomcat ours holdfast; memory "Holdfast, Tomcat ours" "$n" "${COUNTER[@]}"; stop
    tomcat stock holdfast; memory "Holdfast, Tomcat stock" "$n" "${COUNTER[@]}"; stop
  done
}

pingpong() { # pingpong LABEL WAITER-PORT WRITER-PORT COUNTER
  load pingpong -t "127.0.0.1:$2" -T "127.0.0.1:$3" -u "/counters/$4/value/?last=%r" -U "/counters/$4/value/" -e $'%n\n' --exact \
    -k 500 --gap 4 -p "$(IFS=,; echo "${PIDS[*]}")" --label "$1"
}

publish() { # publish LABEL CONNECTIONS TARGETS
  load pub -t "$3" -U /counter/value/ -c "$2" -s 4 --warm 3 -p "$(IFS=,; echo "${PIDS[*]}")" --label "$1"
}

one() {
  local i c
  for i in $(seq "$STARTS"); do
    standalone 0
    publish warm 16 "127.0.0.1:$PORT" && pingpong warm "$PORT" "$PORT" warm
    pingpong "one member" "$PORT" "$PORT" measured
    for c in 1 16 64; do publish "one member" $c "127.0.0.1:$PORT"; done
    stop
  done
}

ALL="127.0.0.1:$PORT,127.0.0.1:$((PORT + 1)),127.0.0.1:$((PORT + 2))"

three() { # three members of one cluster
  local k peers="127.0.0.1:$MEMBER_PORT,127.0.0.1:$((MEMBER_PORT + 1)),127.0.0.1:$((MEMBER_PORT + 2))"
  for k in 0 1 2; do standalone $k --cluster "load-$$" --peers "$peers"; done
  sleep 12 # until the cluster is calm
}

several() {
  local i c k all="$ALL"
  for i in $(seq "$STARTS"); do
    three
    publish warm 16 "$all"
    # A counter lives on one member, so several counters are tried.
    for k in 1 2 3 4 5 6; do
      [ $k = 1 ] && pingpong warm "$PORT" $((PORT + 1)) warm
      pingpong "three members: waiter and writer on one" "$PORT" "$PORT" "here-$k"
      pingpong "three members: waiter on another" "$PORT" $((PORT + 1)) "there-$k"
    done
    for c in 3 48 192; do publish "three members" $c "$all"; done
    stop
  done
}

channels() { # channels MODE LABEL OPTION ...: the channel has an event before, so that it has a cursor
  local mode=$1 label=$2
  shift 2
  "$WORK/chanload" "$mode" -t "127.0.0.1:$PORT" -p "$(IFS=,; echo "${PIDS[*]}")" --quiet "$QUIET" --label "$label" "$@" >> "$OUT"
}

seed() { # seed CHANNEL ...
  local channel
  for channel in "$@"; do
    curl -sf -o /dev/null -H 'Content-Type: text/plain' -d seed "http://127.0.0.1:$PORT/channels/$channel/events"
  done
}

channels_release() {
  local i k kind there="127.0.0.1:$((PORT + 1)),127.0.0.1:$((PORT + 2))" hold=(-n "$READERS" -r "$ROUNDS" --settle "$SETTLE" --idle 1)
  for i in $(seq "$STARTS"); do
    for kind in poll sse; do
      standalone 0; seed load; channels release "one member" -k $kind "${hold[@]}"; stop
    done
    three
    seed here-{poll,sse} there-{poll,sse}
    for kind in poll sse; do
      channels release "three members, readers on all" -k $kind "${hold[@]}" -t "$ALL" -C here-$kind
      channels release "three members, readers on two, publisher on the third" -k $kind "${hold[@]}" -t "$there" -T "127.0.0.1:$PORT" -C there-$kind
    done
    stop
  done
}

channels_rest() {
  local kind pid
  for kind in poll sse; do
    standalone 0; seed load
    pid=${PIDS[0]}
    channels release "one member, at rest" -k $kind -n "$READERS" -r 1 --settle "$REST" --idle "$REST" \
      --hook "jcmd $pid GC.run >&2; jcmd $pid GC.heap_info | sed -n 's/.* used \([0-9]*\)K.*/\1/p'"
    stop
  done
}

publications() { # publications LABEL TARGETS
  local n q c
  seed load
  channels publish warm -k sse -n 10 -t "$2" -c 16 -s "$SECONDS_EACH" --warm 3
  for n in 0 1 100 1000; do
    for q in '?receipt=none' ''; do
      for c in 1 16 64; do
        channels publish "$1" -k sse -n $n -t "$2" -c $c -s "$SECONDS_EACH" --warm 0.7 --settle 0.3 -q "$q"
      done
    done
  done
}

cameras() {
  standalone 0
  python3 cameras.py "$PORT" "${PIDS[0]}" >&2
  stop
}

channels_publish() {
  local i
  for i in $(seq "$STARTS"); do
    standalone 0; publications "one member" "127.0.0.1:$PORT"; stop
    three; publications "three members" "$ALL"; stop
  done
}

channels_growth() {
  local i k pid
  for i in $(seq "$STARTS"); do
    for k in 1 1000 100000; do
      standalone 0
      pid=${PIDS[0]}
      channels publish warm -n 0 -C warm -c 16 -s 3
      channels publish "grown" -n 0 -C grow --channels $k --count $k --check $((k < 1000 ? k : 1000)) -c 16 --settle 5 --idle "$REST" \
        --hook "jcmd $pid GC.run >&2; jcmd $pid GC.heap_info | sed -n 's/.* used \([0-9]*\)K.*/\1/p'"
      channels publish "among them" -n 0 -C grow --channels $k -c 16 -s "$SECONDS_EACH" --warm 1
      stop
    done
  done
}

[ $# -gt 0 ] || set -- standalone tomcat rest one several channels-release channels-rest channels-publish channels-growth
for part in "$@"; do
  case $part in
    standalone) pairs "Holdfast, standalone" standalone 0 -- "bare servlet, Undertow" bare_undertow ;;
    rest) rest ;;
    tomcat)
      pairs "Holdfast, Tomcat stock" tomcat stock holdfast -- "bare servlet, Tomcat stock" tomcat stock bare
      pairs "Holdfast, Tomcat ours" tomcat ours holdfast -- "bare servlet, Tomcat ours" tomcat ours bare ;;
    one) one ;;
    several) several ;;
    cameras) cameras ;;
    grip) grips ;;
    channels-release) channels_release ;;
    channels-rest) channels_rest ;;
    channels-publish) channels_publish ;;
    channels-growth) channels_growth ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
if [ -s "$OUT" ]; then python3 summarise.py "$OUT"; fi
