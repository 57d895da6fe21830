// SPDX-License-Identifier: BSL-1.0
//
// Shared by all charts of the page: colours, numbers, axes, and the words beside a chart.

const data = JSON.parse(document.getElementById("data").textContent);

const colour = (name) =>
  getComputedStyle(document.documentElement)
    .getPropertyValue("--" + name)
    .trim();

/// The same colour with an opacity of `share`.
function faded(name, share) {
  const value = parseInt(colour(name).slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${share})`;
}

// Numbers

const number = (x, digits = 0) => x.toLocaleString("en", { maximumFractionDigits: digits });
/// Rounds to three significant digits.
const rough = (x) => x.toLocaleString("en", { maximumSignificantDigits: 3 });
const counted = (x, one, many = one + "s") => `${number(x)} ${x === 1 ? one : many}`;

function bytesText(x) {
  const names = ["B", "kB", "MB", "GB", "TB", "PB"];
  let place = 0;
  for (; x >= 1000 && place + 1 < names.length; ++place) x /= 1000;
  return `${rough(x)} ${names[place]}`;
}

/// Returns the unit in which that many seconds are read best.
function timeUnit(seconds) {
  const units = [
    [86400 * 2, 86400, "d"],
    [7200, 3600, "h"],
    [600, 60, "min"],
    [1, 1, "s"],
  ];
  const [, size, name] = units.find(([least]) => seconds >= least) || [0, 0.001, "ms"];
  return { size, name };
}

const durationText = (seconds) => {
  const unit = timeUnit(seconds);
  return `${rough(seconds / unit.size)} ${unit.name}`;
};

// Words beside a chart

const figureOf = (id) => document.getElementById(id).closest("figure");

/// Sets the description of a chart, for readers who see the chart and for those who do not.
function describe(id, text) {
  figureOf(id).querySelector("figcaption").textContent = text;
  document.getElementById(id).setAttribute("aria-label", text);
}

/// Fills the table beside a chart. `columns`: `[title, whether its values are numbers]`.
function tabulate(id, columns, rows) {
  const table = document.createElement("table");
  const add = (row, values, tag) =>
    values.forEach((value, i) => {
      const cell = row.appendChild(document.createElement(tag));
      cell.textContent = value;
      if (columns[i][1]) cell.className = "number";
    });
  add(
    table.createTHead().insertRow(),
    columns.map(([title]) => title),
    "th",
  );
  const body = table.createTBody();
  for (const row of rows) add(body.insertRow(), row, "td");
  figureOf(id).querySelector(".table").replaceChildren(table);
}

/// Replaces a chart that would be empty by the reason.
function leaveOut(id, why) {
  const figure = figureOf(id);
  const text = document.createElement("p");
  text.className = "empty";
  text.id = id + "-empty";
  text.textContent = why;
  figure.replaceChildren(text);
}

// Charts

const drawn = [];

/// Draws the chart that `make()` describes, and again whenever the colours change.
function draw(id, make) {
  const show = () => {
    const known = Chart.getChart(id);
    if (known) known.destroy();
    Chart.defaults.color = colour("quiet");
    Chart.defaults.borderColor = colour("grid");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    new Chart(id, make());
  };
  drawn.push(show);
  show();
}

Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.plugins.legend.labels.boxWidth = 14;
Chart.defaults.plugins.legend.labels.boxHeight = 3;
Chart.defaults.interaction = { mode: "index", intersect: false, axis: "x" };
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  drawn.forEach((show) => show()),
);

const titled = (text, more = {}) => ({
  beginAtZero: true,
  title: { display: true, text },
  ...more,
  ticks: { maxRotation: 0, autoSkipPadding: 14, includeBounds: false, ...more.ticks },
});

// Time

const series = data.series;
const virtualSeconds = data.summary.virtual_seconds;
const runUnit = timeUnit(virtualSeconds);

/// The end of that bucket, in seconds; the last one may be shorter.
const bucketEnd = (i) => Math.min((i + 1) * series.seconds_each, virtualSeconds);
const bucketLength = (i) => bucketEnd(i) - i * series.seconds_each;

/// The values at the end of each bucket, and `first` at the beginning.
const levels = (values, first) => [
  { x: 0, y: first },
  ...values.map((y, i) => ({ x: bucketEnd(i) / runUnit.size, y })),
];

/// The sums of each bucket per second: a step from its beginning to its end.
const rates = (values) => [
  ...values.map((x, i) => ({
    x: (i * series.seconds_each) / runUnit.size,
    y: bucketLength(i) > 0 ? x / bucketLength(i) : 0,
  })),
  { x: virtualSeconds / runUnit.size, y: 0 },
];

const timeAxis = () =>
  titled(`virtual time [${runUnit.name}]`, {
    type: "linear",
    min: 0,
    max: virtualSeconds / runUnit.size || 1,
  });

/// Thin lines at the faults of the network. Names are written where there is room.
const faults = {
  id: "faults",
  beforeDatasetsDraw(chart) {
    const {
      ctx,
      chartArea: area,
      scales: { x },
    } = chart;
    ctx.save();
    ctx.strokeStyle = colour("grey");
    ctx.fillStyle = colour("quiet");
    ctx.font = `11px ${Chart.defaults.font.family}`;
    ctx.setLineDash([2, 3]);
    // The left end of the free room for names, in each of two rows.
    const free = [area.left, area.left];
    for (const mark of data.marks) {
      const at = Math.round(x.getPixelForValue(mark.at / runUnit.size)) + 0.5;
      ctx.beginPath();
      ctx.moveTo(at, area.top);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
      const text = mark.count > 1 ? `${mark.count} × ${mark.what}` : mark.what;
      const width = ctx.measureText(text).width + 6;
      const left = Math.min(at + 3, area.right - width + 6);
      const row = free.findIndex((x) => x <= left);
      if (row < 0) continue;
      ctx.fillText(text, left, area.top + 10 + 12 * row);
      free[row] = left + width;
    }
    ctx.restore();
  },
};

/// A chart of rates as filled steps over time.
const rateChart = (values, label, text, scale) => ({
  type: "line",
  data: {
    datasets: [
      {
        label,
        data: rates(values),
        stepped: true,
        fill: true,
        pointRadius: 0,
        borderWidth: 1.5,
        borderColor: colour("blue"),
        backgroundColor: faded("blue", 0.2),
      },
    ],
  },
  options: {
    scales: { x: timeAxis(), y: titled(label, scale) },
    plugins: {
      legend: { display: false },
      tooltip: {
        callbacks: {
          title: ([item]) => `from ${rough(item.parsed.x)} ${runUnit.name}`,
          label: (item) => text(item.parsed.y),
        },
      },
    },
  },
  plugins: [faults],
});
