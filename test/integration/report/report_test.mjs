// SPDX-License-Identifier: BSL-1.0
//
// node report_test.mjs TOOL BANK SCENARIOS: simulates networks with the tool and with a user's
// simulator, and looks at their reports in Chromium. Exits with 77 if Chromium is missing; with CI
// set, that is a failure.
import * as browsers from "./browser.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
  "delays",
  "handlers",
  "kinds",
];
const patience = 60_000;

/// The largest page, however large the network and however long the run.
const maxPage = 700_000;

const [tool, bank, bankScenarios] = process.argv.slice(2);
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
  const { size } = statSync(join(out, "report.html"));
  assert.ok(size < maxPage, `a page of ${size} bytes`);
  return {
    report: join(out, "report.html"),
    size,
    trace: existsSync(join(out, "trace.txt")) ? read("trace.txt") : null,
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

/// Runs a scenario of the bank in which a check fails, to that moment.
async function failingBank() {
  const out = mkdtempSync(join(scratch, "out-"));
  const child = spawn(bank, [join(bankScenarios, "forgetful.json"), "--seed", "7", "--out", out], {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: patience,
  });
  assert.deepEqual(await once(child, "exit"), [3, null]);
  return results(out);
}

/// Checks that no two of the rectangles overlap.
function checkApart(boxes, where = "") {
  const apart = (x, y) =>
    x.right <= y.left + 0.5 || y.right <= x.left + 0.5 ||
    x.bottom <= y.top + 0.5 || y.bottom <= x.top + 0.5;
  boxes.forEach((x, i) =>
    boxes.slice(i + 1).forEach((y) =>
      assert.ok(apart(x, y), `${where} ${x.text} overlaps ${y.text}`),
    ),
  );
}

/// Returns the places of the labels of each horizontal axis, by chart.
const axisLabels = (page) =>
  page.evaluate(() => {
    const out = {};
    for (const { canvas, ctx, scales } of Object.values(Chart.instances))
      for (const scale of Object.values(scales)) {
        if (!scale.isHorizontal() || !scale.options.display) continue;
        ctx.font = `12px ${Chart.defaults.font.family}`;
        out[canvas.id] = scale.ticks
          .map((tick, i) => {
            const text = [].concat(tick.label || "").join(" ");
            const half = ctx.measureText(text).width / 2;
            const at = scale.getPixelForTick(i);
            return { text, left: at - half, right: at + half, top: 0, bottom: 1 };
          })
          .filter((x) => x.text);
      }
    return out;
  });

/// Returns the places of all texts that the selector finds.
const boxesOf = (page, selector) =>
  page.$$eval(selector, (all) =>
    all.map((x) => {
      const { left, right, top, bottom } = x.getBoundingClientRect();
      return { text: x.textContent, left, right, top, bottom };
    }),
  );

/// Checks that the names of faults, the lanes of a trace and the words in it do not overlap.
async function checkLabels(page) {
  const charts = await page.evaluate(() =>
    Object.values(Chart.instances)
      .filter((x) => x.faultNames)
      .map((x) => ({
        id: x.canvas.id,
        names: x.faultNames,
        area: { ...x.chartArea },
        legend: x.legend && { top: x.legend.top, bottom: x.legend.bottom },
        width: x.width,
      })),
  );
  assert.ok(charts.length > 0);
  for (const [id, labels] of Object.entries(await axisLabels(page))) checkApart(labels, id);
  for (const { id, names, area, width } of charts) {
    checkApart(names);
    for (const x of names) {
      assert.ok(x.bottom <= area.top && x.top >= 0, `${id}: ${x.text} covers the data`);
      assert.ok(x.left >= 0 && x.right <= width, `${id}: ${x.text} is cut off`);
    }
  }
  checkApart(await boxesOf(page, "#faults .axis span"));
  checkApart(await boxesOf(page, "#faults .name"));
  // The lanes' names stay in sight above the words that are scrolled.
  checkApart(await boxesOf(page, "#trace .head text"));
  checkApart(await boxesOf(page, "#trace > svg text"));
  return charts.length;
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
async function checkPage(opened) {
  const { page, requests, complaints } = opened;
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= client, `${scroll} px in ${client}`);
  await checkWords(page);
}

/// Checks what a screen reader reads: landmarks, headings in order, and a text for each picture.
async function checkWords(page) {
  const found = await page.evaluate(() => {
    const visible = (x) => x.checkVisibility();
    const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
    return {
      landmarks: ["header", "main", "footer"].map((x) => all(x).length),
      levels: all("h1, h2, h3").map((x) => Number(x.tagName[1])),
      unnamed: all("section").filter(
        (x) => !document.getElementById(x.getAttribute("aria-labelledby"))?.textContent,
      ).length,
      pictures: all("[role=img]").map((x) => x.getAttribute("aria-label") || ""),
      fields: all("input, select").filter((x) => !x.closest("label")).length,
      tables: [...document.querySelectorAll("table")].map((x) => ({
        caption: x.caption?.textContent || "",
        heads: x.querySelectorAll("th[scope=col]").length,
      })),
    };
  });
  assert.deepEqual(found.landmarks, [1, 1, 1]);
  assert.equal(found.levels[0], 1);
  found.levels.slice(1).forEach((x, i) => assert.ok(x > 1 && x <= found.levels[i] + 1));
  assert.equal(found.unnamed, 0);
  for (const x of found.pictures) assert.ok(x.length > 20, `a picture is described by "${x}"`);
  assert.equal(found.fields, 0);
  for (const x of found.tables) assert.ok(x.caption.length > 10 && x.heads > 1, x.caption);
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
      // Sessions, messages and bytes.
      assert.equal(await checkLabels(opened.page), 3);
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
      ["delays", "No node has had a session"],
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

  async "a failure stands first, and what led to it"(browser) {
    const run = await failingBank();
    for (const [colorScheme, width] of [
      ["light", 1280],
      ["dark", 390],
    ]) {
      const opened = await browsers.open(browser, run.report, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      const { page } = opened;
      await checkPage(opened);
      assert.equal(await page.textContent("#program"), "bank: a simulation");
      assert.match(await page.title(), /: bank$/);
      // Told by a sign and a word, before anything else.
      const [failed] = run.summary.checks;
      const verdict = await page.textContent("#verdicts li.fails");
      assert.ok(verdict.startsWith("✗ fails no_money_is_made"), verdict);
      assert.ok(verdict.endsWith(failed.why.slice("no_money_is_made: ".length)), verdict);
      const tops = await boxesOf(page, "section:not([hidden])");
      assert.ok(tops[0].text.includes("✗ fails"));
      for (const x of tops.slice(1)) assert.ok(x.top > tops[0].top);
      const parameters = await page.textContent("#parameters");
      for (const x of ["ring, nodes 5", "latency_ms 400", "forgetful true", "caf-devp2p 0.1.0"])
        assert.ok(parameters.includes(x), `${x} in ${parameters}`);
      // What the protocol observes.
      const balance = await look(page, "observed-0");
      assert.deepEqual(
        balance.sets.map((x) => x.label),
        ["node 0", "node 1", "node 2", "node 3", "node 4", "all together"],
      );
      const last = balance.sets.map((x) => x.data.at(-1).y);
      const nodes = last.slice(0, 5);
      const { least, largest, sum: all } = run.summary.observations.balance;
      assert.equal(Math.min(...nodes), least);
      assert.equal(Math.max(...nodes), largest);
      assert.equal(last[5], all);
      assert.equal(sum(nodes), all);
      // And the number of the whole network, which is what all have together.
      const money = await look(page, "network-observed-0");
      assert.deepEqual(
        money.sets.map((x) => x.label),
        ["largest", "value", "least"],
      );
      assert.equal(money.sets[1].data.at(-1).y, all);
      assert.deepEqual(run.summary.network_observations.money, {
        last: all,
        least: Math.min(...money.sets[2].data.map((x) => x.y)),
        largest: Math.max(...money.sets[0].data.map((x) => x.y)),
      });
      const words = await page.textContent("figure:has(#network-observed-0) figcaption");
      assert.ok(words.includes(`At the end: ${all}; in the whole run from `), words);
      assert.ok(await page.isHidden("#gossip-section"), "no rumours in a bank");
      // The trace: the same events in the diagram and in the file.
      const rows = run.trace.split("\n\n")[2].trim().split("\n").slice(1);
      assert.equal(await page.locator("#trace svg g").count(), rows.length);
      const end = run.events.at(-1);
      assert.ok(rows.at(-1).includes(`${end.node}     balance`), rows.at(-1));
      assert.ok(rows.at(-1).endsWith(String(end.value)));
      assert.equal(await page.locator("#trace .head text").count(), 5);
      assert.equal(await checkLabels(page), 5);
      await opened.close();
    }
  },

  async "events can be filtered, with keys alone"(browser) {
    const run = await failingBank();
    const opened = await browsers.open(browser, run.report);
    const { page } = opened;
    const rows = () =>
      page.$$eval("#events tbody tr", (all) =>
        all.map((x) => [...x.cells].map((cell) => cell.textContent)),
      );
    const steps = (await rows()).filter((x) => x[2].endsWith("(action)")).length;
    assert.equal((await rows()).length, run.events.length + steps);
    await page.focus("#filter-node");
    await page.keyboard.type("2");
    const ofNode = await rows();
    assert.ok(ofNode.length > 10 && ofNode.every((x) => x[1] === "2" || x[3] === "2"));
    assert.equal(
      ofNode.filter((x) => !x[2].endsWith("(action)")).length,
      run.events.filter((x) => x.node === 2 || x.peer === 2).length,
    );
    const status = await page.textContent("#events-status");
    assert.ok(status.startsWith(`${ofNode.length} rows of `), status);
    await page.keyboard.press("Tab");
    await page.keyboard.type("cras");
    const crashes = await rows();
    const name = await page.inputValue("#filter-kind");
    assert.ok(name.startsWith("crash"), name);
    assert.ok(crashes.length > 0 && crashes.every((x) => x[2] === name));
    for (let i = 0; i < 2; ++i) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction((n) => document.querySelectorAll("#events tbody tr").length === n,
      run.events.length + steps);
    await checkPage(opened);
    await opened.close();
  },

  async "a page prints in light colours, and no more than a reader wants"(browser) {
    const run = await failingBank();
    const opened = await browsers.open(browser, run.report, {
      colorScheme: "dark",
      viewport: { width: 720, height: 1000 },
    });
    const { page } = opened;
    const colours = () =>
      page.evaluate(() => [
        getComputedStyle(document.body).color,
        Chart.getChart("sessions").data.datasets[0].borderColor,
      ]);
    const dark = await colours();
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.waitForFunction(
      (x) => Chart.getChart("sessions").data.datasets[0].borderColor !== x, dark[1]);
    assert.notEqual((await colours())[0], dark[0]);
    for (const x of ["#filter", "details", ".skip"])
      assert.ok(await page.locator(x).first().isHidden(), x);
    const shown = await page.$$eval(
      "#events tbody tr",
      (all) => all.filter((x) => x.checkVisibility()).length,
    );
    assert.equal(shown, 100);
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, `${scroll} px in ${client}`);
    const [diagram] = await boxesOf(page, "#trace");
    for (const x of await boxesOf(page, "#trace svg")) assert.ok(x.right <= diagram.right + 1);
    assert.ok((await page.pdf()).length > 10_000);
    await opened.close();
  },

  async "checks that hold are told, and those that were not made"(browser) {
    const run = await simulate({
      topology: { kind: "ring", nodes: 3 },
      crypto: "none",
      line: { latency_ms: 10 },
      length_s: 10,
      check: [{ that: "all_linked", within_s: 1 }, { that: "few_failed" }],
    });
    const opened = await browsers.open(browser, run.report);
    await checkPage(opened);
    const list = await opened.page.$$eval("#verdicts li", (all) => all.map((x) => x.textContent));
    assert.equal(list.length, 2);
    assert.ok(list[0].startsWith("✓ holds all_linked (within_s 1, at the end)"), list[0]);
    assert.ok(await opened.page.isHidden("#trace-section"));
    assert.equal(run.trace, null);
    await opened.close();
  },

  async "a page hardly grows with its run"() {
    const run = (length_s) =>
      simulate({
        topology: { kind: "ring", nodes: 10 },
        crypto: "none",
        line: { latency_ms: 10 },
        redial_after_s: 1,
        length_s,
        flaky_links: { mean_between_s: 5 },
        churn: { mean_up_s: 10, mean_down_s: 2 },
      });
    const runs = [await run(40), await run(1500)];
    const [events, sizes] = [runs.map((x) => x.events.length), runs.map((x) => x.size)];
    assert.ok(events[1] > 25 * events[0], `${events}`);
    assert.ok(sizes[1] < 1.1 * sizes[0], `${sizes}`);
  },

  async "a large network is shown by figures, and soon"(browser) {
    const run = await simulate({
      topology: { kind: "star", nodes: 2101 },
      crypto: "none",
      length_s: 0.1,
    });
    const begin = Date.now();
    const opened = await browsers.open(browser, run.report);
    const took = Date.now() - begin;
    await checkPage(opened);
    assert.ok(await opened.page.isHidden("#topology-section"));
    const ranges = await look(opened.page, "ranges");
    assert.match(ranges.words, /2,101 nodes and 2,100 links, by ranges of 43 nodes/);
    assert.ok(ranges.painted > 500);
    // A node has 2,100 links, all others one: short bars need a logarithmic axis.
    const degrees = await look(opened.page, "degrees");
    assert.deepEqual(degrees.labels, ["1", "2100"]);
    assert.deepEqual(degrees.sets[0].data, [2100, 1]);
    assert.ok(degrees.titles.includes("nodes, logarithmic"));
    for (const [id, labels] of Object.entries(await axisLabels(opened.page)))
      checkApart(labels, id);
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
