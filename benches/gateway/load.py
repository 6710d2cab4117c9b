#!/usr/bin/env python3
"""Measures the gateway under load, on loopback only, bounded in count and time.

    python3 benches/gateway/load.py siege     # the originals' siege, beside a handler that only parses and answers
    python3 benches/gateway/load.py wrk       # a keep-alive client that is not the bottleneck
    python3 benches/gateway/load.py killed    # kill -9 every few seconds under load; clients ask again with their keys
    python3 benches/gateway/load.py idle      # 10,000 idle connections, stalled heads and readers that never read
    python3 benches/gateway/load.py oneshot   # `ascall request` attached to a host, beside load and without

Makes the release build unless `--built` says that it is there; needs siege, and wrk for `wrk`, `idle` and `oneshot`
(`apt-get install siege wrk`). Each figure stands beside its ratio against a floor that is measured in the same round,
and `--rounds` takes floor and figure in turns, because the machine is never quiet. Exit 1: something was lost, doubled
or failed.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BODY = '{"tel": "1234567890", "cost":3000}'


def build(args):
    if args.built:
        return
    cargo = ["cargo", "build", "--quiet", "--release", "--locked"]
    subprocess.run([*cargo, "--bin", "ascall", "--example", "bare"], cwd=ROOT, check=True)


def target(name):
    folder = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(folder, "release", name)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """A process that listens; it is ended by its id."""

    def __init__(self, line, port, env=None):
        self.port = port
        self.child = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise SystemExit(f"{line[0]} does not listen on {port}")

    def stop(self, how=signal.SIGTERM):
        self.child.send_signal(how)
        self.child.wait(60)

    def memory_mb(self):
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


class Desk:
    """A store of its own, and the `ascall` that serves it."""

    def __init__(self, folder):
        self.env = {**os.environ, "ASCALL_STORE": os.path.join(folder, "desk.redb"), "HOME": folder}
        self.port = free_port()

    def serve(self):
        line = [target("ascall"), "serve", "--listen", f"127.0.0.1:{self.port}"]
        return Server(line, self.port, self.env)

    def run(self, *words):
        done = subprocess.run([target("ascall"), "--lang", "en", *words], env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"ascall {' '.join(words)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def workers(self, count):
        if count == 0:
            return
        rows = ["name,tel,at,services"]
        rows += [f"김일꾼,010-0000-{n:04},\"37.{5000 + n},127.0{n:04}\",repair" for n in range(count)]
        path = os.path.join(os.path.dirname(self.env["ASCALL_STORE"]), "workers.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
        self.run("worker", "import", path, "-o", "id")

    def phases(self):
        """How many calls are in which phase, and how often a client's reference stands."""
        phases = {}
        for line in self.run("list", "--all", "-o", "csv").splitlines()[1:]:
            phase = line.split(",")[2] if "," in line else line
            phases[phase] = phases.get(phase, 0) + 1
        return phases


def siege(port, seconds, users):
    """Runs siege for a while. It sometimes hangs at its end and says nothing then: it has a limit of its own, and is asked
    once more."""
    url = f"http://127.0.0.1:{port}/ascalls POST {BODY}"
    line = ["timeout", "-k", "5", str(seconds + 10), "siege", f"-c{users}", f"-t{seconds}S", "--content-type", "application/json", url]
    with tempfile.TemporaryDirectory() as home:
        os.makedirs(os.path.join(home, ".siege"))
        with open(os.path.join(home, ".siege", "siege.conf"), "w", encoding="utf-8") as conf:
            conf.write("verbose = false\nlimit = 1000\nconnection = close\nbenchmark = true\njson_output = true\n")
        env = {**os.environ, "HOME": home}
        for _ in range(3):
            done = subprocess.run(line, env=env, capture_output=True, text=True)
            text = done.stdout + done.stderr
            found = {key.strip(): float(value) for key, value in re.findall(r'"([a-z_ ]+)":\s*([\d.]+)', text)}
            if "transactions" in found:
                return found
    raise SystemExit(f"siege said: {text[-2000:]}")


def bare():
    """The floor: a handler that parses a call and answers."""
    port = free_port()
    return Server([target("examples/bare"), f"127.0.0.1:{port}"], port)


