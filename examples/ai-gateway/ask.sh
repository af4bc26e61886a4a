#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
#
# Submits a prompt, shows what comes of it, and prints the answer: ./ask.sh http://localhost:8080/work/model/generate 'Good morning'
# Needs curl and jq.
set -euo pipefail
url=$1
site=$(sed -E 's#^([a-z]+://[^/]+).*#\1#' <<< "$url")

job=$(jq -n --arg prompt "$2" '{prompt: $prompt}' |
  curl -sSf -D - -o /dev/null -H 'Prefer: respond-async' -H 'Content-Type: application/json' --data-binary @- "$url" |
  sed -n 's/^location: *\([^[:space:]]*\).*/\1/Ip')

version=0 state=queued
while [ "$state" = queued ] || [ "$state" = running ]; do
  # Held until there is something new.
  now=$(curl -sS --retry 5 --retry-all-errors --max-time 45 "$site$job?after=$version&wait=30")
  version=$(jq .version <<< "$now") state=$(jq -r .state <<< "$now")
  jq -r '[.state, .position, .progress.text] | map(select(. != null) | tostring) | join(" ")' <<< "$now" >&2
done
[ "$state" = succeeded ]
curl -sSf "$site$job/result" | jq -r .text
