#!/usr/bin/python3
# SPDX-License-Identifier: BSL-1.0
"""Draws what `devp2p-bench oneway` prints: throughput over the size of the payload, and the limit.

Usage: devp2p-bench oneway | plot.py FILE.png
"""
import json
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402: the backend comes first

COLOURS = {"random": "#1b6ca8", "repeat": "#c2571a"}
NAMES = {"random": "random data", "repeat": "repeating data"}
STYLES = {"loop": "o-", "scheduler": "s--"}


def size_name(size):
    for unit, factor in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} B"


def read_points(lines):
    """By data and by where handlers run: what was measured, by the size of the payload."""
    series = {}
    for line in lines:
        point = json.loads(line)
        if point["case"] == "oneway":
            series.setdefault((point["data"], point["handlers"]), []).append(point)
    for points in series.values():
        points.sort(key=lambda point: point["payload"])
    return series


def draw(series, path):
    figure, axes = pyplot.subplots(figsize=(7.5, 4.6), dpi=130)
    sizes = sorted({point["payload"] for points in series.values() for point in points})
    limited = set()
    for (data, handlers), points in sorted(series.items()):
        x = [point["payload"] for point in points]
        y = [point["megabytes_per_second"] for point in points]
        axes.plot(x, y, STYLES[handlers], color=COLOURS[data], markersize=4.5,
                  label=f"{NAMES[data]}, handlers on the {handlers}")
        if data not in limited:
            limited.add(data)
            limit = [point["limit"] * point["payload"] / 1e6 for point in points]
            axes.plot(x, limit, ":", color=COLOURS[data], linewidth=1.4,
                      label=f"{NAMES[data]}, the codec alone")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(sizes, [size_name(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("payload of a message")
    axes.set_ylabel("MB/s of payload")
    axes.set_title("One link over loopback TCP, one way", loc="left", fontsize=11)
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    series = read_points(sys.stdin)
    if not series:
        sys.exit("plot.py: no line of the case oneway on standard input")
    draw(series, sys.argv[1])


if __name__ == "__main__":
    main()
