// SPDX-License-Identifier: BSL-1.0
//
// Events one by one: the trace of a failure as a sequence diagram, and a table with a filter.

const eventOf = ([seconds, node, what, peer, text, action]) => ({
  seconds,
  node,
  what,
  peer,
  text,
  action,
});

/// Returns the time with as many digits as tell it to the microsecond.
const exact = (seconds) => seconds.toLocaleString("en", { maximumFractionDigits: 6 });

// Sequence diagram

const maxLanes = 8;
const rowHeight = 24;
const timeWidth = 96;
const letter = 6.7;
const sessionEvents = ["peer_added", "peer_dropped", "session_failed", "punch_failed"];

/// Returns the nodes of the diagram, those of the trace first; the others by the events with them.
function lanesOf(rows) {
  const counts = new Map();
  for (const { node, peer } of rows)
    for (const x of [node, peer])
      if (x !== null && !data.trace.nodes.includes(x)) counts.set(x, (counts.get(x) || 0) + 1);
  const others = [...counts].sort((x, y) => y[1] - x[1] || x[0] - y[0]).map(([x]) => x);
  return [...data.trace.nodes, ...others].slice(0, maxLanes).sort((x, y) => x - y);
}

function svg(tag, attributes, text) {
  const out = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) out.setAttribute(name, value);
  if (text !== undefined) out.textContent = text;
  return out;
}

/// Returns the text, shortened to that width.
function fitting(text, width) {
  const most = Math.max(3, Math.floor(width / letter));
  return text.length <= most ? text : text.slice(0, most - 1) + "…";
}

const styleOf = (x) =>
  x.action
    ? "action"
    : x.what === "crashed"
      ? "crashed"
      : x.what === "peer_added"
        ? "session"
        : sessionEvents.includes(x.what)
          ? "end"
          : "told";

/// The words of an event beside its sign.
const wordsOf = ({ what, text, action }) =>
  `${action ? "▸ " : ""}${what}${text ? `: ${text}` : ""}`;

function addLifelines(to, rows, lanes, x, height) {
  for (const node of lanes) {
    const changes = rows
      .map((row, i) => ({ row, y: (i + 0.5) * rowHeight }))
      .filter(({ row }) => row.node === node && ["started", "crashed"].includes(row.what));
    let up = changes.length === 0 || changes[0].row.what === "crashed";
    let from = 0;
    for (const { row, y } of [...changes, { y: height }]) {
      to.append(
        svg("line", { class: up ? "up" : "down", x1: x(node), x2: x(node), y1: from, y2: y }),
      );
      from = y;
      if (row) up = row.what === "started";
    }
  }
}

function addRow(to, row, i, x, laneWidth) {
  const y = (i + 0.5) * rowHeight;
  const style = styleOf(row);
  const [here, there] = [row.node, row.peer].map((n) => (n === null ? undefined : x(n)));
  const words = wordsOf(row);
  const title = svg("title", {}, `${exact(row.seconds)} s, node ${row.node}: ${words}`);
  const group = to.appendChild(svg("g", {}));
  group.append(title);
  if (here !== undefined && there !== undefined && here !== there) {
    const tip = there > here ? 1 : -1;
    group.append(
      svg("line", { class: style, x1: here, x2: there - 3 * tip, y1: y + 5, y2: y + 5 }),
      svg("path", {
        class: style,
        fill: "none",
        d: `M${there - 8 * tip} ${y + 1}L${there - 2 * tip} ${y + 5}L${there - 8 * tip} ${y + 9}`,
      }),
      svg("circle", { class: style, cx: here, cy: y + 5, r: 3, fill: "var(--card)" }),
      svg(
        "text",
        { class: `${style} over`, x: (here + there) / 2, y: y + 1 },
        fitting(words, Math.abs(there - here) - 16),
      ),
    );
    return;
  }
  // A peer that has no lane is named.
  const peer = row.peer !== null && there === undefined ? ` (${row.peer})` : "";
  const known = here !== undefined;
  const begin = known ? here : x.first;
  if (known && row.what === "crashed")
    group.append(
      svg("path", {
        stroke: "var(--red)",
        "stroke-width": 2,
        d: `M${here - 5} ${y - 5}l10 10m0 -10l-10 10`,
      }),
    );
  else if (known)
    group.append(svg("circle", { class: style, cx: here, cy: y, r: 4, fill: "var(--card)" }));
  else group.append(svg("line", { class: style, x1: x.first, x2: x.last, y1: y + 8, y2: y + 8 }));
  const text = (known || row.node === null ? "" : `node ${row.node} `) + words + peer;
  const room = known ? laneWidth - 20 : x.last - x.first + laneWidth - 20;
  group.append(svg("text", { class: style, x: begin + 10, y: y + 4 }, fitting(text, room)));
}

