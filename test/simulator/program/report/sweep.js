// SPDX-License-Identifier: BSL-1.0
//
// The page of a sweep: one figure of all cells at a time, over one of the fields.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);

const colour = (name) =>
  getComputedStyle(document.documentElement)
    .getPropertyValue("--" + name)
    .trim();
const colours = ["blue", "orange", "teal", "violet", "red", "grey"];
const number = (x) => x.toLocaleString("en", { maximumSignificantDigits: 5 });

/// Whether all values of the field are numbers.
const isNumeric = (field) => field.values.every((x) => x.trim() !== "" && isFinite(x));

/// Returns the cells that differ in that field alone, under what the others are.
function groups(axis) {
  const out = new Map();
  for (const cell of data.cells) {
    const others = cell.set
      .map((value, i) => (i === axis ? "" : `${data.fields[i].name} = ${value}`))
      .filter((x) => x !== "")
      .join(", ");
    if (!out.has(others)) out.set(others, []);
    out.get(others).push(cell);
  }
  return out;
}

/// One group of cells: the medians as a line, and the range of the runs as a band.
function sets(name, cells, axis, index) {
  const line = colour(colours[index % colours.length]);
  const at = (place) =>
    cells
      .filter((cell) => figureOf(cell) !== undefined)
      .map((cell) => ({ x: valueOf(cell, axis), y: figureOf(cell)[place] }))
      .sort((one, other) => (isNumeric(data.fields[axis]) ? one.x - other.x : 0));
  const edge = { borderWidth: 0, pointRadius: 0, isBand: true, backgroundColor: line + "22" };
  return [
    { label: name || "median", data: at(0), borderColor: line, backgroundColor: line },
    { ...edge, label: "least", data: at(1) },
    { ...edge, label: "most", data: at(2), fill: "-1" },
  ];
}

const figureOf = (cell) => cell.figures[find("figure").value];
const valueOf = (cell, axis) =>
  isNumeric(data.fields[axis]) ? Number(cell.set[axis]) : cell.set[axis];

function draw() {
  const axis = find("axis").selectedIndex;
  const field = data.fields[axis];
  const name = find("figure").value;
  Chart.getChart("chart")?.destroy();
  Chart.defaults.color = colour("quiet");
  Chart.defaults.borderColor = colour("grid");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  new Chart("chart", {
    type: "line",
    data: { datasets: [...groups(axis)].flatMap(([x, cells], i) => sets(x, cells, axis, i)) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", intersect: false, axis: "x" },
      scales: {
        x: isNumeric(field)
          ? { type: "linear", title: { display: true, text: field.name } }
          : { type: "category", labels: field.values, title: { display: true, text: field.name } },
        y: { title: { display: true, text: name } },
      },
      plugins: {
        legend: {
          position: "bottom",
          labels: { filter: (item, all) => !all.datasets[item.datasetIndex].isBand },
        },
      },
    },
  });
  const caption = `${name} over ${field.name}: the median of the runs; the band is from the least to the most.`;
  find("caption").textContent = caption;
  find("chart").setAttribute("aria-label", `${caption} The table below has the figures.`);
  tabulate(name);
}

function tabulate(name) {
  const table = document.createElement("table");
  table.createCaption().textContent = name;
  const head = table.createTHead().insertRow();
  const figures = ["runs", "failed", "median", "least", "most"];
  for (const text of [...data.fields.map((x) => x.name), ...figures]) {
    const cell = head.appendChild(document.createElement("th"));
    cell.scope = "col";
    cell.textContent = text;
    if (head.cells.length > data.fields.length) cell.className = "number";
  }
  const body = table.createTBody();
  for (const x of data.cells) {
    const figure = figureOf(x) || [];
    const texts = [...x.set, number(x.runs), failures(x.failed)];
    for (let i = 0; i < 3; ++i) texts.push(figure[i] === undefined ? "–" : number(figure[i]));
    const row = body.insertRow();
    texts.forEach((text, i) => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (i >= x.set.length) cell.className = "number";
    });
  }
  find("table").replaceChildren(table);
}

/// The number of runs in which a check did not hold, and the first seeds of them.
function failures(seeds) {
  if (seeds.length === 0) return "0";
  const first = seeds.slice(0, 3).join(", ");
  return `${seeds.length} (seed ${first}${seeds.length > 3 ? " …" : ""})`;
}

function fill(id, texts) {
  for (const text of texts) {
    const option = find(id).appendChild(document.createElement("option"));
    option.textContent = text;
    option.value = text;
  }
  find(id).addEventListener("change", draw);
}

document.title = `${data.title}: sweep`;
find("program").textContent = `${data.program} · ${data.version} · sweep`;
find("title").textContent = data.title;
const runs = data.cells.reduce((sum, x) => sum + x.runs, 0);
const failed = data.cells.reduce((sum, x) => sum + x.failed.length, 0);
find("runs").textContent =
  `${data.cells.length} combinations with the seeds ${data.seeds[0]} to ${data.seeds[1]}: ` +
  `${number(runs)} runs, of which ${number(failed)} failed a check.`;
fill("figure", data.figures);
fill(
  "axis",
  data.fields.map((x) => x.name),
);
const first = [
  /^network_observations\..*\.last$/,
  /^observations\..*\.middle$/,
  /^rumours\.seconds_to_100$/,
  /^messages\.handled$/,
]
  .map((words) => data.figures.find((x) => words.test(x)))
  .find((x) => x);
if (first) find("figure").value = first;
draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
