#!/usr/bin/env python3
"""A Waybill node in Python: wraps gifts. Needs Python 3.8 or newer and nothing but its standard library.

    WAYBILL_KEY=wb_... python3 worker.py --server http://localhost:5080 --workflow gifts --node wrap --next send

The protocol is one page: docs/worker-protocol.md. To make another node of it, change `work`.
"""

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request


def work(item, options):
    """Does the work of one element. Returns its route: where it goes from here, with which data.

    It may run more than once for the same element, so hand item["idempotencyKey"] to whatever is called outside.
    """
    time.sleep(options.seconds)  # stands for real work
    data = dict(item["data"])  # all of it, so that members that this worker does not know travel on
    data["steps"] = data.get("steps", []) + ["wrapped in Python"]
    if options.next is None:
        return {"finish": data}
    return {"to": options.next, "data": data, "milestone": {"text": "wrapped"}}


class Refused(Exception):
    """The server did not take a request as it was; sending the same again would not help."""


def post(options, path, body, patience=70):
    """Sends JSON and returns the JSON of the answer."""
    request = urllib.request.Request(
        options.server + path,
        data=json.dumps(body).encode("utf-8"),
        headers={"Content-Type": "application/json", "Authorization": "Bearer " + os.environ.get("WAYBILL_KEY", "")},
    )
    try:
        with urllib.request.urlopen(request, timeout=patience) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        text = error.read().decode("utf-8", "replace")
        if error.code == 429 or error.code >= 500:
            raise ConnectionError(text) from error  # worth another try
        raise Refused(f"{error.code} {text}") from error


def persist(options, path, body, lease_ms):
    """Sends until there is an answer. Every request but a claim may be sent again: the answer is the same."""
    pause, given_up_at = 0.2, time.monotonic() + lease_ms / 1000
    while True:
        try:
            result = post(options, path, body)["results"][0]
            # Behind a balancer, the next try may reach the process that gave the lease, if it still lives.
            if result["outcome"] != "elsewhere" or time.monotonic() > given_up_at:
                return result
            time.sleep(0.1)
        except (OSError, ValueError) as error:  # no connection, cut off in the middle, or too busy
            say(f"trying again: {error}")
            time.sleep(pause)
            pause = min(pause * 2, 5)


def run(item, options):
    """Works on one element, keeps its lease meanwhile, and tells the server what became of it."""
    lease, done = item["lease"], threading.Event()

    def keep_lease():
        # Three times in a lease, so that one lost heartbeat does no harm; soon again, if it came to the wrong process.
        usual = pause = item["leaseMs"] / 3000
        while not done.wait(pause):
            try:
                beat = post(options, "/v1/work/heartbeat", {"leases": [lease]}, patience=10)["results"][0]
                pause = min(0.1, usual) if beat["outcome"] == "elsewhere" else usual
            except (OSError, ValueError, Refused) as error:
                say(f"no heartbeat: {error}")

    threading.Thread(target=keep_lease, daemon=True).start()
    try:
        say(f"begins {item['key']} attempt {item['attempt']}")
        try:
            path, report = "/v1/work/complete", {"lease": lease, "route": work(item, options)}
        except Exception as error:  # whatever it is, the element is retried as its node declares
            path, report = "/v1/work/fail", {"lease": lease, "reason": str(error), "type": type(error).__name__}
        result = persist(options, path, [report], item["leaseMs"])
        if result["outcome"] == "refused":  # a fault of this program; no retry would mend it
            reason = result["problem"]["detail"]
            say(f"refused {item['key']}: {reason}")
            report = {"lease": lease, "reason": reason, "retry": False}
            result = persist(options, "/v1/work/fail", [report], item["leaseMs"])
        say(f"{result['outcome']} {item['key']}")
    except Refused as refused:
        say(f"given up {item['key']}: {refused}")
    finally:
        done.set()


def say(text):
    sys.stderr.write(text + "\n")  # in one go, since several threads speak
    sys.stderr.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="http://localhost:5080")
    parser.add_argument("--workflow", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--next", help="the node to go to; without one, the element finishes here")
    parser.add_argument("--name", default=f"{socket.gethostname()}/{os.getpid()}")
    parser.add_argument("--parallel", type=int, default=4, help="how many elements it works on at once")
    parser.add_argument("--seconds", type=float, default=0, help="how long the work is to take")
    options = parser.parse_args()

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    nodes = [{"workflow": options.workflow, "node": options.node}]
    running = set()

    say("ready")
    while not stopping.is_set():
        running = {thread for thread in running if thread.is_alive()}
        free = options.parallel - len(running)
        if free == 0:
            stopping.wait(0.05)
            continue
        items = []
        try:
            # Short, for a stop to be quick; its answer is waited for, and what it brings is worked on.
            claim = {"worker": options.name, "nodes": nodes, "max": free, "waitMs": 2000}
            items = post(options, "/v1/work/claim", claim)["work"]
        except (OSError, ValueError) as error:
            say(f"no claim: {error}")
            stopping.wait(1)
        for item in items:
            thread = threading.Thread(target=run, args=(item, options))
            thread.start()
            running.add(thread)
    for thread in running:  # what it has begun it finishes
        thread.join()
    say("stopped")


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(f"refused: {refused}")
