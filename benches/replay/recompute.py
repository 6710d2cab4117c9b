#!/usr/bin/env python3
"""Recomputes what `ascall replay` says, from the raw day and the per-call lines alone.

    ascall replay DAY.toml --policy batch,foresight --calls fates.ndjson -o json > results.json
    benches/replay/recompute.py DAY.toml fates.ndjson results.json

It knows nothing of the program: it reads the day's files by their description, follows every worker from the shift's
begin from call to call, and checks that nobody is at two places, that every way takes as long as the day says, that
skills and shifts are kept, that whoever was not served waited as long as the day says. Then it adds up anew and compares.
"""

import csv, json, math, sys, tomllib
from collections import defaultdict
from datetime import datetime
from itertools import accumulate
from pathlib import Path

EARTH_KM = 6371.0088
SLACK_MIN = 0.02  # a second: places are whole micro-degrees, times whole milliseconds


def km(a, b):
    la, lb = math.radians(a[0]), math.radians(b[0])
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def minutes(text, unit, date):
    if unit == "clock":
        parts = [int(p) for p in text.split(":")] + [0]
        return parts[0] * 60 + parts[1] + parts[2] / 60
    if unit == "date":
        return (datetime.fromisoformat(text) - datetime.fromisoformat(str(date))).total_seconds() / 60
    return float(text) * {"min": 1, "hour": 60, "sec": 1 / 60}[unit]


