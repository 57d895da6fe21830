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
  table.createCaption().textContent = figureOf(id).querySelector("figcaption").textContent;
  const add = (row, values, tag) =>
    values.forEach((value, i) => {
      const cell = row.appendChild(document.createElement(tag));
      cell.textContent = value;
      if (tag === "th") cell.scope = "col";
      if (columns[i][1]) cell.className = "number";
    });
  add(
    table.createTHead().insertRow(),
    columns.map(([title]) => title),
    "th",
  );
  const body = table.createTBody();
  for (const row of rows) add(body.insertRow(), row, "td");
  const place = figureOf(id).querySelector(".table");
  place.replaceChildren(table);
  // Who has no mouse scrolls by keys.
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", "Figures");
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
for (const what of ["(prefers-color-scheme: dark)", "print"])
  matchMedia(what).addEventListener("change", () => drawn.forEach((show) => show()));

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

/// Whether that is 1, 2 or 5 times a power of ten, or, with `steps`, another of these.
const isRound = (x, steps = [1, 2, 5]) => {
  const first = x / 10 ** Math.floor(Math.log10(x) + 1e-9);
  return steps.some((step) => Math.abs(first - step) < 1e-6);
};

/// The steps of a logarithmic axis over that range that leave room between their labels.
const roundSteps = (from, to) => (to > 300 * from ? [1] : to > 15 * from ? [1, 3] : [1, 2, 5]);

/// The height of the room for the names of faults above a chart.
const faultRoom = 28;

/// Shades the spans of faults, with thin lines at those that do not last. Their names stand above
/// the chart where there is room; `chart.faultNames` has the places of those that are drawn.
const faults = {
  id: "faults",
  beforeDatasetsDraw(chart) {
    const {
      ctx,
      chartArea: area,
      scales: { x },
    } = chart;
    const at = (seconds) =>
      Math.min(area.right, Math.round(x.getPixelForValue(seconds / runUnit.size)));
    ctx.save();
    ctx.font = `11px ${Chart.defaults.font.family}`;
    const names = [];
    for (const { what, colour: name, pieces } of data.faults.filter((x) => x.colour))
      for (const piece of pieces) {
        const [left, right] = [at(piece.from), at(piece.to)];
        if (lasting(piece)) {
          ctx.fillStyle = faded(name, 0.13);
          ctx.fillRect(left, area.top, Math.max(1, right - left), area.bottom - area.top);
        }
        ctx.strokeStyle = faded(name, 0.7);
        ctx.setLineDash([2, 3]);
        ctx.beginPath();
        ctx.moveTo(left + 0.5, area.top);
        ctx.lineTo(left + 0.5, area.bottom);
        ctx.stroke();
        names.push({ left, text: piece.count > 1 ? `${piece.count} × ${what}` : what, name });
      }
    // The left end of the free room for names, in each of two rows.
    const free = [area.left, area.left];
    chart.faultNames = [];
    for (const { left, text, name } of names.sort((one, other) => one.left - other.left)) {
      const width = ctx.measureText(text).width + 8;
      const begin = Math.max(area.left, Math.min(left, area.right - width + 8));
      const row = free.findIndex((y) => y <= begin);
      if (row < 0) continue;
      const top = area.top - faultRoom + 2 + 13 * row;
      ctx.fillStyle = colour(name);
      ctx.fillText(text, begin, top + 10);
      chart.faultNames.push({ text, left: begin, right: begin + width - 8, top, bottom: top + 12 });
      free[row] = begin + width;
    }
    ctx.restore();
  },
};

/// The options of a chart over time: room above it for the names of faults.
const overTime = (more = {}) => ({
  ...more,
  layout: { padding: { top: data.faults.some((x) => x.colour) ? faultRoom : 0 } },
  plugins: { ...more.plugins, legend: { position: "bottom", ...(more.plugins || {}).legend } },
});

/// Returns an axis for the lengths of bars: logarithmic if these differ by more than a factor of
/// 100. `isLog` is for bars that would otherwise stand on each other.
function barAxis(text, values, more = {}) {
  const some = values.filter((x) => x > 0);
  const isLog = some.length > 1 && Math.max(...some) > 100 * Math.min(...some);
  const axis = titled(isLog ? `${text}, logarithmic` : text, more);
  if (!isLog) return { axis, isLog };
  return {
    axis: {
      ...axis,
      type: "logarithmic",
      beginAtZero: false,
      stacked: false,
      min: Math.min(...some) / 2,
      ticks: { ...axis.ticks, callback: (x) => (isRound(x, [1]) ? rough(x) : null) },
    },
    isLog,
  };
}

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
  options: overTime({
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
  }),
  plugins: [faults],
});
