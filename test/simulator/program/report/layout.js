// SPDX-License-Identifier: BSL-1.0
//
// The places of the nodes in the picture. The same graph has the same picture: no step is random.

/// Returns, for each node, the number of links between it and `from`; `far` if none lead there.
function distances(neighbours, from, far) {
  const out = new Float64Array(neighbours.length).fill(far);
  const queue = [from];
  out[from] = 0;
  for (let i = 0; i < queue.length; ++i)
    for (const other of neighbours[queue[i]])
      if (out[other] === far && other !== from) {
        out[other] = out[queue[i]] + 1;
        queue.push(other);
      }
  return out;
}

/// Returns the distances to a few nodes that are far from each other, one column for each of them.
function pivotColumns(neighbours, most) {
  const count = neighbours.length;
  const nearest = new Float64Array(count).fill(Infinity);
  const columns = [];
  for (let pivot = 0; columns.length < Math.min(most, count);) {
    const column = distances(neighbours, pivot, count);
    const finite = column.filter((x) => x < count);
    const reach = Math.max(...finite) + 2;
    columns.push(column.map((x) => (x < count ? x : reach)));
    for (let i = 0; i < count; ++i) nearest[i] = Math.min(nearest[i], column[i]);
    pivot = nearest.indexOf(Math.max(...nearest));
  }
  return columns;
}

/// Doubly centres the squared distances: the mean of each row and each column becomes zero.
function centre(columns) {
  const count = columns[0].length;
  const squares = columns.map((column) => column.map((x) => x * x));
  const rows = new Float64Array(count);
  for (const column of squares)
    column.forEach((x, i) => {
      rows[i] += x / columns.length;
    });
  const all = rows.reduce((sum, x) => sum + x, 0) / count;
  return squares.map((column) => {
    const mean = column.reduce((sum, x) => sum + x, 0) / count;
    return column.map((x, i) => -0.5 * (x - rows[i] - mean + all));
  });
}

const dot = (x, y) => x.reduce((sum, v, i) => sum + v * y[i], 0);

/// The eigenvectors of the two largest eigenvalues of a symmetric matrix, by power iteration.
function principal(matrix) {
  const found = [];
  for (let n = 0; n < 2; ++n) {
    let vector = matrix.map((_, i) => Math.sin(1 + n + i));
    for (let round = 0; round < 100; ++round) {
      vector = matrix.map((row) => dot(row, vector));
      for (const other of found) {
        const share = dot(vector, other);
        vector = vector.map((x, i) => x - share * other[i]);
      }
      const length = Math.sqrt(dot(vector, vector)) || 1;
      vector = vector.map((x) => x / length);
    }
    found.push(vector);
  }
  return found;
}

/// A picture in which distances are close to those in the graph: PivotMDS (Brandes and Pich, 2007,
/// "Eigensolver Methods for Progressive Multidimensional Scaling of Large Data").
function pivotLayout(neighbours) {
  const columns = centre(pivotColumns(neighbours, 40));
  const matrix = columns.map((x) => columns.map((y) => dot(x, y)));
  const [first, second] = principal(matrix);
  const along = (axis) =>
    neighbours.map((_, i) => columns.reduce((sum, column, k) => sum + column[i] * axis[k], 0));
  return [along(first), along(second)];
}

/// Scales to a width and height of 2 at most, around 0.
function normalize([x, y]) {
  const range = (values) => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(x);
  const [low, high] = range(y);
  const half = Math.max(right - left, high - low) / 2 || 1;
  return [
    x.map((v) => (v - (left + right) / 2) / half),
    y.map((v) => (v - (low + high) / 2) / half),
  ];
}

/// Pushes apart nodes that are near each other. A cell is as wide as the push reaches, so only a
/// node's own cell and the eight around it are searched.
function repel(x, y, reach, length, push) {
  const cells = new Map();
  const cell = (i, j) => (i + 1024) * 4096 + j + 1024;
  const place = (v) => Math.floor(v / reach);
  x.forEach((_, i) => {
    const key = cell(place(x[i]), place(y[i]));
    cells.has(key) ? cells.get(key).push(i) : cells.set(key, [i]);
  });
  x.forEach((_, i) => {
    for (let a = -1; a <= 1; ++a)
      for (let b = -1; b <= 1; ++b)
        for (const j of cells.get(cell(place(x[i]) + a, place(y[i]) + b)) || []) {
          const dx = x[i] - x[j];
          const dy = y[i] - y[j];
          const square = dx * dx + dy * dy;
          if (j !== i && square < reach * reach)
            push(i, dx, dy, (length * length) / Math.max(square, 1e-6));
        }
  });
}

/// Evens out the distances of nodes that are near each other: Fruchterman and Reingold, 1991,
/// "Graph Drawing by Force-Directed Placement".
function relax([x, y], links, rounds) {
  const count = x.length;
  const length = 1.6 / Math.sqrt(count);
  for (let round = 0; round < rounds; ++round) {
    const fx = new Float64Array(count);
    const fy = new Float64Array(count);
    repel(x, y, 3 * length, length, (i, dx, dy, force) => {
      fx[i] += dx * force;
      fy[i] += dy * force;
    });
    for (const [first, second] of links) {
      const dx = x[second] - x[first];
      const dy = y[second] - y[first];
      const force = Math.sqrt(dx * dx + dy * dy) / length / 2;
      fx[first] += dx * force;
      fy[first] += dy * force;
      fx[second] -= dx * force;
      fy[second] -= dy * force;
    }
    const most = length * (1 - round / rounds);
    for (let i = 0; i < count; ++i) {
      const size = Math.sqrt(fx[i] * fx[i] + fy[i] * fy[i]) || 1;
      x[i] += (fx[i] / size) * Math.min(size, most);
      y[i] += (fy[i] / size) * Math.min(size, most);
    }
  }
  return [x, y];
}

/// Returns places for `count` nodes, between -1 and 1: `[x, y]`. `links` are pairs of nodes.
function layout(count, links) {
  const neighbours = Array.from({ length: count }, () => []);
  for (const [first, second] of links) {
    neighbours[first].push(second);
    neighbours[second].push(first);
  }
  let [x, y] = normalize(pivotLayout(neighbours));
  // A ring or a chain is drawn as one already; pushing its nodes apart would only bend it.
  if (neighbours.every((x) => x.length <= 2) && links.length >= count - 1) return [x, y];
  // Nodes with the same distances have the same place. Spread them around it, along a sunflower's
  // spiral.
  const step = 0.5 / Math.sqrt(count);
  x = x.map((v, i) => v + step * Math.sqrt(i / count) * Math.cos(2.4 * i));
  y = y.map((v, i) => v + step * Math.sqrt(i / count) * Math.sin(2.4 * i));
  return normalize(relax([x, y], links, count > 800 ? 80 : 200));
}
