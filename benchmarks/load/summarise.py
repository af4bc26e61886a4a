#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
"""summarise.py FILE.jsonl ...: what holdload wrote, as Markdown tables; medians and (least..most)."""
import json
import sys
from statistics import median

NOISE = 30  # a sample during which the rest of the machine used more than this % of a core counts only if there is no quieter one
COLD = 3  # the releases of a start that are left out as a warm-up; the first has a column of its own


def spread(values, digits=0):
    if not values:
        return "-"
    text = "%.*f" % (digits, median(values))
    if min(values) == max(values):
        return text
    return "%s (%.*f..%.*f)" % (text, digits, min(values), digits, max(values))


def quiet(samples):
    return [s for s in samples if s["other_cpu_pct"] <= NOISE] or samples


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |")


def table(*heads):
    row(*heads)
    row(*["---"] * len(heads))


runs = {}
for name in sys.argv[1:]:
    with open(name) as lines:
        for line in lines:
            if line.startswith("{"):
                run = json.loads(line)
                if run["label"] != "warm":
                    runs.setdefault(run["mode"], {}).setdefault(run["label"], []).append(run)

at_rest = {k: v for k, v in runs.get("hold", {}).items() if k.endswith("at rest")}
if at_rest:
    table("server", "held", "runs", "live heap/waiter, KiB", "PSS/waiter, KiB", "idle CPU, % of a core", "rest of the machine, % of a core")
    for label, all_runs in at_rest.items():
        for n in sorted({r["n"] for r in all_runs}):
            some = [r for r in all_runs if r["n"] == n]
            heap = [(int(r["hook"][1]) - int(r["hook"][0])) / n for r in some]
            row(label, spread([r["held"] for r in some]), len(some), spread(heap, 1), spread([r["mem"]["pss_per_waiter_b"] / 1024 for r in some], 1),
                spread([r["idle"]["cpu_pct"] for r in some], 2), spread([r["idle"]["other_cpu_pct"] for r in some]))
    print()

holds = {k: v for k, v in runs.get("hold", {}).items() if k not in at_rest}
if holds:
    table("server", "held", "starts", "first release: all, ms", "later: p50, ms", "p99, ms",
          "all, ms", "server CPU, ms", "missing / early / cut / doubled / wrong", "releases (of them noisy)")
    for label, all_runs in holds.items():
        for n in sorted({r["n"] for r in all_runs}):
            some = [r for r in all_runs if r["n"] == n]
            rounds = [x for r in some for x in r["rounds"]]
            later = [x for r in some for x in r["rounds"][COLD:]]
            used = quiet(later) if later else []
            faults = [sum(x[k] for x in rounds) for k in ("missing", "early", "conn_error", "duplicated", "wrong_body")]
            row(label, spread([r["held"] for r in some]), len(some), spread([r["rounds"][0]["max_ms"] for r in some]),
                spread([x["p50_ms"] for x in used]), spread([x["p99_ms"] for x in used]), spread([x["max_ms"] for x in used]),
                spread([x["server_cpu_s"] * 1000 for x in used]), " / ".join(map(str, faults)),
                "%d (%d)" % (len(later), len([x for x in later if x["other_cpu_pct"] > NOISE])))
    print()

pings = runs.get("pingpong", {})
if pings:
    table("one waiter, one writer", "runs", "p50, ms", "p99, ms", "CPU of a turn, us", "missing / early / wrong", "rest of the machine, % of a core")
    for label, some in pings.items():
        row(label, len(some), spread([r["p50_ms"] for r in some], 2), spread([r["p99_ms"] for r in some], 2),
            spread([r["server_cpu_s"] / r["count"] * 1e6 for r in some]),
            "%d / %d / %d" % tuple(sum(r[k] for r in some) for k in ("missing", "early", "wrong_body")),
            spread([r["other_cpu_pct"] for r in some]))
    print()

pubs = runs.get("pub", {})
if pubs:
    table("increments", "connections", "runs", "per second", "p50, ms", "p99, ms", "CPU of one, us", "errors", "rest of the machine, % of a core")
    for label, all_runs in pubs.items():
        for conns in sorted({r["conns"] for r in all_runs}):
            some = [r for r in all_runs if r["conns"] == conns]
            row(label, conns, len(some), spread([r["req_per_s"] for r in some]), spread([r["p50_ms"] for r in some], 2),
                spread([r["p99_ms"] for r in some], 2), spread([r["server_cpu_pct"] / 100 / r["req_per_s"] * 1e6 for r in some]),
                sum(r["errors"] for r in some) + sum(v for r in some for k, v in r["status"].items() if k != "200"),
                spread([r["other_cpu_pct"] for r in some]))
    print()


def each(*keys):
    groups = {}
    for run in sorted(channel_runs, key=lambda r: [str(r["label"])] + [r.get(k, 0) for k in keys]):
        groups.setdefault(tuple(run[k] for k in ("label",) + keys), []).append(run)
    return groups.values()


def faults_of(some, *keys):
    return " / ".join(str(sum(x[k] for x in some)) for k in keys)


