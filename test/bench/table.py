#!/usr/bin/python3
# SPDX-License-Identifier: BSL-1.0
"""Writes what `devp2p-bench` prints as a table into a Markdown file, between two markers.

A row is a line: its parameters, the median of its first figure, the least and the largest of the
repetitions, the limit, and what go-ethereum.jsonl says of the same parameters. So a case that is
added needs no change here.

Usage: table.py LINES.jsonl FILE.md COMPILER
"""
import datetime
import json
import math
import pathlib
import subprocess
import sys

BEGIN = "<!-- Written by ./dev bench --table. -->\n"
END = "<!-- The end of what it writes. -->\n"
HERE = pathlib.Path(__file__).resolve().parent


def number(value):
    """Three digits, which are more than two runs have in common."""
    if not math.isfinite(value):
        return "-"
    if abs(value) < 999.5:
        return f"{value:.3g}"
    unit = 10 ** (math.floor(math.log10(abs(value))) - 2)
    return f"{round(value / unit) * unit:,}".replace(",", " ")


def named(figures):
    return [f"{name.replace('_', ' ')} {number(value)}" for name, value in figures.items()]


def is_limit(name):
    return name.split("_")[0] == "limit"


class Line:
    """One line of the benchmark. The figures are what `min` names, too; the rest are parameters."""

    def __init__(self, text):
        self.all = json.loads(text)
        self.min, self.max = self.all.pop("min"), self.all.pop("max")
        self.case = self.all.pop("case")
        self.figures = {name: self.all.pop(name) for name in self.min}
        self.first = next(iter(self.figures))

    def is_like(self, other):
        """Whether `other`, a line about another program, has the same case and parameters."""
        wanted = {"case": self.case, **self.all}
        return all(wanted.get(name) == value
                   for name, value in other.items() if name not in self.figures)

    def row(self, others):
        further = {name: value for name, value in self.figures.items()
                   if name != self.first and not is_limit(name)}
        limit = [number(self.figures["limit"])] if "limit" in self.figures else []
        if "limit_ratio" in self.figures:
            limit.append(f"({self.figures['limit_ratio']:.0%})")
        like = next((other for other in others if self.is_like(other)), {})
        theirs = [number(like[self.first])] if self.first in like else []
        theirs += named({name: like[name] for name in further if name in like})
        return (self.case,
                " ".join(f"{name}={value}" for name, value in self.all.items()),
                self.first.replace("_", " "),
                number(self.figures[self.first]),
                f"{number(self.min[self.first])} … {number(self.max[self.first])}",
                " ".join(limit),
                "; ".join(theirs),
                "; ".join(named(further)))


def output_of(*command):
    return subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} processors, {names[0]}"


def commit():
    changed = output_of("git", "status", "--porcelain", ":/*.cpp", ":/*.hpp")
    return output_of("git", "rev-parse", "--short", "HEAD").strip() + (" with changes" * bool(changed))


def table(lines, origin, others, compiler):
    rows = [("case", "of", "figure", "median", "least … most", "limit", "go-ethereum", "further"),
            ("---",) * 8]
    rows += [line.row(others) for line in lines]
    when = datetime.datetime.now(datetime.timezone.utc).date()
    return (f"{processor()}; {output_of(compiler, '--version').splitlines()[0]}; commit {commit()}; "
            f"{when}. go-ethereum: {origin}.\n\n"
            + "".join(f"| {' | '.join(row)} |\n" for row in rows))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as text:
        lines = [Line(line) for line in text]
    with open(HERE / "go-ethereum.jsonl", encoding="utf-8") as text:
        origin, *others = (json.loads(line) for line in text)
    path = pathlib.Path(sys.argv[2])
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"table.py: {path} lacks a marker")
    new = table(lines, origin["origin"], others, sys.argv[3])
    path.write_text(f"{before}{BEGIN}\n{new}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