def rows(day, folder, name):
    spec = day[name]
    unit, date = spec.get("unit", "min"), day.get("date")
    time = lambda row, key: minutes(row[spec[key]], unit, date) if spec.get(key) and row[spec[key]] else None
    place = lambda row, lat, lon: (float(row[lat]), float(row[lon])) if row[lat] and row[lon] else None
    with open(folder / spec["file"], encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if any(row[only["column"]] != only["is"] for only in spec.get("where", [])):
                continue
            skill = spec.get("skill")
            yield {
                "id": row[spec["id"]],
                "from": time(row, "from"),
                "until": time(row, "until"),
                "ready": time(row, "ready"),
                "begun": time(row, "begun"),
                "done": time(row, "done"),
                "at": place(row, spec["lat"], spec["lon"]),
                "to": place(row, spec["to_lat"], spec["to_lon"]) if "to_lat" in spec else None,
                "skilled": bool(skill) and row[skill["column"]] == skill["is"],
            }


def shifts(day, folder, begin, end):
    """The shifts of each worker, in order: those that touch are one, and it begins where the first of them does."""
    clock, all = day["workers"].get("unit") == "clock", defaultdict(list)
    for w in rows(day, folder, "workers"):
        w["from"], w["until"] = begin if w["from"] is None else w["from"], end if w["until"] is None else w["until"]
        if w["until"] < w["from"]:
            w["until"] += 1440  # by the clock it goes on to the next day
        elif clock and w["until"] <= begin and w["from"] + 1440 < end:
            w["from"], w["until"] = w["from"] + 1440, w["until"] + 1440
        w["from"], w["until"] = max(begin, w["from"]), min(end, w["until"])
        if w["until"] > w["from"]:
            all[w["id"]].append(w)
    for stretches in all.values():
        stretches.sort(key=lambda w: w["from"])
        for at in range(len(stretches) - 1, 0, -1):
            if stretches[at]["from"] <= stretches[at - 1]["until"]:
                stretches[at - 1]["until"] = stretches.pop(at)["until"]
    return dict(all)


def percentile(values, percent):
    return values[max(1, math.ceil(len(values) * percent / 100)) - 1] if values else 0.0


def main():
    toml, lines, results = Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None
    day = tomllib.loads(toml.read_text(encoding="utf-8"))
    begin, end = day.get("from_min", 0), day.get("until_min", 1440)
    road = day["travel"]
    per_km = (60 / road["km_per_h"] if "km_per_h" in road else road.get("min_per_km", 0)) * road.get("factor", 1)
    travel = lambda a, b: road.get("fixed_min", 0) + per_km * km(a, b)
    calls, clock = {}, day["calls"].get("unit") == "clock"
    for c in rows(day, toml.parent, "calls"):
        if clock and c["from"] < begin and c["from"] + 1440 < end:
            c["from"] += 1440
        for key in ("ready", "begun", "done"):
            if clock and c[key] is not None and c[key] + 720 < c["from"]:
                c[key] += 1440
        c["work"] = c["done"] - c["begun"] if None not in (c["begun"], c["done"]) and c["done"] > c["begun"] else None
        if begin <= c["from"] < end:
            calls[c["id"]] = c
    workers = shifts(day, toml.parent, begin, end)
    given = defaultdict(list)
    for line in open(lines, encoding="utf-8"):
        row = json.loads(line)
        given[row["policy"]].append(row)
    said = {r["policy"]: r for r in json.load(open(results))} if results else {}
    wrong = 0

    def must(holds, what):
        nonlocal wrong
        if not holds:
            wrong += 1
            if wrong <= 20:
                print("WRONG:", what)

    for policy, fates in given.items():
        seen = [row["call"] for row in fates]
        must(sorted(seen) == sorted(calls), f"{policy}: other calls than the day's")
        waits, failed, ways, turns, busy, within = [], 0, [], defaultdict(list), defaultdict(float), defaultdict(float)
        for row in fates:
            call = calls[row["call"]]
            must(abs(row["request_min"] - call["from"]) < SLACK_MIN, f"{policy} {row['call']}: came in at another time")
            if row["worker"] is None:
                failed += 1
                must(row["failed_min"] is not None and abs(row["failed_min"] - call["from"] - day["give_up_min"]) < 1 + SLACK_MIN,
                     f"{policy} {row['call']}: neither served nor given up in time")
            else:
                turns[row["worker"]].append(row)
        for name, stretches in workers.items():
            ahead = list(stretches)
            worker = ahead.pop(0)
            place, free = worker["at"], worker["from"]
            for row in sorted(turns.pop(name, []), key=lambda r: r["assigned_min"]):
                call, who = calls[row["call"]], f"{policy} {row['call']} {name}"
                while ahead and row["assigned_min"] >= ahead[0]["from"] - SLACK_MIN:
                    worker = ahead.pop(0)
                    # After a break they come back where the next shift begins, unless they are still at work.
                    place, free = (worker["at"], worker["from"]) if free <= worker["from"] else (place, free)
                must(row["assigned_min"] >= free - SLACK_MIN, f"{who}: not free yet")
                must(row["assigned_min"] <= worker["until"] - day.get("off_before_min", 0) + SLACK_MIN, f"{who}: the shift is over")
                must(worker["skilled"] or not call["skilled"], f"{who}: lacks the skill")
                must(row["assigned_min"] - call["from"] <= day["give_up_min"] + SLACK_MIN, f"{who}: given up by then")
                there = row["assigned_min"] + travel(place, call["at"])
                must(abs(row["pickup_min"] - there) < SLACK_MIN, f"{who}: at the pickup {row['pickup_min']}, not {there}")
                begins = max(there, there if call["ready"] is None else call["ready"])
                ride = travel(call["at"], call["to"]) if call["to"] else 0
                work = day.get("stay_min", 0) + ride + day.get("leave_min", 0) if call["work"] is None else call["work"]
                free = begins + work
                must(abs(row["free_min"] - free) < SLACK_MIN, f"{who}: free at {row['free_min']}, not {free}")
                place = call["to"] or call["at"]
                ways.append(there - row["assigned_min"])
                busy[name] += free - row["assigned_min"]
                # Work beyond the end of the shift takes nothing off the idle time before it.
                within[name] += sum(max(0.0, min(free, w["until"]) - max(row["assigned_min"], w["from"])) for w in stretches)
                waits.append(there - call["from"])
        must(not turns, f"{policy}: somebody unknown or off served: {list(turns)[:3]}")
        waits.sort()
        hours = [(within[name], sum(w["until"] - w["from"] for w in stretches)) for name, stretches in workers.items()]
        shares = sorted(b / s for b, s in hours)
        anew = {
            "calls": len(fates),
            "served": len(waits),
            "failed_pct": 100 * failed / len(fates),
            "wait_mean_min": sum(waits) / len(waits) if waits else 0.0,
            "wait_p50_min": percentile(waits, 50),
            "wait_p90_min": percentile(waits, 90),
            "wait_max_min": waits[-1] if waits else 0.0,
            "wait_30plus_pct": 100 * sum(w >= 30 for w in waits) / len(waits) if waits else 0.0,
            "pickup_mean_min": sum(ways) / len(ways) if ways else 0.0,
            "workers_used": sum(b > 0 for b in busy.values()),
            "busy_h": sum(busy.values()) / 60,
            "idle_h": sum(max(0.0, s - b) for b, s in hours) / 60,
            # The difference between any two, over twice their number and sum.
            "gini": sum(x * i - before for i, (x, before) in enumerate(zip(shares, accumulate(shares, initial=0)))) / len(shares) / sum(shares) if sum(shares) else 0.0,
        }
        print(f"{policy:22}", "  ".join(f"{k} {v:.2f}" if isinstance(v, float) else f"{k} {v}" for k, v in anew.items()))
        for key, value in anew.items():
            if policy in said:
                slack = {"wait_30plus_pct": 0.1, "busy_h": 0.5, "idle_h": 0.5, "gini": 0.001}.get(key, SLACK_MIN)
                must(abs(said[policy][key] - value) <= slack, f"{policy}: {key} is said to be {said[policy][key]}, it is {value}")
    print("all holds" if wrong == 0 else f"{wrong} things are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
