// SPDX-License-Identifier: BSL-1.0
//
// The network and its sessions: topology, sessions and their ends.

// Topology

const linkStates = [
  ["up", "link", 0.8],
  ["down", "red", 1.3],
  ["separated", "orange", 1.8],
];

function linesOf(places) {
  return {
    id: "links",
    beforeDatasetsDraw({ ctx, scales }) {
      const at = (i) => [
        scales.x.getPixelForValue(places[0][i]),
        scales.y.getPixelForValue(places[1][i]),
      ];
      ctx.save();
      for (const [state, name, width] of linkStates) {
        ctx.strokeStyle = colour(name);
        ctx.lineWidth = width;
        ctx.setLineDash(state === "separated" ? [5, 4] : []);
        ctx.beginPath();
        for (const [first, second] of data.map.links.filter((x) => x[2] === state)) {
          ctx.moveTo(...at(first));
          ctx.lineTo(...at(second));
        }
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}

/// Returns what is up, and how many parts of the network are linked to each other.
function statesText() {
  const { nodes_down: down, links_by_state: links, parts } = data.map;
  const sizes = parts.largest.map((x) => number(x)).join(", ");
  return (
    `${down ? counted(down, "node") + " down" : "All nodes are up"}; ` +
    `links: ${number(links.up)} up, ${number(links.down)} down, ` +
    `${number(links.separated)} held up by a fault. ` +
    (parts.count > 1
      ? `The nodes that are up form ${number(parts.count)} parts without a link between them, ` +
        `of ${sizes}${parts.count > parts.largest.length ? ", …" : ""} nodes.`
      : "All nodes that are up are joined by links that are up.")
  );
}

function topologyChart(places) {
  const { nodes } = data.map;
  const size = 90 / Math.sqrt(nodes.length + 60);
  const mean = nodes.reduce((sum, x) => sum + x.degree, 0) / nodes.length || 1;
  const radius = (x) => Math.min(12, Math.max(1.6, size * 0.6 * Math.sqrt(x.degree / mean)));
  const some = (up, label, name) => {
    const chosen = nodes.map((x, i) => ({ ...x, i })).filter((x) => x.up === up);
    return {
      label,
      backgroundColor: colour(name),
      borderColor: colour("card"),
      borderWidth: nodes.length > 500 ? 0.4 : 1,
      radius: chosen.map(radius),
      hoverRadius: chosen.map((x) => radius(x) + 2),
      data: chosen.map((x) => ({ x: places[0][x.i], y: places[1][x.i], node: x })),
    };
  };
  const axis = { display: false, min: -1.05, max: 1.05 };
  return {
    type: "scatter",
    data: { datasets: [some(true, "up", "blue"), some(false, "down", "red")] },
    options: {
      scales: { x: axis, y: axis },
      interaction: { mode: "nearest", intersect: true, axis: "xy" },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: (item) =>
              `node ${item.raw.node.number}: ${item.dataset.label}, ` +
              counted(item.raw.node.degree, "link"),
          },
        },
      },
    },
    plugins: [linesOf(places)],
  };
}

function showTopology() {
  const { map } = data;
  document.getElementById("topology-section").hidden = !map.nodes;
  if (!map.nodes) return;
  const places = layout(map.nodes.length, map.links);
  draw("topology", () => topologyChart(places));
  const legend = [
    ["dot", "blue", "node that is up"],
    ["dot", "red", "node that is down"],
    ["", "grey", "link up"],
    ["", "red", "link down"],
    ["dashed", "orange", "link that is held up"],
  ];
  for (const [kind, name, text] of legend) {
    const item = document
      .getElementById("topology-legend")
      .appendChild(document.createElement("li"));
    const sign = item.appendChild(document.createElement("i"));
    sign.className = kind;
    sign.style[kind === "dot" ? "background" : "borderTopColor"] = `var(--${name})`;
    item.append(text);
  }
  const down = map.nodes.filter((x) => !x.up);
  const drawn =
    map.links.length < map.links_in_all ? `, of which ${number(map.links.length)} are drawn` : "";
  describe(
    "topology",
    `${counted(map.nodes_in_all, "node")} and ${counted(map.links_in_all, "link")}${drawn}. ` +
      `${statesText()} The larger a node, the more links it has.`,
  );
  tabulate(
    "topology",
    [
      ["node that is down", true],
      ["links", true],
    ],
    down.slice(0, 100).map((x) => [x.number, x.degree]),
  );
}

// Sessions

