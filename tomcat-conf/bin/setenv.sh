# bin/setenv.sh - read by catalina.sh (POSIX sh).  Everything can be overridden from the environment; nothing here needs editing.
#
#   HOLDFAST_HTTP_PORT=8080        HOLDFAST_HTTP_ADDRESS=0.0.0.0      HOLDFAST_SHUTDOWN_PORT=-1 (off)
#   HOLDFAST_HELD=10000            held requests to size the heap for
#   HOLDFAST_HEAP=...              e.g. 2g: the heap itself, instead of the computed one;   HOLDFAST_HEAP_MIN=64m
#                                  without HOLDFAST_HELD, held requests may then take 15 % of it
#   HOLDFAST_MAX_CONNECTIONS=...   instead of the one computed from ulimit -n
#   HOLDFAST_HOLD_LIMIT=...        instead of HOLDFAST_HELD, or 90 % of the connections if that is less; hold.limit in the settings file, too
#   HOLDFAST_GC_OPTS / HOLDFAST_HAZELCAST_OPTS   replace the block of that name; set to empty to drop it
#   JAVA_OPTS, CATALINA_OPTS       what is in them already comes last, so it wins

# Descriptors: one per held request.  Up to the hard limit; a service manager has to raise that one (systemd: LimitNOFILE=65536).
ulimit -n "$(ulimit -H -n)" 2>/dev/null || :
holdfast_fds="$(ulimit -n)"
case "$holdfast_fds" in
  ''|*[!0-9]*) holdfast_fds=1000000 ;;                   # "unlimited"
esac
[ "$holdfast_fds" -ge 4096 ] || echo "setenv.sh: only $holdfast_fds descriptors; raise the hard limit (ulimit -Hn) to hold more requests" >&2
# 1/16 (at least 256) stays free for files, jars, cluster sockets
holdfast_spare=$((holdfast_fds / 16))
[ "$holdfast_spare" -ge 256 ] || holdfast_spare=256
holdfast_conns=$((holdfast_fds - holdfast_spare))
[ "$holdfast_conns" -ge 64 ] || holdfast_conns=64
[ "$holdfast_conns" -le 100000 ] || holdfast_conns=100000

holdfast_conns="${HOLDFAST_MAX_CONNECTIONS:-$holdfast_conns}"

# As many held requests as were asked for. For a heap that was given alone, as many as Holdfast would choose: 15 % of it, at 44 KiB each.
holdfast_held="${HOLDFAST_HELD:-10000}"
if [ -z "$HOLDFAST_HELD" ]; then
  case "$HOLDFAST_HEAP" in
    *[gG]) holdfast_held=$((${HOLDFAST_HEAP%?} * 3574)) ;;
    *[mM]) holdfast_held=$((${HOLDFAST_HEAP%?} * 349 / 100)) ;;
  esac
fi

# The most requests that are held: never so many that nobody else gets a connection, who would release them.
holdfast_limit=$((holdfast_conns * 9 / 10))
[ "$holdfast_limit" -le "$holdfast_held" ] || holdfast_limit="$holdfast_held"
# A default only: the settings of the operator, wherever they are, outrank it.
HOLDFAST_DEFAULT_HOLD_LIMIT="$holdfast_limit"
export HOLDFAST_DEFAULT_HOLD_LIMIT

# Ports and limits of server.xml.  JAVA_OPTS, not CATALINA_OPTS: "catalina.sh stop" reads server.xml too and only sees JAVA_OPTS.
JAVA_OPTS="-Dtomcat.http.port=${HOLDFAST_HTTP_PORT:-8080} -Dtomcat.http.address=${HOLDFAST_HTTP_ADDRESS:-0.0.0.0} \
-Dtomcat.shutdown.port=${HOLDFAST_SHUTDOWN_PORT:--1} -Dtomcat.http.maxConnections=$holdfast_conns $JAVA_OPTS"

# The connector with small response buffers, and the listener that drains before a stop, where their jar lies in Tomcat's lib folder.
for holdfast_lib in "$CATALINA_BASE/lib" "$CATALINA_HOME/lib"; do
  if [ -f "$holdfast_lib/holdfast-tomcat-connector.jar" ]; then
    JAVA_OPTS="-Dtomcat.http.protocol=io.holdfast.tomcat.SmallBufferProtocol -Dtomcat.stop.listener=io.holdfast.tomcat.DrainFirst $JAVA_OPTS"
    break
  fi
done

# With the shutdown port off, "catalina.sh stop" (after "start") ends the process by this file.
: "${CATALINA_PID:=$CATALINA_BASE/temp/tomcat.pid}"

# Heap: 512 MiB for the application + 128 KiB per held request (somewhat less than twice the live 71 KiB, so that the collector has room).
holdfast_heap="${HOLDFAST_HEAP:-$((512 + ${HOLDFAST_HELD:-10000} / 8))m}"

# Give memory back after a wave: keep 10 to 30 % of the heap free instead of 40 to 70 %, and collect once in 5 idle minutes.
holdfast_gc="${HOLDFAST_GC_OPTS--XX:+UseG1GC -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:G1PeriodicGCInterval=300000}"

# What Hazelcast 5 asks for on JDK 17 and later; without it: a warning, and less exact metrics.
holdfast_hz="${HOLDFAST_HAZELCAST_OPTS---add-modules java.se --add-exports java.base/jdk.internal.ref=ALL-UNNAMED \
--add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED \
--add-opens java.management/sun.management=ALL-UNNAMED --add-opens jdk.management/com.sun.management.internal=ALL-UNNAMED}"

# Backends of a routes file that come back at another address are found while requests wait: the JVM forgets addresses after a second.  That a
# name has none it forgets as soon only by a file of security properties; without that file, after ten.
holdfast_names="-Dsun.net.inetaddr.ttl=1"
if [ -f "$CATALINA_BASE/conf/holdfast.security" ]; then
  holdfast_names="$holdfast_names -Djava.security.properties=\"$CATALINA_BASE/conf/holdfast.security\""
fi

CATALINA_OPTS="-Xms${HOLDFAST_HEAP_MIN:-64m} -Xmx$holdfast_heap $holdfast_gc $holdfast_names -XX:+ExitOnOutOfMemoryError $holdfast_hz $CATALINA_OPTS"
