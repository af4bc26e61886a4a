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
