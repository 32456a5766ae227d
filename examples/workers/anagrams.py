#!/usr/bin/env python3
"""A worker of one slot that speaks HTTP: ./anagrams.py [SERVER]. Start the server with `pawl up --tools examples/workers`."""
import contextlib, json, os, signal, socket, sys, threading, time, urllib.error, urllib.request, uuid

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
TOOL, WORKER = "anagrams@1", f"anagrams-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class LeaseLost(Exception):
    """The job was cancelled, or somebody else runs it by now: what is left to do is nothing."""


def call(path, body, method="POST", content="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    while True:
        try:
            request = urllib.request.Request(SERVER + path, data, {"Content-Type": content}, method=method)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:  # it says why, as application/problem+json
            if refused.code not in (503, 507):
                raise (LeaseLost if refused.code == 409 else RuntimeError)(json.load(refused))
        except OSError as away:
            print("server is away:", away, file=sys.stderr)
        time.sleep(2)  # every request may be repeated: claims are named by their lease, ends by their attempt


def renew(lease, done, lost):
    while not done.wait(10):  # the lease lasts 30 s from each renewal
        answer = call("/v1/leases:renew", {"worker": WORKER, "leases": [lease]})
        if answer["lost"] or answer["stop"]:
            lost.set()


def work(words, attempt, lost):
    groups = {}
    for number, word in enumerate(words):
        if lost.is_set():
            raise LeaseLost("stopped by the server")
        if number % 1000 == 0:
            call(attempt + ":progress", {"fraction": number / len(words), "text": word})
        groups.setdefault("".join(sorted(word.lower())), []).append(word)
    found = [group for group in groups.values() if len(group) > 1]
    call(attempt + ":log", {"lines": [{"seq": 0, "text": f"{len(words)} words, {len(found)} groups"}]})
    lines = b"".join(" ".join(group).encode() + b"\n" for group in found)
    return {"output": {"groups": found}, "artifacts": [call(attempt + "/artifacts/anagrams.txt", lines, "PUT", "text/plain")]}


def run(lease, job):
    attempt, done, lost = f"/v1/leases/{lease}/jobs/{job['id']}/{job['attempt']}", threading.Event(), threading.Event()
    threading.Thread(target=renew, args=(lease, done, lost), daemon=True).start()
    try:
        call(attempt + ":complete", work(job["input"]["words"], attempt, lost))
    except LeaseLost as why:
        print("given up:", why, file=sys.stderr)
        with contextlib.suppress(LeaseLost):  # after a cancel the server waits to hear that nothing runs any more
            call(attempt + ":stopped", {})
    except Exception as bug:
        call(attempt + ":fail", {"error_class": "transient", "error": repr(bug)})
    finally:
        done.set()


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
call("/v1/workers", {"worker": WORKER, "host": socket.gethostname(), "pid": os.getpid(), "tools": [TOOL]})
try:
    while lease := str(uuid.uuid4()):
        for job in call("/v1/leases", {"worker": WORKER, "lease": lease, "wants": [{"tools": [TOOL]}], "wait_ms": 30000})["jobs"]:
            run(lease, job)
finally:  # what runs under the last claim goes back; a claim without an answer takes no place any more
    for job in call("/v1/leases:recover", {"worker": WORKER, "lease": lease})["jobs"]:
        call(f"/v1/leases/{lease}/jobs/{job['id']}/{job['attempt']}:release", {})
    call(f"/v1/workers/{WORKER}:leave", {})
