#!/usr/bin/env python3
"""Measures the gateway under load, on loopback only, bounded in count and time.

    python3 benches/gateway/load.py siege     # the originals' siege, beside a handler that only parses and answers
    python3 benches/gateway/load.py wrk       # a keep-alive client that is not the bottleneck
    python3 benches/gateway/load.py killed    # kill -9 every few seconds under load; clients ask again with their keys
    python3 benches/gateway/load.py idle      # 10,000 idle connections, stalled heads and readers that never read

Needs the release build (it makes it), and siege or wrk where the name says so (`apt-get install siege wrk`).
Figures are said as ratios against a floor that is measured in the same run. Exit 1: something was lost, doubled or failed.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BODY = '{"tel": "1234567890", "cost":3000}'


def build():
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
    """Runs siege for a while; it sometimes hangs at its end, so it has a limit of its own."""
    url = f"http://127.0.0.1:{port}/ascalls POST {BODY}"
    line = ["timeout", "-k", "5", str(seconds + 20), "siege", f"-c{users}", f"-t{seconds}S", "--content-type", "application/json", url]
    with tempfile.TemporaryDirectory() as home:
        os.makedirs(os.path.join(home, ".siege"))
        with open(os.path.join(home, ".siege", "siege.conf"), "w", encoding="utf-8") as conf:
            conf.write("verbose = false\nlimit = 1000\nconnection = close\nbenchmark = true\njson_output = true\n")
        env = {**os.environ, "HOME": home}
        done = subprocess.run(line, env=env, capture_output=True, text=True)
    text = done.stdout + done.stderr
    found = {key.strip(): float(value) for key, value in re.findall(r'"([a-z_ ]+)":\s*([\d.]+)', text)}
    if "transactions" not in found:
        raise SystemExit(f"siege said: {text[-2000:]}")
    return found


def run_siege(args):
    build()
    failed = False
    print("server            users  seconds  rate/s  ratio  availability  failed  longest ms")

    def line(name, found, floor):
        rate = found["transactions"] / found["elapsed_time"]
        longest = found.get("longest_transaction", 0) * 1000
        print(
            f"{name:16}  {args.users:5}  {args.seconds:7}  {rate:6.0f}  {rate / (floor or rate):5.2f}  "
            f"{found['availability']:11.2f}%  {found['failed_transactions']:6.0f}  {longest:10.0f}"
        )
        return rate, found["availability"] < 100 or found["failed_transactions"] > 0

    port = free_port()
    bare = Server([target("examples/bare"), f"127.0.0.1:{port}"], port)
    floor, bad = line("bare axum", siege(port, args.seconds, args.users), None)
    bare.stop()
    for workers in (0, 1000):
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
            failed |= taken < found["successful_transactions"] if "successful_transactions" in found else taken < found["transactions"]
            print("    " + desk.run("verify").strip())
    return failed


def run_wrk(args):
    build()
    script = f'wrk.method = "POST"\nwrk.body = \'{BODY}\'\nwrk.headers["content-type"] = "application/json"\n'
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "post.lua")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)

        def wrk(port):
            line = ["wrk", "-t1", f"-c{args.users}", f"-d{args.seconds}s", "--latency", "-s", path, f"http://127.0.0.1:{port}/ascalls"]
            text = subprocess.run(line, capture_output=True, text=True, check=True, timeout=args.seconds + 30).stdout
            rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
            p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
            p99 = float(p99.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[p99.group(2)]
            bad = re.search(r"Non-2xx.*: (\d+)|Socket errors.*", text)
            return rate, p99, bad.group(0) if bad else ""

        port = free_port()
        bare = Server([target("examples/bare"), f"127.0.0.1:{port}"], port)
        floor = wrk(port)
        bare.stop()
        desk = Desk(folder)
        server = desk.serve()
        ours = wrk(desk.port)
        server.stop()
        print("server     rate/s  ratio   p99 ms  ratio")
        print(f"bare axum  {floor[0]:6.0f}   1.00  {floor[1]:7.2f}   1.00  {floor[2]}")
        print(f"ascall     {ours[0]:6.0f}  {ours[0] / floor[0]:5.2f}  {ours[1]:7.2f}  {ours[1] / floor[1]:5.2f}  {ours[2]}")
        print("    " + desk.run("verify").strip())
        return bool(ours[2])


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
    build()
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
    build()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        server = desk.serve()

        async def busy(seconds):
            times, end = [], time.monotonic() + seconds

            async def one(number):
                n = 0
                while time.monotonic() < end:
                    n += 1
                    begun = time.monotonic()
                    status, _ = await post(desk.port, f"i-{seconds}-{begun}-{number}-{n}", "010-0000-0001")
                    if status != 201:
                        raise SystemExit(f"a busy client got {status}")
                    times.append(time.monotonic() - begun)

            await asyncio.gather(*(one(n) for n in range(args.users)))
            times.sort()
            return len(times) / seconds, times[int(len(times) * 0.99)] * 1000

        async def everything():
            alone = await busy(args.seconds)
            before = server.memory_mb()
            idle = [await asyncio.open_connection("127.0.0.1", desk.port) for _ in range(args.idle)]
            beside_idle = await busy(args.seconds)
            memory = server.memory_mb()
            for _, writer in idle:
                writer.close()
            stalled = []
            for _ in range(500):
                _, writer = await asyncio.open_connection("127.0.0.1", desk.port)
                writer.write(b"POST /ascalls HTTP/1.1\r\nhost: 127")
                stalled.append(writer)
            deaf = []
            for _ in range(500):
                _, writer = await asyncio.open_connection("127.0.0.1", desk.port, limit=1)
                writer.write(f"GET /v1/events?after=0 HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\n\r\n".encode())
                deaf.append(writer)
            beside_stalled = await busy(args.seconds)
            for writer in stalled + deaf:
                writer.close()
            return alone, beside_idle, beside_stalled, before, memory

        alone, idle, stalled, before, memory = asyncio.run(everything())
        server.stop()
        print(f"{args.users} busy clients              rate/s   p99 ms  ratio")
        for name, (rate, p99) in (("alone", alone), (f"beside {args.idle} idle", idle), ("beside 500 stalled, 500 deaf", stalled)):
            print(f"    {name:28}  {rate:6.0f}  {p99:7.1f}  {p99 / alone[1]:5.2f}")
        print(f"    memory {before:.0f} MB, with the idle ones {memory:.0f} MB")
        return False


def run_finish(args):
    """Finishes every call as soon as it is assigned, until it is told to stop."""
    base = f"http://127.0.0.1:{args.port}/v1"
    stream = urllib.request.urlopen(f"{base}/events?after=0", timeout=120)
    for line in stream:
        record = json.loads(line)
        for event in record.get("events", []):
            if event.get("event") == "assignment_committed":
                request = urllib.request.Request(
                    f"{base}/calls/C-{event['call']}/finish", data=b"{}", headers={"content-type": "application/json"}, method="POST"
                )
                try:
                    urllib.request.urlopen(request, timeout=20).read()
                except OSError:
                    pass
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["siege", "wrk", "killed", "idle", "finish"])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--every", type=float, default=10)
    parser.add_argument("--idle", type=int, default=10000)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    runs = {"siege": run_siege, "wrk": run_wrk, "killed": run_killed, "idle": run_idle, "finish": run_finish}
    sys.exit(1 if runs[args.what](args) else 0)


if __name__ == "__main__":
    main()