function showSessions() {
  const { map, summary } = data;
  const most = Math.max(...series.linked);
  draw("sessions", () => ({
    type: "line",
    data: {
      datasets: [
        {
          label: "links with a session",
          data: levels(series.linked, 0),
          yAxisID: "y",
          fill: true,
          borderColor: colour("blue"),
          backgroundColor: faded("blue", 0.15),
        },
        {
          label: "nodes up",
          data: levels(series.up, map.nodes_in_all),
          yAxisID: "nodes",
          borderColor: colour("orange"),
          backgroundColor: colour("orange"),
          borderDash: [5, 3],
        },
      ].map((x) => ({ ...x, stepped: true, pointRadius: 0, borderWidth: 1.8 })),
    },
    options: overTime({
      scales: {
        x: timeAxis(),
        y: titled("links", { suggestedMax: map.links_in_all * 1.08, ticks: { precision: 0 } }),
        nodes: titled("nodes", {
          position: "right",
          suggestedMax: map.nodes_in_all * 1.08,
          grid: { drawOnChartArea: false },
          ticks: { precision: 0 },
        }),
      },
      plugins: {
        tooltip: { callbacks: { title: ([x]) => `at ${rough(x.parsed.x)} ${runUnit.name}` } },
      },
    }),
    plugins: [faults],
  }));
  describe(
    "sessions",
    `Of ${counted(map.links_in_all, "link")}, at most ${number(most)} had a session at both ` +
      `ends, and ${number(summary.linked_at_end)} have one at the end. ` +
      `${counted(
        series.ended.reduce((sum, x) => sum + x, 0),
        "end of a session was",
        "ends of sessions were",
      )} told` +
      `${data.faults.some((x) => x.colour) ? "; shaded: what was done to the network" : ""}.`,
  );
  tabulate(
    "sessions",
    [
      ["until [s]", true],
      ["links with a session", true],
      ["nodes up", true],
      ["ends told", true],
    ],
    series.linked.map((x, i) => [
      number(bucketEnd(i), 2),
      number(x),
      number(series.up[i]),
      number(series.ended[i]),
    ]),
  );
}

// Ends of sessions

const maxCauses = 8;
const endedBy = [
  ["self", "this end noticed", "blue"],
  ["remote", "the remote said so", "violet"],
  ["failed", "never came up", "grey"],
];

/// Returns reason and detail, the most frequent first, with the number of ends for each `by`.
function causesInOrder() {
  const found = new Map();
  for (const { reason, detail, by, count } of data.causes) {
    const key = `${reason || "no reason"}\n${detail === reason ? "" : detail}`;
    const entry = found.get(key) || { key, all: 0 };
    entry[by] = (entry[by] || 0) + count;
    entry.all += count;
    found.set(key, entry);
  }
  return [...found.values()].sort((x, y) => y.all - x.all);
}

/// Returns the key in two lines, because there is little room beside a chart.
const twoLines = (key) =>
  key
    .split("\n")
    .filter((x) => x)
    .map((x) => (x.length > 24 ? x.slice(0, 23) + "…" : x));

function showEnds() {
  const causes = causesInOrder();
  if (causes.length === 0)
    return leaveOut("ends", "No session has ended, and none has failed to begin.");
  const shown = causes.slice(0, maxCauses);
  figureOf("ends").querySelector(".frame").style.height =
    `${90 + 42 * Math.max(2, shown.length)}px`;
  const lengths = shown.flatMap((x) => endedBy.map(([by]) => x[by] || 0));
  const { axis, isLog } = barAxis("ends of sessions", lengths, { ticks: { precision: 0 } });
  draw("ends", () => ({
    type: "bar",
    data: {
      labels: shown.map((x) => twoLines(x.key)),
      datasets: endedBy
        .filter(([by]) => shown.some((x) => x[by]))
        .map(([by, label, name]) => ({
          label,
          data: shown.map((x) => x[by] || 0),
          backgroundColor: colour(name),
          maxBarThickness: 26,
        })),
    },
    options: {
      indexAxis: "y",
      interaction: { mode: "index", intersect: false, axis: "y" },
      scales: {
        x: { stacked: !isLog, ...axis },
        y: { stacked: !isLog, grid: { display: false } },
      },
    },
  }));
  const all = causes.reduce((sum, x) => sum + x.all, 0);
  const [first, detail] = causes[0].key.split("\n");
  describe(
    "ends",
    `The most frequent of ${counted(causes.length, "cause")} is “${first}”` +
      `${detail ? ` (${detail})` : ""}: ${number(causes[0].all)} of ${number(all)}. ` +
      `Each end of a session tells its own.` +
      `${causes.length > maxCauses ? ` The ${maxCauses} most frequent are drawn.` : ""}`,
  );
  tabulate(
    "ends",
    [["reason", false], ["in particular", false], ...endedBy.map((x) => [x[1], true])],
    causes.map((x) => [...x.key.split("\n"), ...endedBy.map(([by]) => number(x[by] || 0))]),
  );
}
