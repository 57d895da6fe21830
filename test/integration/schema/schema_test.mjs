// SPDX-License-Identifier: BSL-1.0
//
// node schema_test.mjs ROOT DEVP2P BANK RAFT: validates the scenarios of the repository by the
// schemas that these programs print, with a validator that shares no code with them; and sees that
// mistakes are refused by both. Exits with 77 if the validator is missing; with CI set, that is a
// failure.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [root, devp2p, bank, raft] = process.argv.slice(2);

let Ajv;
try {
  ({ default: Ajv } = await import("ajv"));
} catch {
  console.log("ajv is not installed: run `npm ci --ignore-scripts` in this folder");
  process.exit(process.env.CI ? 1 : 77);
}

/// The words before the options of each program's command line.
const calls = { devp2p: [devp2p, "simulate"], bank: [bank], raft: [raft] };

function run(program, args, input) {
  const [file, ...first] = calls[program];
  const out = spawnSync(file, [...first, ...args], { input, encoding: "utf8" });
  return { status: out.status, printed: out.stdout, errors: out.stderr };
}

const schemas = {};
for (const program of Object.keys(calls)) {
  const { status, printed } = run(program, ["--schema"]);
  assert.equal(status, 0);
  const schema = JSON.parse(printed);
  assert.equal(schema.allowComments, true);
  delete schema.allowComments; // A word of editors, which validators do not know.
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });
  schemas[program] = ajv.compile(schema);
}

/// Returns JSON without its comments; texts stay as they are.
const bare = (text) =>
  text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (all, kept) => kept ?? " ");

function check(name, program, text) {
  const valid = schemas[program];
  assert.ok(valid(JSON.parse(bare(text))), `${name}: ${JSON.stringify(valid.errors, null, 1)}`);
  // Files beside a scenario are not beside stdin.
  if (text.includes("edge_list")) return;
  const { status, errors } = run(program, ["-", "--check"], text);
  assert.equal(status, 0, `${name}: ${errors}`);
}

/// Calls `check` with each scenario of the repository.
let count = 0;
function check_file(path, program) {
  check(path, program, readFileSync(join(root, path), "utf8"));
  ++count;
}
for (const folder of ["bank", "raft"])
  for (const name of readdirSync(join(root, "examples", folder)))
    if (name.endsWith(".json")) check_file(`examples/${folder}/${name}`, folder);
check_file("test/integration/report/scenario.json", "devp2p");
const documents = "test/simulator/scenario.md";
for (const [, block] of readFileSync(join(root, documents), "utf8").matchAll(
  /```json\n([\s\S]*?)```/g,
)) {
  check(documents, "devp2p", block);
  ++count;
}
assert.ok(count > 10, `there are only ${count} scenarios`);

/// What is right, and with a change is not.
const right = {
  topology: { kind: "ring", nodes: 20 },
  length_s: 10,
  variables: { delay: 5 },
  groups: { miners: "0..9", one: 3, some: { sample: 0.5, of: "miners" } },
  line: { latency_ms: "$delay", jitter: { kind: "uniform", low_ms: 1, high_ms: 2 } },
  nats: [{ kind: "cone", nodes: ["one", { every: 7 }] }],
  churn: { mean_up_s: 5, mean_down_s: 1, nodes: { sample: 3 } },
  schedule: [
    { at_s: 1, do: "crash", nodes: ["miners", "12..14", 17] },
    { at_s: 2, every_s: 1, times: 3, do: "publish", node: { sample: 1 }, size: 8 },
    { at_s: 3, do: "cut", from: 0, to: 1 },
    { at_s: 4, do: "heal" },
  ],
  check: [{ that: "few_ended", reason: "useless peer", most: 9 }],
};
check("the right one", "devp2p", JSON.stringify(right));

const mistakes = [
  (x) => delete x.topology,
  (x) => delete x.length_s,
  (x) => (x.length_s = -1),
  (x) => (x.length_s = "ten"),
  (x) => (x.sed = 1),
  (x) => (x.seed = 1.5),
  (x) => (x.crypto = "rot13"),
  (x) => (x.variables = [1]),
  (x) => (x.variables.delay = [1]),
  (x) => (x.groups.miners = true),
  (x) => (x.topology.kind = "cube"),
  (x) => (x.topology.degree = 3),
  (x) => (x.topology.nodes = 2_000_000),
  (x) => (x.topology = { kind: "grid", width: 4 }),
  (x) => (x.topology = { kind: "links", nodes: 2, links: [[0]] }),
  (x) => (x.line.latency = 5),
  (x) => (x.line.latency_ms = 3_600_001),
  (x) => (x.line.jitter = { kind: "uniform", mean_ms: 1 }),
  (x) => (x.nats = { kind: "cone" }),
  (x) => (x.nats[0].kind = "conical"),
  (x) => (x.nats[0].nodes = [[1]]),
  (x) => (x.nats[0].nodes = [{ every: 0 }]),
  (x) => (x.nats[0].nodes = [{ sample: 1, every: 2 }]),
  (x) => (x.nats[0].nodes = [1.5]),
  (x) => delete x.churn.mean_up_s,
  (x) => (x.churn.mean_up_s = 0),
  (x) => (x.schedule = {}),
  (x) => delete x.schedule[0].at_s,
  (x) => delete x.schedule[0].do,
  (x) => delete x.schedule[0].nodes,
  (x) => (x.schedule[0].node = 1),
  (x) => (x.schedule[0].size = 1),
  (x) => (x.schedule[1].size = -1),
  (x) => (x.schedule[1].times = 0),
  (x) => (x.schedule[1].every_s = 0),
  (x) => (x.schedule[2].node = 1),
  (x) => delete x.schedule[2].to,
  (x) => (x.schedule[3].do = "hael"),
  (x) => (x.check[0].reason = "bored"),
  (x) => (x.check[0].that = "all_well"),
  (x) => (x.protocols = ["eth"]),
  (x) => (x.gossip = { defect: "all" }),
  (x) => (x.$schema = 1),
];
for (const spoil of mistakes) {
  const wrong = structuredClone(right);
  spoil(wrong);
  assert.ok(!schemas.devp2p(wrong), `the schema allows ${spoil}`);
  const { status } = run("devp2p", ["-", "--check"], JSON.stringify(wrong));
  assert.equal(status, 2, `the reader allows ${spoil}`);
}
