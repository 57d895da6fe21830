// SPDX-License-Identifier: BSL-1.0
//
// node report_test.mjs TOOL: simulates networks with the tool and looks at their reports in
// Chromium. Exits with 77 if Chromium is missing; with CI set, that is a failure.
import * as browsers from "./browser.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";

const charts = [
  "topology",
  "sessions",
  "ends",
  "messages",
  "bytes",
  "gossip",
  "handlers",
  "kinds",
];
const patience = 60_000;

const [tool] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "devp2p-report-"));

/// Starts the tool; `ended` is a promise of its exit status.
function start(file, out) {
  const child = spawn(tool, ["simulate", file, "--out", out], {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: patience,
  });
  const ended = once(child, "exit").then(([status]) => status);
  return { child, ended };
}

/// Returns the files that the tool has written, parsed.
function results(out) {
  const read = (name) => readFileSync(join(out, name), "utf8");
  return {
    report: join(out, "report.html"),
    summary: JSON.parse(read("summary.json")),
    events: read("events.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

/// Runs a scenario, a file or an object, to its end.
async function simulate(scenario, name = "scenario.json") {
  const out = mkdtempSync(join(scratch, "out-"));
  const file = typeof scenario === "string" ? scenario : join(out, name);
  if (typeof scenario !== "string") writeFileSync(file, JSON.stringify(scenario));
  assert.equal(await start(file, out).ended, 0);
  return results(out);
}

/// Returns the data of a chart and the number of its painted pixels; null without such a chart.
const look = (page, id) =>
  page.evaluate((id) => {
    const chart = document.getElementById(id) && Chart.getChart(id);
    if (!chart) return null;
    const { canvas } = chart;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let painted = 0;
    for (let i = 3; i < pixels.length; i += 4) painted += pixels[i] > 0;
    const titles = Object.values(chart.options.scales)
      .filter((x) => x.display !== false && x.title)
      .map((x) => x.title.text)
      .filter((x) => x);
    return {
      type: chart.config.type,
      labels: chart.data.labels,
      sets: chart.data.datasets.map((x) => ({ label: x.label, data: x.data })),
      titles,
      painted,
      width: canvas.clientWidth,
      height: canvas.clientHeight,
      words: canvas.getAttribute("aria-label"),
    };
  }, id);

const sum = (values) => values.reduce((x, y) => x + y, 0);

/// Returns the area under a step function: rate times length, from each point to the next.
const area = (points) =>
  sum(points.slice(1).map((next, i) => points[i].y * (next.x - points[i].x)));

const about = (found, wanted) =>
  assert.ok(Math.abs(found - wanted) <= 1e-6 * Math.max(1, wanted), `${found} is not ${wanted}`);

/// Checks that the page made no requests and has no errors, and that no element is wider than it.
async function checkPage({ page, requests, complaints }) {
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= client, `${scroll} px in ${client}`);
}

function checkTopology(chart, { summary, events }) {
  const [up, down] = chart.sets.map((x) => x.data);
  assert.equal(up.length + down.length, summary.nodes);
  const running = new Set();
  for (const { what, node } of events)
    if (what === "started") running.add(node);
    else if (what === "crashed") running.delete(node);
  assert.deepEqual(new Set(up.map((x) => x.node.number)), running);
  for (const { x, y } of [...up, ...down])
    assert.ok(Math.abs(x) <= 1 && Math.abs(y) <= 1, `${x}, ${y} is not in the picture`);
  const places = new Set([...up, ...down].map(({ x, y }) => `${x.toFixed(4)} ${y.toFixed(4)}`));
  assert.equal(places.size, summary.nodes, "no node hides another");
}

function checkFigures(found, run) {
  const { summary, events } = run;
  checkTopology(found.topology, run);
  const [linked, up] = found.sessions.sets.map((x) => x.data);
  assert.equal(linked.at(-1).y, summary.linked_at_end);
  assert.equal(up.at(-1).y, summary.events.started - summary.events.crashed);
  assert.ok(linked.length > 100 && linked.length <= 201, `${linked.length} points`);
  about(area(found.messages.sets[0].data), summary.messages.handled);
  about(area(found.bytes.sets[0].data), summary.bytes.carried);
  const told = {};
  for (const set of found.ends.sets)
    set.data.forEach((count, i) => {
      const by = { "this end noticed": " (self)", "the remote said so": " (remote)" }[set.label];
      const key = [].concat(found.ends.labels[i])[0] + by;
      told[key] = (told[key] || 0) + count;
    });
  assert.deepEqual(told, summary.ends);
  assert.equal(found.gossip.sets.length, summary.rumours.length);
  summary.rumours.forEach((rumour, i) => {
    for (const percent of [50, 90, 100]) {
      const reached = found.gossip.sets[i].data.slice(0, -1).find((x) => x.y === percent);
      if (rumour[`seconds_to_${percent}`] === null) assert.equal(reached, undefined);
      else about(reached.x, rumour[`seconds_to_${percent}`]);
    }
  });
  assert.equal(found.handlers.sets[0].data.length, 10);
  assert.ok(found.kinds.labels.includes("peer") && found.kinds.labels.includes("handler"));
  const ended = events.filter((x) => x.what === "peer_dropped").length;
  assert.ok(found.sessions.words.includes(`${ended} ends of sessions were told`));
}

const tests = {
  async "each chart shows what the summary says, in light and dark, wide and narrow"(browser) {
    const run = await simulate(new URL("scenario.json", import.meta.url).pathname);
    for (const [colorScheme, width] of [
      ["light", 1280],
      ["dark", 360],
    ]) {
      const opened = await browsers.open(browser, run.report, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      await checkPage(opened);
      const found = {};
      for (const id of charts) {
        const chart = (found[id] = await look(opened.page, id));
        assert.ok(chart, `no chart ${id}`);
        assert.ok(chart.painted > 500, `${id}: ${chart.painted} pixels`);
        assert.ok(
          chart.width >= 250 && chart.height >= 150,
          `${id}: ${chart.width} x ${chart.height}`,
        );
        assert.ok(chart.words.length > 20, `${id} is not described`);
        assert.ok(id === "topology" || chart.titles.length > 0, `${id}: its axes have no names`);
      }
      checkFigures(found, run);
      const text = await opened.page.textContent("body");
      for (const x of ["scenario.json", run.summary.hash, String(run.summary.seed)])
        assert.ok(text.includes(x), x);
      assert.ok(await opened.page.isHidden("#partial"));
      await opened.close();
    }
  },

  async "colours follow the system"(browser) {
    const run = await simulate({
      topology: { kind: "ring", nodes: 3 },
      crypto: "none",
      length_s: 1,
    });
    const opened = await browsers.open(browser, run.report, { colorScheme: "light" });
    const colour = () =>
      opened.page.evaluate(() => Chart.getChart("sessions").data.datasets[0].borderColor);
    const light = await colour();
    await opened.page.emulateMedia({ colorScheme: "dark" });
    const end = Date.now() + patience;
    while ((await colour()) === light) assert.ok(Date.now() < end, "the colours stay");
    await checkPage(opened);
    await opened.close();
  },

  async "what there is nothing of is said"(browser) {
    // A hostile file name.
    const run = await simulate(
      { topology: { kind: "ring", nodes: 3 }, line: { latency_ms: 1 }, length_s: 0 },
      "<img src=x onerror=alert(1)><!--<script>\u2028.json",
    );
    const opened = await browsers.open(browser, run.report);
    await checkPage(opened);
    for (const [id, why] of [
      ["ends", "No session has ended"],
      ["messages", "No message"],
      ["bytes", "Nothing was written"],
      ["gossip", "No rumour was published"],
      ["handlers", "No session has had a handler"],
    ]) {
      assert.equal(await look(opened.page, id), null);
      assert.ok((await opened.page.textContent(`#${id}-empty`)).startsWith(why), id);
    }
    assert.equal(
      await opened.page.textContent("h1"),
      "<img src=x onerror=alert(1)><!--<script>\u2028.json",
    );
    await opened.close();
  },

  async "of a large network a sample is drawn, and soon"(browser) {
    const run = await simulate({
      topology: { kind: "star", nodes: 2101 },
      crypto: "none",
      length_s: 0.1,
    });
    const begin = Date.now();
    const opened = await browsers.open(browser, run.report);
    const took = Date.now() - begin;
    await checkPage(opened);
    const chart = await look(opened.page, "topology");
    assert.equal(sum(chart.sets.map((x) => x.data.length)), 2000);
    assert.match(chart.words, /A sample: the 2,000 nodes nearest to node 0, of 2,101/);
    assert.ok(took < 20_000, `it took ${took} ms`);
    await opened.close();
  },

  async "a run that was ended before its time says so"(browser) {
    const out = mkdtempSync(join(scratch, "out-"));
    const file = join(out, "scenario.json");
    writeFileSync(
      file,
      JSON.stringify({ topology: { kind: "ring", nodes: 3 }, length_s: 30000000 }),
    );
    const { child, ended } = start(file, out);
    const end = Date.now() + patience;
    const written = () => {
      try {
        return readFileSync(join(out, "events.jsonl")).length > 0;
      } catch {
        return false;
      }
    };
    while (!written() && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
    child.kill("SIGINT");
    assert.equal(await ended, 0);
    const run = results(out);
    assert.equal(run.summary.partial, true);
    const opened = await browsers.open(browser, run.report);
    await checkPage(opened);
    assert.ok(await opened.page.isVisible("#partial"));
    const { sets } = await look(opened.page, "sessions");
    about(sets[0].data.at(-1).x, await opened.page.evaluate(() => virtualSeconds / runUnit.size));
    await opened.close();
  },
};

if (!browsers.isInstalled()) {
  console.error("no Chromium: install chromium, or set CHROMIUM to its path");
  process.exit(process.env.CI ? 1 : 77);
}
const browser = await browsers.launch();
let failed = 0;
for (const [name, test] of Object.entries(tests))
  try {
    const begin = Date.now();
    await test(browser);
    console.log(`passed: ${name} (${Date.now() - begin} ms)`);
  } catch (error) {
    ++failed;
    console.error(`FAILED: ${name}\n${error.stack}`);
  }
await browser.close();
rmSync(scratch, { recursive: true });
process.exit(failed > 0 ? 1 : 0);