def all_runs_of(mode, choose):
    return [r for of_label in runs.get(mode, {}).values() for r in of_label if choose(r)]


FAULTS = ("missing", "duplicated", "wrong_body")
ROUND_FAULTS = ("missing", "early", "conn_error", "duplicated", "wrong_body")

channel_runs = all_runs_of("channel-release", lambda r: not r["label"].endswith("at rest"))
if channel_runs:
    table("one event to all readers", "read by", "held", "starts", "first: all, ms", "later: p50, ms", "p99, ms", "all, ms", "receipt, ms",
          "released by the receipts", "CPU of the members, ms", "missing / early / cut / doubled / wrong", "rounds (of them noisy)")
    for some in each("kind", "n"):
        rounds = [x for r in some for x in r["rounds"]]
        later = [x for r in some for x in r["rounds"][COLD:]]
        used = quiet(later) if later else []
        row(some[0]["label"], some[0]["kind"], spread([r["held"] for r in some]), len(some), spread([r["rounds"][0]["max_ms"] for r in some]),
            spread([x["p50_ms"] for x in used]), spread([x["p99_ms"] for x in used]), spread([x["max_ms"] for x in used]),
            spread([x["publish_ms"] for x in used]), spread([x["released"] for x in rounds]), spread([x["server_cpu_s"] * 1000 for x in used]),
            faults_of(rounds, *ROUND_FAULTS), "%d (%d)" % (len(later), len([x for x in later if x["other_cpu_pct"] > NOISE])))
    print()

channel_runs = all_runs_of("channel-release", lambda r: r["label"].endswith("at rest"))
if channel_runs:
    table("readers", "read by", "held", "runs", "live heap/reader, KiB", "PSS/reader, KiB", "idle CPU, % of a core", "heartbeats/s",
          "rest of the machine, % of a core")
    for some in each("kind", "n"):
        heap = [(int(r["hook"][1]) - int(r["hook"][0])) / r["n"] for r in some]
        row(some[0]["label"], some[0]["kind"], spread([r["held"] for r in some]), len(some), spread(heap, 1),
            spread([r["mem"]["pss_each_b"] / 1024 for r in some], 1), spread([r["idle"]["cpu_pct"] for r in some], 2),
            spread([r["idle"]["heartbeats"] / r["idle"]["window_s"] for r in some]), spread([r["idle"]["other_cpu_pct"] for r in some]))
    print()

channel_runs = all_runs_of("channel-publish", lambda r: "idle" not in r and r["label"] != "among them")
if channel_runs:
    table("publishing to one channel", "SSE readers", "receipt", "connections", "runs", "per second", "given to readers per second", "p50, ms", "p99, ms",
          "CPU of one, us", "last reader after the last answer, ms", "errors", "missing / doubled / wrong / out of order", "gaps / cuts",
          "rest of the machine, % of a core")
    for some in each("n", "query", "conns"):
        row(some[0]["label"], some[0]["readers"], "no" if some[0]["query"] else "yes", some[0]["conns"], len(some), spread([r["req_per_s"] for r in some]),
            spread([r["delivered_per_s"] for r in some]), spread([r["p50_ms"] for r in some], 2), spread([r["p99_ms"] for r in some], 1),
            spread([r["server_cpu_s"] / max(1, r["published"]) * 1e6 for r in some]), spread([r["drain_ms"] for r in some]),
            faults_of(some, "errors"), faults_of(some, *FAULTS, "disordered"), faults_of(some, "gaps", "cuts"),
            spread([r["other_cpu_pct"] for r in some]))
    print()

channel_runs = all_runs_of("channel-publish", lambda r: "idle" in r)
if channel_runs:
    table("channels with one event", "runs", "live heap before, MiB", "with them, MiB", "heap/channel, bytes", "PSS before, MiB", "with them, MiB",
          "idle CPU, % of a core", "created per second", "errors", "looked at / of them wrong", "publishing among them, per second", "p99, ms", "CPU of one, us",
          "rest of the machine, % of a core")
    for some in each("channels"):
        k = some[0]["channels"]
        among = all_runs_of("channel-publish", lambda r: r["label"] == "among them" and r["channels"] == k)
        heap = [[int(h) / 1024 for h in r["hook"]] for r in some]
        row(k, len(some), spread([h[0] for h in heap], 1), spread([h[1] for h in heap], 1), spread([(h[1] - h[0]) * 1048576 / k for h in heap]),
            spread([r["mem"]["pss_base_kb"] / 1024 for r in some]), spread([r["mem"]["pss_held_kb"] / 1024 for r in some]),
            spread([r["idle"]["cpu_pct"] for r in some], 2), spread([r["req_per_s"] for r in some]), faults_of(some + among, "errors"),
            faults_of(some, "looked_at", "of_them_wrong"), spread([r["req_per_s"] for r in among]), spread([r["p99_ms"] for r in among], 1),
            spread([r["server_cpu_s"] / max(1, r["published"]) * 1e6 for r in among]), spread([r["idle"]["other_cpu_pct"] for r in some]))
