// SPDX-License-Identifier: BSL-1.0
//
// The numbers that are observed, over time: of the whole network, and at nodes.

/// Returns a figure over time: a step at the end of each span, `null` where there is none.
function observedLine(values, width) {
  const out = values.map((y, i) => ({
    x: Math.min((i + 1) * width, virtualSeconds) / runUnit.size,
    y,
  }));
  return [{ x: 0, y: values.length > 0 ? values[0] : null }, ...out];
}

function observedSets(x) {
  const line = (label, values, name, more = {}) => ({
    label,
    data: observedLine(values, x.seconds_each),
    // A value lasts until the next one; a span's figures stand at its end.
    stepped: "after",
    pointRadius: 0,
    borderWidth: 1.6,
    borderColor: name.startsWith("hsl") ? name : colour(name),
    backgroundColor: name.startsWith("hsl") ? name : colour(name),
    ...more,
  });
  const band = (label, values) => [
    line("largest", x.largest, "blue", { borderWidth: 1 }),
    line(label, values, "blue", { borderWidth: 2 }),
    line("least", x.least, "blue", {
      borderWidth: 1,
      fill: 0,
      backgroundColor: faded("blue", 0.2),
    }),
  ];
  if (x.value) return band("value", x.value);
  const sets = x.each
    ? x.each.map((values, i) => line(`node ${i}`, values, between(i, x.each.length)))
    : band("middle", x.middle);
  if (x.adds_up)
    sets.push(line("all together", x.sum, "orange", { borderDash: [5, 3], yAxisID: "sum" }));
  return sets;
}

function observedChart(x) {
  const scales = { x: timeAxis(), y: titled(x.name, { beginAtZero: false }) };
  if (x.adds_up)
    scales.sum = titled("all together", {
      beginAtZero: false,
      position: "right",
      grid: { drawOnChartArea: false },
    });
  return {
    type: "line",
    data: { datasets: observedSets(x) },
    options: overTime({
      scales,
      plugins: {
        tooltip: { callbacks: { title: ([item]) => `at ${rough(item.parsed.x)} ${runUnit.name}` } },
      },
    }),
    plugins: [faults],
  };
}

/// Adds a figure with that chart, as those of the page are.
function addFigure(place, id, title) {
  const figure = place.appendChild(element("figure"));
  figure.append(element("h3", "", title));
  const canvas = figure.appendChild(element("div", "frame")).appendChild(element("canvas"));
  canvas.id = id;
  canvas.setAttribute("role", "img");
  figure.append(element("figcaption"));
  const more = figure.appendChild(element("details"));
  more.append(element("summary", "", "Figures"), element("div", "table"));
}

function observedWords(x) {
  const last = data.summary.observations[x.name];
  if (x.nodes.every((n) => n === 0)) return "No node had a value.";
  const range = last.nodes
    ? `At the end: from ${number(last.least)} to ${number(last.largest)}, in the middle ` +
      `${number(last.middle)}, at ${counted(last.nodes, "node")}`
    : "At the end no node has a value";
  const sum = x.adds_up && last.sum !== null ? `; all together ${number(last.sum)}` : "";
  return (
    `${range}${sum}. ` +
    (x.each ? "" : "The band is from the least to the largest value of any node.")
  );
}

function networkWords(x) {
  const { last, least, largest } = data.summary.network_observations[x.name];
  if (least === null) return "The network never had a value.";
  return (
    `${last === null ? "At the end there is none" : `At the end: ${number(last)}`}; in the whole ` +
    `run from ${number(least)} to ${number(largest)}. The band is from the least to the largest ` +
    "value of each span of time."
  );
}

/// Adds the figure of a number, with a table of these figures of it.
function showNumber(id, x, words, columns) {
  addFigure(document.getElementById("observed"), id, x.name);
  draw(id, () => observedChart(x));
  describe(id, words);
  const text = (value) => (value === null ? "–" : number(value));
  tabulate(
    id,
    [["until [s]", true], ...columns.map((name) => [name, true])],
    x.least.map((_, k) => [
      number(Math.min((k + 1) * x.seconds_each, virtualSeconds), 2),
      ...columns.map((name) => text(x[name][k])),
    ]),
  );
}

function showObserved() {
  const { series: all, has_more: more } = data.observed;
  const ofNetwork = data.network_observed;
  document.getElementById("observed-section").hidden = all.length + ofNetwork.length === 0;
  document.getElementById("observed-more").hidden = !more;
  ofNetwork.forEach((x, i) =>
    showNumber(`network-observed-${i}`, x, networkWords(x), ["least", "value", "largest"]),
  );
  all.forEach((x, i) => {
    const sum = x.adds_up ? ["sum"] : [];
    const columns = ["least", "middle", "largest", ...sum, "nodes"];
    showNumber(`observed-${i}`, x, observedWords(x), columns);
  });
}