def run_siege(args):
    build(args)
    failed = False
    print("server                users  seconds  rate/s  ratio  availability  failed  longest ms", flush=True)

    def line(name, found, floor):
        rate = found["transactions"] / found["elapsed_time"]
        longest = found.get("longest_transaction", 0) * 1000
        print(
            f"{name:20}  {args.users:5}  {args.seconds:7}  {rate:6.0f}  {rate / (floor or rate):5.2f}  "
            f"{found['availability']:11.2f}%  {found['failed_transactions']:6.0f}  {longest:10.0f}",
            flush=True,
        )
        return rate, found["availability"] < 100 or found["failed_transactions"] > 0

    for workers in [0, 1000] * args.rounds:
        server = bare()
        floor, _ = line("bare axum", siege(server.port, args.seconds, args.users), None)
        server.stop()
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(folder)
            desk.workers(workers)
            server = desk.serve()
            finisher = None
            if workers:
                finisher = subprocess.Popen([sys.executable, __file__, "finish", "--port", str(desk.port)])
            found = siege(desk.port, args.seconds, args.users)
            _, bad = line(f"ascall, {workers} workers", found, floor)
            failed |= bad
            memory = server.memory_mb()
            if finisher:
                finisher.send_signal(signal.SIGTERM)
                finisher.wait(30)
            server.stop()
            phases = desk.phases()
            taken = sum(phases.values())
            print(f"    {memory:.0f} MB; calls {taken}: {phases}")
            failed |= taken < found.get("successful_transactions", found["transactions"])
            print("    " + desk.run("verify").strip(), flush=True)
    return failed


