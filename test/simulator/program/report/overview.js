// SPDX-License-Identifier: BSL-1.0
//
// A network of many nodes as figures: links between ranges of nodes, links of a node, and delays.

/// Draws the links between each two ranges of nodes as a cell: the more links, the less
/// transparent; the larger the share of those that are down or held up, the more red or orange.
const rangeCells = {
  id: "cells",
  beforeDatasetsDraw({ ctx, scales: { x, y } }) {
    const { width, cells } = data.map.ranges;
    const most = Math.max(...cells.map(([, , ...counts]) => counts.reduce((sum, n) => sum + n, 0)));
    ctx.save();
    for (const [i, j, up, down, separated] of cells) {
      const all = up + down + separated;
      const share = Math.log(1 + all) / Math.log(1 + most);
      const layers = [
        ["blue", 0.2 + 0.8 * share],
        ["red", down / all],
        ["orange", separated / all],
      ].filter((x) => x[1] > 0);
      for (const [a, b] of i === j ? [[i, j]] : [[i, j], [j, i]]) {
        const left = x.getPixelForValue(a * width);
        const top = y.getPixelForValue(b * width);
        const right = Math.max(left + 1, x.getPixelForValue((a + 1) * width) - 0.5);
        const bottom = Math.max(top + 1, y.getPixelForValue((b + 1) * width) - 0.5);
        for (const [name, opacity] of layers) {
          ctx.fillStyle = faded(name, opacity);
          ctx.fillRect(left, top, right - left, bottom - top);
        }
      }
    }
    ctx.restore();
  },
};

function rangesChart() {
  const { width, count, cells } = data.map.ranges;
  const axis = (more) => ({
    ...titled("number of the node", more),
    type: "linear",
    min: 0,
    max: width * count,
  });
  const last = (i) => Math.min((i + 1) * width, data.map.nodes_in_all) - 1;
  const name = (i) => `nodes ${number(i * width)} to ${number(last(i))}`;
  return {
    type: "scatter",
    data: {
      datasets: [
        {
          data: cells.flatMap((x) => {
            const [i, j] = [(x[0] + 0.5) * width, (x[1] + 0.5) * width];
            return [{ x: i, y: j, cell: x }, ...(i === j ? [] : [{ x: j, y: i, cell: x }])];
          }),
          radius: 0,
          hitRadius: 6,
          hoverRadius: 0,
        },
      ],
    },
    options: {
      scales: { x: axis(), y: axis({ reverse: true }) },
      interaction: { mode: "nearest", intersect: true, axis: "xy" },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: ({ raw: { cell: [i, j, up, down, separated] } }) =>
              `${name(i)} and ${name(j)}: ${number(up)} links up, ${number(down)} down, ` +
              `${number(separated)} held up`,
          },
        },
      },
    },
    plugins: [rangeCells],
  };
}

function showDegrees() {
  const { degrees, nodes_in_all: nodes, links_in_all: links } = data.map;
  const { axis } = barAxis("nodes", degrees.map((x) => x[2]), { ticks: { precision: 0 } });
  const name = ([from, to]) => (from === to ? String(from) : `${from}–${to}`);
  draw("degrees", () => ({
    type: "bar",
    data: {
      labels: degrees.map(name),
      datasets: [
        {
          label: "nodes",
          data: degrees.map((x) => x[2]),
          backgroundColor: colour("blue"),
          maxBarThickness: 40,
        },
      ],
    },
    options: {
      scales: { x: { ...titled("links of a node"), grid: { display: false } }, y: axis },
      plugins: { legend: { display: false } },
    },
  }));
  describe(
    "degrees",
    `A node has ${rough((2 * links) / nodes)} links on average, from ${number(degrees[0][0])} ` +
      `to ${number(degrees[degrees.length - 1][1])}.`,
  );
  tabulate(
    "degrees",
    [
      ["links", true],
      ["nodes", true],
    ],
    degrees.map((x) => [name(x), number(x[2])]),
  );
}

/// Shows a network that is too large for a picture of its nodes.
function showOverview() {
  const { ranges } = data.map;
  document.getElementById("overview-section").hidden = !ranges;
  if (!ranges) return;
  draw("ranges", rangesChart);
  const { nodes_in_all: nodes, links_in_all: links } = data.map;
  describe(
    "ranges",
    `${number(nodes)} nodes and ${number(links)} links, by ranges of ` +
      `${number(ranges.width)} nodes. ` +
      `${statesText()} The redder, the more links are down; the more orange, the more are held up.`,
  );
  const down = ranges.down.map((x, i) => [i, x]).filter((x) => x[1] > 0);
  tabulate(
    "ranges",
    [
      ["nodes from", true],
      ["down", true],
    ],
    down.map(([i, x]) => [number(i * ranges.width), number(x)]),
  );
  showDegrees();
}

// Delays

const delayNames = {
  "first session": ["from a node's start to its first session", "blue"],
  "round trip": ["round trip of a question", "orange"],
  rumour: ["from a rumour's first node to another", "teal"],
};

function showDelays() {
  const found = Object.entries(data.delays).filter(([, x]) => x.count > 0);
  if (found.length === 0) return leaveOut("delays", "No node has had a session.");
  // A bin is a step from its beginning to its end; what took no time stands at a nanosecond.
  const steps = ({ bins, count }) => {
    const out = bins.map(([from, n]) => ({ x: Math.max(from, 1e-9), y: (100 * n) / count }));
    return [...out, { x: out[out.length - 1].x * 1.25, y: 0 }];
  };
  const { axis, isLog } = barAxis(
    "share [%]",
    found.flatMap(([, x]) => steps(x).map((point) => point.y)),
  );
  const all = found.flatMap(([, x]) => steps(x).map((point) => point.x));
  const range = [Math.min(...all), Math.max(...all)];
  draw("delays", () => ({
    type: "line",
    data: {
      datasets: found.map(([kind, x]) => {
        const [label, name] = delayNames[kind];
        return {
          label,
          data: steps(x).map(({ x: at, y }) => ({ x: at, y: isLog && y === 0 ? axis.min : y })),
          stepped: true,
          fill: true,
          pointRadius: 0,
          borderWidth: 1.5,
          borderColor: colour(name),
          backgroundColor: faded(name, 0.15),
        };
      }),
    },
    options: {
      scales: {
        x: {
          ...titled("delay, logarithmic"),
          type: "logarithmic",
          beginAtZero: false,
          ticks: {
            maxRotation: 0,
            autoSkipPadding: 14,
            callback: (x) => (isRound(x, roundSteps(...range)) ? durationText(x) : null),
          },
        },
        y: axis,
      },
      interaction: { mode: "nearest", intersect: false, axis: "x" },
      plugins: {
        legend: { position: "bottom" },
        tooltip: {
          callbacks: {
            title: ([x]) => `from ${durationText(x.parsed.x)}`,
            label: (x) => `${rough(x.parsed.y)} % ${x.dataset.label}`,
          },
        },
      },
    },
  }));
  describe(
    "delays",
    "In virtual time: " +
      found
        .map(
          ([kind, x]) =>
            `${delayNames[kind][0]}, half of ${number(x.count)} within ${durationText(x.half)} ` +
            `and 99 % within ${durationText(x.most)}`,
        )
        .join("; ") +
      ".",
  );
  tabulate(
    "delays",
    [
      ["delay", false],
      ["from", true],
      ["times", true],
    ],
    found.flatMap(([kind, { bins }]) =>
      bins
        .filter((x) => x[1] > 0)
        .map(([from, n]) => [delayNames[kind][0], durationText(from), number(n)]),
    ),
  );
}
