// SPDX-License-Identifier: BSL-1.0
//
// The traffic of the network: messages, gossip, and real time. Then shows all of the page.

// Rates

function showMessages() {
  const { messages } = data.summary;
  if (messages.handled === 0)
    return leaveOut("messages", "No message of a sub-protocol has reached a handler.");
  draw("messages", () =>
    rateChart(series.messages, "messages per second", (y) => `${rough(y)} messages per second`),
  );
  describe(
    "messages",
    `${number(messages.handled)} messages of sub-protocols reached their handlers, with ` +
      `${bytesText(messages.payload_bytes)} of payload: ` +
      `${rough(messages.handled_per_second)} per virtual second. ` +
      `${number(messages.sent)} were sent.`,
  );
  tabulate(
    "messages",
    [
      ["until [s]", true],
      ["messages", true],
    ],
    series.messages.map((x, i) => [number(bucketEnd(i), 2), number(x)]),
  );
}

function showBytes() {
  const { bytes } = data.summary;
  if (bytes.carried === 0) return leaveOut("bytes", "Nothing was written to any connection.");
  draw("bytes", () =>
    rateChart(series.bytes, "bytes per second", (y) => `${bytesText(y)} per second`, {
      ticks: { callback: (y) => bytesText(y) },
    }),
  );
  describe(
    "bytes",
    `${bytesText(bytes.carried)} went over all connections, frames, handshakes and pings ` +
      `included: ${bytesText(bytes.carried_per_second)} per virtual second.`,
  );
  tabulate(
    "bytes",
    [
      ["until [s]", true],
      ["bytes", true],
    ],
    series.bytes.map((x, i) => [number(bucketEnd(i), 2), number(x)]),
  );
}

// Gossip

/// A colour from blue, for the first of `count`, to orange.
const between = (i, count) =>
  `hsl(${215 - (185 * i) / Math.max(1, count - 1)}, 70%, ` +
  `${matchMedia("(prefers-color-scheme: dark)").matches ? 62 : 44}%)`;

/// Returns the percentage of nodes over the seconds since the first had heard the rumour.
function curve(rumour, end) {
  const points = rumour.seconds.map((x, i) => ({ x, y: i * data.rumours.percent_a_step }));
  return [...points, { x: end, y: points[points.length - 1].y }];
}

/// Returns an axis from zero to the longest of these times, in seconds. It is logarithmic if most
/// are far shorter than that, as where nodes were separated for a while.
function spreadAxis(shown) {
  const last = shown.map((x) => x.seconds[x.seconds.length - 1]).sort((x, y) => x - y);
  const later = shown
    .flatMap((x) => x.seconds)
    .filter((x) => x > 0)
    .sort((x, y) => x - y);
  const end = last[last.length - 1] * 1.03 || 0.001;
  const middle = later[Math.floor(later.length / 2)];
  const about = titled("time since the first node had heard it", {
    max: end,
    ticks: { callback: (x) => durationText(x), maxTicksLimit: 12 },
  });
  if (later.length === 0 || end < 20 * middle) return { ...about, type: "linear" };
  return {
    ...about,
    type: "logarithmic",
    beginAtZero: false,
    min: later[0] / 2,
    ticks: {
      ...about.ticks,
      callback: (x) => (isRound(x, roundSteps(later[0] / 2, end)) ? durationText(x) : null),
    },
  };
}

