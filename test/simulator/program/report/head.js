// SPDX-License-Identifier: BSL-1.0
//
// The head of the page: the verdicts, and the parameters of the run; and what was done to it.

const element = (tag, className, text) => {
  const out = document.createElement(tag);
  if (className) out.className = className;
  if (text !== undefined) out.textContent = text;
  return out;
};

/// Whether the run ended because a check failed that must hold at any time.
const stoppedByCheck = data.checks.some(
  (x) => x.always && data.summary.checks.some((y) => y.that === x.that && !y.holds),
);

/// The signs and words of a verdict: it must not be told by its colour alone.
const verdictWords = { holds: "✓ holds", fails: "✗ fails", open: "– not judged" };

function showVerdicts() {
  const list = document.querySelector("#verdicts ul");
  const add = (state, name, text) => {
    const item = list.appendChild(element("li", state));
    item.append(element("b", "", verdictWords[state]), " ", element("code", "", name));
    if (text) item.append(" ", element("span", "", text));
    return item;
  };
  const judged = [...data.summary.checks];
  // Checks of one name are in the same order in both lists.
  for (const { that, always, text } of data.checks) {
    const place = judged.findIndex((x) => x.that === that);
    const [found] = place < 0 ? [] : judged.splice(place, 1);
    const { that: name, ...fields } = JSON.parse(text);
    const about = Object.entries(fields).map(([x, y]) => `${x} ${y}`);
    about.push(always ? "at any time" : "at the end");
    const label = `${name} (${about.join(", ")})`;
    if (!found) add("open", label, "The run ended before that.");
    else if (found.holds) add("holds", label);
    else add("fails", label, found.why.slice(name.length + 2));
  }
  if (data.checks.length === 0) {
    const item = list.appendChild(element("li", "open"));
    item.append("The scenario has no checks: nothing was judged.");
  }
}

/// Returns a value of a scenario in words: `{"kind": "ring", "nodes": 5}` is `ring, nodes 5`.
function inWords(value) {
  if (Array.isArray(value)) return value.map(inWords).join("; ");
  if (value === null || typeof value !== "object") return String(value);
  const { kind, ...rest } = value;
  const others = Object.entries(rest).map(([name, x]) =>
    x !== null && typeof x === "object" ? `${name}: ${inWords(x)}` : `${name} ${x}`,
  );
  return (kind ? [kind, ...others] : others).join(", ");
}

function showHead() {
  const { summary, map } = data;
  const { program, version, file, ...fields } = summary.parameters;
  document.title = `${data.title}: ${program}`;
  document.getElementById("program").textContent = `${program}: a simulation`;
  document.getElementById("title").textContent = data.title;
  const partial = document.getElementById("partial");
  partial.hidden = !summary.partial && !stoppedByCheck;
  if (stoppedByCheck)
    partial.textContent =
      "A check that must hold at any time has stopped this run: " +
      "the page shows what had happened until then.";
  showVerdicts();
  const facts = [
    ["nodes", number(map.nodes_in_all)],
    ["links", number(map.links_in_all)],
    ["virtual time", durationText(virtualSeconds)],
    ["messages", number(summary.messages.handled)],
    ["bytes", bytesText(summary.bytes.carried)],
    ["seed", String(summary.seed)],
    ["hash", summary.hash],
  ];
  for (const [name, value] of facts) {
    const place = document.getElementById("facts").appendChild(element("div"));
    place.append(element("dt", "", name), element("dd", "", value));
  }
  const { topology, ...others } = fields;
  const steps = data.faults.reduce((sum, x) => sum + x.count, 0);
  const parameters = {
    ...{ topology, line: "instant", crypto: "rlpx", nats: "none", churn: "none", ...others },
    schedule: counted(steps, "action"),
    library: `caf-devp2p ${version}`,
  };
  delete parameters.seed;
  for (const [name, value] of Object.entries(parameters)) {
    const place = document.getElementById("parameters").appendChild(element("div"));
    place.append(element("dt", "", name), element("dd", "", inWords(value) || "none"));
  }
}

// What was done

/// The colours of faults, in the order of their first action. Those of protocols are grey.
const faultColours = ["red", "orange", "violet", "teal", "blue"];
data.faults
  .filter((x) => x.fault && !x.ends_others)
  .forEach((x, i) => {
    x.colour = faultColours[i % faultColours.length];
  });
const lasting = (x) => x.to > x.from;

/// Returns about `count` round times from 0 to the end.
function ticks(end, count) {
  const rough = end / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((x) => x * power >= rough);
  const out = [];
  for (let x = 0; x <= end * 1.0001; x += step) out.push(x);
  return out;
}

function showFaults() {
  const rows = data.faults;
  document.getElementById("faults-section").hidden = rows.length === 0;
  if (rows.length === 0) return;
  const strip = document.getElementById("faults");
  const end = virtualSeconds || 1;
  for (const { what, count, pieces, colour: name } of rows) {
    const row = strip.appendChild(element("div", "row"));
    row.append(element("span", "name", count > 1 ? `${what} × ${number(count)}` : what));
    const track = row.appendChild(element("div", "track"));
    for (const x of pieces) {
      const bar = track.appendChild(element("i"));
      const left = Math.min((100 * x.from) / end, 100);
      bar.style.left = `min(${left}%, calc(100% - 3px))`;
      bar.style.width = `${Math.min((100 * (x.to - x.from)) / end, 100 - left)}%`;
      bar.style.background = `var(--${name || "grey"})`;
      bar.title =
        `${x.count > 1 ? `${x.count} × ` : ""}${what}, ` +
        (lasting(x) ? `${durationText(x.from)} to ${durationText(x.to)}` : durationText(x.from));
    }
  }
  const axis = strip.appendChild(element("div", "row"));
  axis.append(element("span", "name", `virtual time [${runUnit.name}]`));
  const track = axis.appendChild(element("div", "track axis"));
  for (const x of ticks(end / runUnit.size, 4)) {
    const label = track.appendChild(element("span", "", rough(x)));
    label.style.left = `${(100 * x * runUnit.size) / end}%`;
  }
  describe(
    "faults",
    `The schedule has, until the end of this run: ` +
      rows.map((x) => `${x.what} ${x.count > 1 ? `${number(x.count)} times` : "once"}`).join(", ") +
      ". A bar lasts until another action ends it.",
  );
  tabulate(
    "faults",
    [
      ["action", false],
      ["times", true],
      ["from [s]", true],
      ["to [s]", true],
    ],
    rows.flatMap(({ what, pieces }) =>
      pieces.map((x) => [what, x.count, number(x.from, 3), lasting(x) ? number(x.to, 3) : ""]),
    ),
  );
}