def wrk(port, args, folder):
    """Runs wrk for a while: the rate, the latency at the middle and at 99 % in ms, and what went wrong."""
    path = os.path.join(folder, "post.lua")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'wrk.method = "POST"\nwrk.body = \'{BODY}\'\nwrk.headers["content-type"] = "application/json"\n')
    line = ["wrk", "-t1", f"-c{args.users}", f"-d{args.seconds}s", "--latency", "-s", path, f"http://127.0.0.1:{port}/ascalls"]
    text = subprocess.run(line, capture_output=True, text=True, check=True, timeout=args.seconds + 30).stdout

    def latency(percent):
        found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text)
        return float(found.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[found.group(2)]

    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    bad = re.search(r"Non-2xx.*: (\d+)|Socket errors.*", text)
    return rate, latency(50), latency(99), bad.group(0) if bad else ""


def run_wrk(args):
    build(args)
    failed = False
    print("server     rate/s  ratio   p99 ms  ratio")
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            server = bare()
            floor = wrk(server.port, args, folder)
            server.stop()
            desk = Desk(folder)
            server = desk.serve()
            ours = wrk(desk.port, args, folder)
            server.stop()
            for name, (rate, _, p99, bad) in (("bare axum", floor), ("ascall", ours)):
                print(f"{name:9}  {rate:6.0f}  {rate / floor[0]:5.2f}  {p99:7.2f}  {p99 / floor[2]:5.2f}  {bad}")
            print("    " + desk.run("verify").strip(), flush=True)
            failed |= bool(ours[3])
    return failed


async def post(port, key, tel):
    """One request on a connection of its own; its status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        body = json.dumps({"tel": tel, "cost": 3000})
        writer.write(
            f"POST /ascalls HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            f"idempotency-key: {key}\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )
        answer = (await reader.read()).decode()
        if not answer.startswith("HTTP/1.1 "):
            raise ConnectionError("no answer")
        return int(answer[9:12]), answer
    finally:
        writer.close()


def run_killed(args):
    """Kills the server every few seconds; a supervisor starts it again; clients ask again with the same key."""
    build(args)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        server = desk.serve()
        end = time.monotonic() + args.seconds
        acknowledged, retries, kills = {}, 0, 0

        async def client(number):
            nonlocal retries
            n = 0
            while time.monotonic() < end:
                n += 1
                key, tel = f"load-{number}-{n}", f"010-0000-{number:04}"
                give_up = time.monotonic() + 60
                while True:
                    try:
                        status, answer = await asyncio.wait_for(post(desk.port, key, tel), 20)
                    except (OSError, ConnectionError, asyncio.TimeoutError):
                        status, answer = 0, ""
                    if status == 201:
                        acknowledged[key] = re.search(r"(?i)location: (\S+)", answer).group(1)
                        break
                    if time.monotonic() > give_up:
                        raise SystemExit(f"{key} was not answered for a minute: {status}")
                    retries += 1
                    await asyncio.sleep(0.05)

        async def supervise():
            nonlocal server, kills
            while time.monotonic() + args.every < end:
                await asyncio.sleep(args.every)
                server.child.kill()
                server.child.wait()
                kills += 1
                server = await asyncio.to_thread(desk.serve)

        async def everybody():
            await asyncio.gather(supervise(), *(client(n) for n in range(args.users)))

        asyncio.run(everybody())
        server.stop()
        places = set(acknowledged.values())
        stored = sum(desk.phases().values())
        print(f"{kills} kills in {args.seconds} s, {args.users} clients: {len(acknowledged)} acknowledged, {retries} retries")
        print(f"    {len(places)} different calls named, {stored} stored")
        print("    " + desk.run("verify").strip())
        return len(places) != len(acknowledged) or stored != len(acknowledged)


def run_idle(args):
    """Busy clients beside idle connections, stalled heads, and followers that never read."""
    build(args)
    # Whoever holds connections open is this process; the busy ones are wrk's.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    failed = False
    print(f"{args.users} busy clients                  rate/s  ratio   p99 ms  ratio   memory MB")
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(folder)
            server = desk.serve()
            floor = None

            def busy(name):
                nonlocal floor
                rate, _, p99, bad = wrk(desk.port, args, folder)
                floor = floor or (rate, p99)
                memory = server.memory_mb()
                print(f"    {name:28}  {rate:6.0f}  {rate / floor[0]:5.2f}  {p99:7.2f}  {p99 / floor[1]:5.2f}  {memory:10.0f}  {bad}", flush=True)
                return bool(bad)

            def held(count, say, take=None):
                all = []
                for _ in range(count):
                    stream = socket.socket()
                    if take:
                        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, take)
                    stream.connect(("127.0.0.1", desk.port))
                    stream.sendall(say)
                    all.append(stream)
                return all

            failed |= busy("alone")
            idle = held(args.idle, b"")
            failed |= busy(f"beside {args.idle} idle")
            for stream in idle:
                stream.close()
            stalled = held(500, b"POST /ascalls HTTP/1.1\r\nhost: 127")
            failed |= busy("beside 500 stalled heads")
            for stream in stalled:
                stream.close()
            deaf = held(500, f"GET /v1/events?after=0 HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\n\r\n".encode(), 4096)
            failed |= busy("beside 500 that never read")
            for stream in deaf:
                stream.close()
            server.stop()
            print("    " + desk.run("verify").strip(), flush=True)
    return failed


def run_oneshot(args):
    """How long a one-shot takes that is attached to a host: beside load, and without; over what no desk is asked for."""
    build(args)
    print("one-shot, attached     ms of `version`  ms of `request`  more by ms  a commit's ms")
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        server = desk.serve()

        def took(*words):
            begun = time.monotonic()
            desk.run(*words)
            return (time.monotonic() - begun) * 1000

        def look(name, commit):
            pairs = [(took("--version"), took("request", "--tel", "010-0000-0001", "--cost", "3000")) for _ in range(50)]
            floor, ours = (statistics.median(times) for times in zip(*pairs))
            print(f"    {name:17}  {floor:15.1f}  {ours:15.1f}  {ours - floor:10.1f}  {commit}", flush=True)

        look("a quiet host", "")
        # As many as keep the host busy and leave the machine some air.
        load = argparse.Namespace(users=args.users, seconds=args.seconds)
        line = [sys.executable, __file__, "wrk-at", "--port", str(desk.port), "--users", str(load.users), "--seconds", str(load.seconds)]
        beside = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        look("a busy host", "below")
        said, _ = beside.communicate(timeout=args.seconds + 60)
        print(f"    {said.strip()}")
        server.stop()
        print("    " + desk.run("verify").strip())
    return False


def run_wrk_at(args):
    """Load for whoever measures beside it."""
    with tempfile.TemporaryDirectory() as folder:
        rate, p50, p99, bad = wrk(args.port, args, folder)
        print(f"the load: {rate:.0f} calls/s, answered within {p50:.1f} ms (half), {p99:.1f} ms (99 %) {bad}")
        return bool(bad)


async def finish(port, hands):
    """Finishes every call as soon as it is assigned; each hand has a connection of its own and keeps it."""
    assigned = asyncio.Queue()
    head = f" HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"

    async def hand():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            call = await assigned.get()
            writer.write(f"POST /v1/calls/C-{call}/finish{head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", answer).group(1)))

    async def follow():
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        writer.write(f"GET /v1/events?after=0{head}\r\n".encode())
        while line := await reader.readline():
            # Most records are of no interest, and reading all of them as JSON takes longer than finishing the calls.
            if b"assignment_committed" not in line or not line.startswith(b"{"):
                continue
            for event in json.loads(line)["events"]:
                if event["event"] == "assignment_committed":
                    assigned.put_nowait(event["call"])

    await asyncio.gather(follow(), *(hand() for _ in range(hands)))


def run_finish(args):
    try:
        asyncio.run(finish(args.port, 32))
    except (OSError, asyncio.IncompleteReadError):
        # The desk has left.
        pass
    return False


def main():
    runs = {
        "siege": run_siege,
        "wrk": run_wrk,
        "killed": run_killed,
        "idle": run_idle,
        "oneshot": run_oneshot,
        "finish": run_finish,
        "wrk-at": run_wrk_at,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=runs)
    parser.add_argument("--built", action="store_true", help="the release build is there")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--every", type=float, default=10)
    parser.add_argument("--idle", type=int, default=10000)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    sys.exit(1 if runs[args.what](args) else 0)


if __name__ == "__main__":
    main()