function showGossip() {
  document.getElementById("gossip-section").hidden = !data.rumours;
  if (!data.rumours) return;
  const { shown, in_all: all, percent_a_step: step } = data.rumours;
  if (all === 0) return leaveOut("gossip", "No rumour was published.");
  const axis = spreadAxis(shown);
  draw("gossip", () => ({
    type: "line",
    data: {
      datasets: shown.map((x, i) => ({
        label: `rumour ${x.rumour}, at ${durationText(x.began)}`,
        data: curve(x, axis.max),
        stepped: "before",
        pointRadius: 0,
        borderWidth: 1.8,
        borderColor: between(i, shown.length),
        backgroundColor: between(i, shown.length),
      })),
    },
    options: {
      scales: {
        x: axis,
        y: titled("nodes that have heard it [%]", { max: 100 }),
      },
      interaction: { mode: "nearest", intersect: false, axis: "xy" },
      plugins: {
        legend: {
          labels: {
            filter: (x) => shown.length <= 8 || x.datasetIndex % Math.ceil(shown.length / 8) === 0,
          },
        },
        tooltip: {
          callbacks: {
            title: ([x]) => x.dataset.label,
            label: (x) => `${x.parsed.y} % after ${durationText(x.parsed.x)}`,
          },
        },
      },
    },
  }));
  const full = shown.filter((x) => x.seconds.length > 100 / step);
  const slowest = Math.max(...full.map((x) => x.seconds[x.seconds.length - 1]));
  const each =
    full.length === shown.length ? "Each of those drawn" : `${full.length} of those drawn`;
  describe(
    "gossip",
    `${counted(all, "rumour was", "rumours were")} published. ` +
      (shown.length < all ? `Drawn: ${shown.length}, the first, the last and the slowest. ` : "") +
      `${each} reached all nodes` +
      (full.length > 0 ? `, the slowest within ${durationText(slowest)}.` : "."),
  );
  const reached = (x, percent) =>
    x.seconds.length > percent / step ? durationText(x.seconds[percent / step]) : "not";
  tabulate(
    "gossip",
    [
      ["rumour", true],
      ["published at", true],
      ["heard by", true],
      ["50 %", true],
      ["90 %", true],
      ["all", true],
    ],
    shown.map((x) => [
      x.rumour,
      durationText(x.began),
      number(x.heard_by),
      ...[50, 90, 100].map((p) => reached(x, p)),
    ]),
  );
}

// Real time

function timeChart(rows, label, text) {
  return {
    type: "bar",
    data: {
      labels: rows.map(label),
      datasets: [
        {
          label: "real time",
          data: rows.map((x) => x.ms),
          backgroundColor: colour("teal"),
          maxBarThickness: 22,
        },
      ],
    },
    options: {
      indexAxis: "y",
      interaction: { mode: "index", intersect: false, axis: "y" },
      scales: {
        x: barAxis(
          "real time [ms]",
          rows.map((x) => x.ms),
        ).axis,
        y: { grid: { display: false }, ticks: { autoSkip: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (x) => text(rows[x.dataIndex]) } },
      },
    },
  };
}

const timeText = (x) =>
  `${rough(x.ms)} ms in ${counted(x.turns, "turn")}, the longest ${rough(x.longest_ms)} ms`;
const timeColumns = [
  ["turns", true],
  ["total [ms]", true],
  ["longest turn [ms]", true],
];
const timeCells = (x) => [number(x.turns), number(x.ms, 3), number(x.longest_ms, 3)];
const realTime =
  "This is real time of the machine that ran it: another run of the same seed has other figures.";

function showHandlers() {
  const { slowest } = data.times;
  if (slowest.length === 0) return leaveOut("handlers", "No session has had a handler.");
  const place = (x) => `node ${x.node}${x.peer === undefined ? "" : ` ↔ ${x.peer}`}`;
  draw("handlers", () => timeChart(slowest, place, (x) => `${x.protocol}: ${timeText(x)}`));
  describe(
    "handlers",
    `The slowest handler is ${slowest[0].protocol} at ${place(slowest[0])}: ` +
      `${timeText(slowest[0])}. ${realTime}`,
  );
  tabulate(
    "handlers",
    [["node", true], ["its peer", true], ["protocol", false], ...timeColumns],
    slowest.map((x) => [x.node, x.peer === undefined ? "?" : x.peer, x.protocol, ...timeCells(x)]),
  );
}

function showKinds() {
  const kinds = [...data.times.kinds].sort((x, y) => y.ms - x.ms);
  if (kinds.length === 0) return leaveOut("kinds", "Nothing has had a turn.");
  const all = kinds.reduce((sum, x) => sum + x.ms, 0);
  draw("kinds", () => timeChart(kinds.slice(0, 12), (x) => x.kind, timeText));
  describe(
    "kinds",
    `Actors and the network's callbacks, in which peers read, ` +
      `took ${durationText(all / 1000)} in all; most ` +
      `of it: ${kinds[0].kind}, ${rough((100 * kinds[0].ms) / all)} %. ${realTime}`,
  );
  tabulate(
    "kinds",
    [["kind", false], ...timeColumns],
    kinds.map((x) => [x.kind, ...timeCells(x)]),
  );
}

showHead();
showFaults();
showTrace();
showObserved();
showTopology();
showOverview();
showSessions();
showEnds();
showMessages();
showBytes();
showGossip();
showDelays();
showHandlers();
showKinds();
showEvents();
