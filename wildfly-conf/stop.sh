#!/bin/sh
# stop.sh [OPTIONS OF holdfast drain]: drains Holdfast, waits until it holds nothing, then stops WildFly. WildFly by itself
# stops Holdfast too late, when load balancers still send requests.
#   JBOSS_HOME               the server
#   HOLDFAST                 the program (default: holdfast in the PATH); it needs HOLDFAST_WAR if the archive does not lie beside it
#   HOLDFAST_URL             the application (default http://127.0.0.1:8080/holdfast)
#   HOLDFAST_DRAIN_SECONDS   after so many seconds, WildFly stops although requests are still held (default 60)
#   HOLDFAST_CONTROLLER      where WildFly is managed (default 127.0.0.1:9990)
set -eu
timeout "${HOLDFAST_DRAIN_SECONDS:-60}" "${HOLDFAST:-holdfast}" drain --wait --url "${HOLDFAST_URL:-http://127.0.0.1:8080/holdfast}" "$@" ||
  echo "stop.sh: Holdfast is not drained, and WildFly stops all the same" >&2
exec "$JBOSS_HOME/bin/jboss-cli.sh" --connect --controller="${HOLDFAST_CONTROLLER:-127.0.0.1:9990}" --command=":shutdown(suspend-timeout=10)"
