#!/bin/sh
# stop.sh [OPTIONS OF holdfast drain]: drains Holdfast, waits until it holds nothing, then stops Payara. Payara by itself
# stops Holdfast too late, when load balancers still send requests.
#   PAYARA_HOME              the server
#   PAYARA_DOMAIN            the domain (default domain1)
#   HOLDFAST                 the program (default: holdfast in the PATH); it needs HOLDFAST_WAR if the archive does not lie beside it
#   HOLDFAST_URL             the application (default http://127.0.0.1:8080/holdfast)
#   HOLDFAST_DRAIN_SECONDS   after so many seconds, Payara stops although requests are still held (default 60)
set -eu
timeout "${HOLDFAST_DRAIN_SECONDS:-60}" "${HOLDFAST:-holdfast}" drain --wait --url "${HOLDFAST_URL:-http://127.0.0.1:8080/holdfast}" "$@" ||
  echo "stop.sh: Holdfast is not drained, and Payara stops all the same" >&2
exec "$PAYARA_HOME/bin/asadmin" stop-domain "${PAYARA_DOMAIN:-domain1}"