function drawTrace(rows) {
  const place = document.getElementById("trace");
  const lanes = lanesOf(rows);
  const room = place.clientWidth - timeWidth - 20;
  const laneWidth = Math.max(170, Math.floor(room / lanes.length));
  const width = timeWidth + laneWidth * lanes.length;
  const height = rows.length * rowHeight + 6;
  const center = (i) => timeWidth + 30 + laneWidth * i;
  const x = (node) => (lanes.includes(node) ? center(lanes.indexOf(node)) : undefined);
  x.first = center(0);
  x.last = center(lanes.length - 1);
  const head = element("div", "head");
  head.style.width = `${width}px`;
  const names = head.appendChild(svg("svg", { width, height: 26, viewBox: `0 0 ${width} 26` }));
  for (const node of lanes) {
    const style = data.trace.nodes.includes(node) ? "" : "other";
    names.append(svg("text", { class: style, x: x(node), y: 18 }, `node ${node}`));
  }
  const body = svg("svg", {
    ...{ width, height, viewBox: `0 0 ${width} ${height}` },
    ...{ role: "img", "aria-label": traceWords(rows) },
  });
  addLifelines(body, rows, lanes, x, height);
  rows.forEach((row, i) => {
    if (i === 0 || row.seconds !== rows[i - 1].seconds)
      body.append(
        svg(
          "text",
          { class: "time", x: timeWidth - 8, y: (i + 0.5) * rowHeight + 4 },
          `${exact(row.seconds)} s`,
        ),
      );
    addRow(body, row, i, x, laneWidth);
  });
  place.replaceChildren(head, body);
  // The failure is at the end.
  place.scrollTop = place.scrollHeight;
}

function traceWords(rows) {
  const { nodes, has_more: more } = data.trace;
  return (
    `The last ${counted(rows.length, "event")} of ${nodes.length === 1 ? "node" : "nodes"} ` +
    `${nodes.join(", ")}, and what the schedule did to them, from top to bottom; ` +
    `${more ? "earlier ones are in events.jsonl" : "there are none before"}. ` +
    "Also in trace.txt."
  );
}

function showTrace() {
  document.getElementById("trace-section").hidden = !data.trace;
  if (!data.trace) return;
  const rows = data.trace.rows.map(eventOf);
  drawTrace(rows);
  let last = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== last) drawTrace(rows);
    last = window.innerWidth;
  });
  for (const [kind, name, text] of [
    ["", "blue", "session begins"],
    ["dashed", "red", "session ends or fails"],
    ["", "teal", "told or observed by the protocol"],
    ["dashed", "violet", "action of the schedule (▸)"],
    ["", "grey", "node is up"],
  ]) {
    const item = document.getElementById("trace-legend").appendChild(element("li"));
    const sign = item.appendChild(element("i", kind));
    sign.style.borderTopColor = `var(--${name})`;
    item.append(text);
  }
  document.getElementById("trace-words").textContent = traceWords(rows);
  tabulate("trace", eventColumns, rows.map(eventCells));
}

// Table

const eventColumns = [
  ["seconds", true],
  ["node", true],
  ["kind", false],
  ["peer", true],
  ["in particular", false],
];
const kindOf = (x) => (x.action ? `${x.what} (action)` : x.what);
const eventCells = (x) => [
  exact(x.seconds),
  x.node === null ? "" : String(x.node),
  kindOf(x),
  x.peer === null ? "" : String(x.peer),
  x.text,
];

const pageOfRows = 200;

function eventTable(all) {
  const table = document.getElementById("events");
  const head = table.createTHead().insertRow();
  for (const [title, isNumber] of eventColumns) {
    const cell = head.appendChild(element("th", isNumber ? "number" : "", title));
    cell.scope = "col";
  }
  const body = table.createTBody();
  const more = document.getElementById("events-more");
  let chosen = all;
  let shown = 0;
  const add = () => {
    for (const x of chosen.slice(shown, shown + pageOfRows)) {
      const row = body.insertRow();
      if (x.action) row.className = "action";
      eventCells(x).forEach((value, i) => {
        const cell = row.insertCell();
        cell.textContent = value;
        if (eventColumns[i][1]) cell.className = "number";
      });
    }
    shown = Math.min(shown + pageOfRows, chosen.length);
    more.hidden = shown === chosen.length;
    document.getElementById("events-status").textContent =
      `${counted(chosen.length, "row")} of ${number(all.length)}` +
      (shown < chosen.length ? `, the first ${number(shown)} shown` : "");
  };
  more.addEventListener("click", add);
  return (filter) => {
    chosen = all.filter(filter);
    shown = 0;
    body.replaceChildren();
    add();
  };
}

function showEvents() {
  const { counts, rows, first, last } = data.table;
  const show = eventTable(rows.map(eventOf));
  const kinds = document.getElementById("filter-kind");
  for (const [name, count] of Object.entries(counts)) {
    const option = kinds.appendChild(element("option", "", `${name} (${number(count)})`));
    option.value = name;
  }
  const all = Object.values(counts).reduce((sum, x) => sum + x, 0);
  document.querySelector("#events caption").textContent =
    rows.length < all
      ? `${number(rows.length)} of ${number(all)} events and actions: of each kind the first ` +
        `${first} and the last ${last}. All events are in events.jsonl.`
      : "All events of the run, and the actions of its schedule.";
  const value = (id) => document.getElementById(id).value.trim();
  const refresh = () => {
    const [node, kind, text] = ["filter-node", "filter-kind", "filter-text"].map(value);
    show(
      (x) =>
        (node === "" || String(x.node) === node || String(x.peer) === node) &&
        (kind === "" || kindOf(x) === kind) &&
        (text === "" || eventCells(x).some((cell) => cell.includes(text))),
    );
  };
  const form = document.getElementById("filter");
  form.addEventListener("input", refresh);
  form.addEventListener("submit", (x) => x.preventDefault());
  // The fields are empty only after this event.
  form.addEventListener("reset", () => setTimeout(refresh));
  refresh();
}
