#!/usr/bin/env node
// A Waybill node in JavaScript: sends parcels. Needs Node.js 18 or newer and no packages.
//
//   WAYBILL_KEY=wb_... node worker.mjs --server http://localhost:5080 --workflow gifts --node send
//
// The protocol is one page: docs/worker-protocol.md. To make another node of it, change `work`.

import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

const { values: options } = parseArgs({
  options: {
    server: { type: "string", default: "http://localhost:5080" },
    workflow: { type: "string" },
    node: { type: "string" },
    next: { type: "string" }, // the node to go to; without one, the element finishes here
    name: { type: "string", default: `${hostname()}/${process.pid}` },
    parallel: { type: "string", default: "4" }, // how many elements it works on at once
    seconds: { type: "string", default: "0" }, // how long the work is to take
  },
});
const say = (text) => console.error(text);
const parallel = Number(options.parallel);

// Does the work of one element. Returns its route: where it goes from here, with which data.
// It may run more than once for the same element, so hand item.idempotencyKey to whatever is called outside.
async function work(item) {
  await sleep(Number(options.seconds) * 1000); // stands for real work
  // All of the data, so that members that this worker does not know travel on.
  const data = { ...item.data, steps: [...(item.data.steps ?? []), "sent by JavaScript"] };
  return options.next
    ? { to: options.next, data, milestone: { text: "sent" } }
    : { finish: data, milestone: { text: "sent" } };
}

// The server did not take a request as it was; sending the same again would not help.
class Refused extends Error {}

// Sends JSON and returns the JSON of the answer.
async function post(path, body, signal = AbortSignal.timeout(70_000)) {
  const response = await fetch(options.server + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${process.env.WAYBILL_KEY ?? ""}` },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  if (response.status === 429 || response.status >= 500) throw new Error(text); // worth another try
  throw new Refused(`${response.status} ${text}`);
}

// Sends until there is an answer. Every request but a claim may be sent again: the answer is the same.
async function persist(path, body, leaseMs) {
  const givenUpAt = performance.now() + leaseMs;
  for (let pause = 200; ; ) {
    try {
      const result = (await post(path, body)).results[0];
      // Behind a balancer, the next try may reach the process that gave the lease, if it still lives.
      if (result.outcome !== "elsewhere" || performance.now() > givenUpAt) return result;
      await sleep(100);
    } catch (error) {
      if (error instanceof Refused) throw error;
      say(`trying again: ${error.message}`);
      await sleep(pause);
      pause = Math.min(pause * 2, 5000);
    }
  }
}

// Three times in a lease, so that one lost heartbeat does no harm; soon again, if it came to the wrong process.
function keepLease(item) {
  const usual = item.leaseMs / 3;
  let timer;
  const beatIn = (pause) => (timer = setTimeout(beat, pause));
  const beat = async () => {
    let pause = usual;
    try {
      const answer = await post("/v1/work/heartbeat", { leases: [item.lease] }, AbortSignal.timeout(10_000));
      if (answer.results[0].outcome === "elsewhere") pause = Math.min(100, usual);
    } catch (error) {
      say(`no heartbeat: ${error.message}`);
    }
    if (timer) beatIn(pause);
  };
  beatIn(usual);
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

// Works on one element, keeps its lease meanwhile, and tells the server what became of it.
async function run(item) {
  const { lease } = item;
  const letGo = keepLease(item);
  try {
    say(`begins ${item.key} attempt ${item.attempt}`);
    let result;
    try {
      result = await persist("/v1/work/complete", [{ lease, route: await work(item) }], item.leaseMs);
    } catch (error) {
      // Whatever it is, the element is retried as its node declares.
      const reason = String(error.message ?? error);
      result = await persist("/v1/work/fail", [{ lease, reason, type: error.name, details: error.stack }], item.leaseMs);
    }
    if (result.outcome === "refused") {
      // A fault of this program; no retry would mend it.
      const reason = result.problem.detail;
      say(`refused ${item.key}: ${reason}`);
      result = await persist("/v1/work/fail", [{ lease, reason, retry: false }], item.leaseMs);
    }
    say(`${result.outcome} ${item.key}`);
  } finally {
    letGo();
  }
}

const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => stopping.abort());
const running = new Set();
const nodes = [{ workflow: options.workflow, node: options.node }];

say("ready");
while (!stopping.signal.aborted) {
  if (running.size >= parallel) {
    await Promise.race(running);
    continue;
  }
  const claim = { worker: options.name, nodes, max: parallel - running.size, waitMs: 2000 };
  let items = [];
  try {
    // Waits for its answer even when it is to stop: what was handed out is worked on.
    items = (await post("/v1/work/claim", claim)).work;
  } catch (error) {
    if (error instanceof Refused) throw error;
    say(`no claim: ${error.message}`);
    await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
  }
  for (const item of items) {
    const one = run(item).catch((error) => say(`given up ${item.key}: ${error.message}`));
    running.add(one);
    one.finally(() => running.delete(one));
  }
}
await Promise.all(running); // what it has begun it finishes
say("stopped");
