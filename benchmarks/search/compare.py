#!/usr/bin/env python3
"""Runs search strategies on recorded spaces and writes the comparison: tables, a report, plots, significance.

    benchmarks/search/compare.py --out=results                            # all strategies, the spaces of this folder
    benchmarks/search/compare.py --out=results --hub=~/benchmark_hub      # with kernel_tuner's, from a checkout of
                                        # https://github.com/AutoTuningAssociation/benchmark_hub
    benchmarks/search/compare.py --out=results --report                   # again from what is in results/runs

Needs nothing but Python 3.8 and build/bin/chameleon-search-bench; plots are SVG, written here. A finished pair of space and
strategy is kept in OUT/runs and not run again, so an interrupted comparison goes on where it was. spaces.json says which
spaces served for design and which only judge; the report keeps them apart. Two lengths of run: all strategies are
compared over the first --table measurements; AutoTVM and the variants of chameleon go on to --budget on the judging spaces, the
end that the paper gives AutoTVM. Tasks of one model, warm starts and the stop rule (extras.py) follow.
"""

import argparse
import math
import os

import extras
from replays import (ABLATION, HERE, REFERENCE, SUBJECT, compare_counts, count_to, format_p, geomean, get_budget, get_label, get_savings,
                     is_long, mean, median, read_spaces, run, seconds_to)

COLOURS = ["#1b6ac9", "#d1495b", "#2f9e44", "#8d5fd3", "#e08e0b", "#0b8f8f", "#6b7280", "#b5179e", "#444444", "#a3a300"]


def write_plot(path, title, series, budget, low):
    """Best-so-far curves: mean over runs, band = 95 % interval of the mean."""
    width, height, left, bottom, top, right = 760, 420, 60, 46, 34, 150
    x = lambda n: left + (width - left - right) * math.log(n) / math.log(budget)
    y = lambda p: height - bottom - (height - bottom - top) * (max(p, low) - low) / (1 - low)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           f'<text x="{left}" y="20" font-size="14">{title}</text>']
    tick = low
    while tick <= 1.0001:
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick * 100:.0f} %</text>')
        tick += 0.05 if low >= 0.7 else 0.1
    n = 1
    while n <= budget:
        out.append(f'<line x1="{x(n):.1f}" x2="{x(n):.1f}" y1="{top}" y2="{height - bottom}" stroke="#eee"/>'
                   f'<text x="{x(n):.1f}" y="{height - bottom + 16}" text-anchor="middle">{n}</text>')
        n *= 2
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">measurements</text>')
    points = sorted({max(1, round(budget ** (i / 90))) for i in range(91)})
    for index, (name, runs) in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        means, lows, highs = [], [], []
        for n in points:
            values = [run.at(n) for run in runs]
            m = mean(values)
            error = 1.96 * math.sqrt(mean([(v - m) ** 2 for v in values]) / max(1, len(values) - 1))
            means.append((n, m)), lows.append((n, m - error)), highs.append((n, min(1, m + error)))
        polygon = " ".join(f"{x(n):.1f},{y(p):.1f}" for n, p in highs + lows[::-1])
        line = " ".join(f"{x(n):.1f},{y(p):.1f}" for n, p in means)
        out.append(f'<polygon points="{polygon}" fill="{colour}" opacity="0.13"/>'
                   f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
                   f'<line x1="{width - right + 10}" x2="{width - right + 30}" y1="{top + 18 * index + 8}" y2="{top + 18 * index + 8}" stroke="{colour}" stroke-width="2.5"/>'
                   f'<text x="{width - right + 36}" y="{top + 18 * index + 12}">{name}</text>')
    out.append("</svg>")
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")


def get_clock_lines(groups, strategies, budget):
    """Modelled wall-clock to shares of the optimum."""
    lines = [f"Modelled wall-clock to that share of the optimum, seconds (a run that never got there counts with its {budget} measurements):", "",
             f"| strategy | 90 % | 95 % | 99 % | to 95 %: {REFERENCE} / it [95 %] | p |", "|---|---|---|---|---|---|"]
    for name in strategies:
        cells = [f"{geomean([median(seconds_to(group, share, budget)) for group in groups[name]]):.1f}" for share in (0.90, 0.95, 0.99)]
        ratio = p = "-"
        if name != REFERENCE:
            found, (low, high), p = compare_counts(groups[name], groups[REFERENCE], 0.95, budget, seconds_to)
            ratio, p = f"{found:.2f} [{low:.2f}, {high:.2f}]", format_p(p)
        lines.append(f"| {name} | {' | '.join(cells)} | {ratio} | {p} |")
    return lines + [""]


def get_agent_lines(groups, budget):
    """What the agent contributes: the search with it against the same search without it."""
    if SUBJECT not in groups or ABLATION not in groups:
        return []
    cells = []
    for share in (0.90, 0.95, 0.99):
        ratio, (low, high), p = compare_counts(groups[SUBJECT], groups[ABLATION], share, budget)
        cells.append(f"{ratio:.2f} [{low:.2f}, {high:.2f}], p = {format_p(p)} (n{share * 100:.0f})")
    return [f"What the agent contributes, measurements of `{ABLATION}` over those of `{SUBJECT}`: {'; '.join(cells)}. "
            "Above 1: it saves measurements; an interval that holds 1 shows nothing.", ""]


def get_space_lines(spaces):
    lines = ["| family | design: constants and variants were chosen on these | judging: looked at when the choice was made |", "|---|---|---|"]
    for family in sorted({family for family, _, _ in spaces}):
        cells = [", ".join(label for f, s, label in spaces if (f, s) == (family, split)) for split in ("design", "judging")]
        lines.append(f"| {family} | {' | '.join(cells)} |")
    return lines + [""]


def write_report(arguments, spaces, results, every, extra_lines):
    budget = arguments.table
    lines = ["# Search strategies on recorded spaces", "",
             f"Written by `benchmarks/search/compare.py`: {arguments.seeds} seeds, {arguments.ask} measurements told at a time. "
             "n90, n95, n99: median number of measurements to that share of the optimum's performance "
             f"(`{budget + 1}`: not reached in {budget} by half of the runs). Failed measurements count; their share is that of whole runs, "
             "which end at the optimum (those of `" + REFERENCE + "` at the budget).", ""] + get_space_lines(spaces)
    for split in ("judging", "design"):
        chosen = [(family, label) for family, s, label in spaces
                  if s == split and SUBJECT in results[label] and REFERENCE in results[label]]
        if not chosen:
            continue
        # A strategy that has not run on each of them (an interrupted comparison) would be averaged over other spaces.
        strategies = [name for name in every if all(name in results[label] for _, label in chosen)]
        lines += [f"## {split.capitalize()} spaces", "", "![best so far](%s.svg)" % split, ""]
        pooled = [(name, [run for _, label in chosen for run in results[label].get(name, [])]) for name in strategies]
        write_plot(os.path.join(arguments.out, f"{split}.svg"), f"Best so far, mean over the {split} spaces and seeds (band: 95 %)",
                   [(name, runs) for name, runs in pooled if runs], budget, 0.7)
        lines += ["| strategy | n90 | n95 (reached) | n99 | best after " + str(budget) + " | invalid | ms of CPU a candidate |"
                  " n95: reference / it [95 %] | p |", "|---|---|---|---|---|---|---|---|---|"]
        groups = {name: [results[label][name] for _, label in chosen if name in results[label]] for name in strategies}
        for name in strategies:
            runs = [run for group in groups[name] for run in group]
            if not runs:
                continue
            middle = lambda share: geomean([max(1, median(count_to(group, share, budget))) for group in groups[name]])
            ratio = p = "-"
            if name != REFERENCE:
                found, (low, high), p = compare_counts(groups[name], groups[REFERENCE], 0.95, budget)
                ratio, p = f"{found:.2f} [{low:.2f}, {high:.2f}]", format_p(p)
            reached = mean([n <= budget for group in groups[name] for n in count_to(group, 0.95, budget)])
            lines.append(f"| {name} | {middle(0.90):.0f} | {middle(0.95):.0f} ({reached:.0%}) | {middle(0.99):.0f} | "
                         f"{mean([run.at(budget) for run in runs]):.4f} | {sum(run.failures for run in runs) / sum(run.count for run in runs):.1%} | "
                         f"{1e3 * sum(run.strategy_seconds for run in runs) / sum(run.count for run in runs):.1f} | {ratio} | {p} |")
        lines += ["", f"Figures are geometric means over spaces of medians over seeds; p: two-sided sign-flip permutation test of paired seeds, n95 against `{REFERENCE}`.", ""]
        lines += get_clock_lines(groups, strategies, budget)
        lines += get_agent_lines(groups, budget)
        subjects = [name for name in strategies if is_long(name) and name != REFERENCE]
        lines += [f"To reach the quality that `{REFERENCE}` has at its own end (all pairs of seeds, geometric means over spaces):", "",
                  f"| strategy | {REFERENCE} ends after | wall-clock, whole run / it | measurements, whole run / it | "
                  f"wall-clock, {REFERENCE}'s own arrival / it | measurements, likewise | pairs that never got there | worst space, quality then over {REFERENCE}'s |",
                  "|---|---|---|---|---|---|---|---|"]
        for name in subjects:
            for horizon in sorted({min(get_budget(arguments, split), h) for h in (128, 256, 512, 1000)}):
                savings = [get_savings(results[label][name], results[label][REFERENCE], horizon) for _, label in chosen
                           if name in results[label] and REFERENCE in results[label]]
                if not savings:
                    continue
                worst = min((mean([r.at(horizon) for r in results[label][name]]) /
                             mean([r.at(horizon) for r in results[label][REFERENCE]]), label) for _, label in chosen)
                g = lambda key: geomean([ratios[key] for ratios, _ in savings])
                lines.append(f"| {name} | {horizon} | {g('whole_s'):.2f} | {g('whole_n'):.2f} | {g('first_s'):.2f} | {g('first_n'):.2f} | "
                             f"{mean([missed for _, missed in savings]):.1%} | {worst[0]:.3f} ({worst[1]}) |")
        lines.append("")
        lines += ["| space | " + " | ".join(f"{name} n95 / best" for name in strategies) + " |", "|---" * (len(strategies) + 1) + "|"]
        for _, label in chosen:
            cells = []
            for name in strategies:
                runs = results[label].get(name)
                cells.append(f"{median(count_to(runs, 0.95, budget)):.0f} / {mean([run.at(budget) for run in runs]):.3f}" if runs else "-")
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
        lines.append("")
        families = sorted({family for family, _ in chosen})
        lines += [f"| family | best other strategy to 95 % | {SUBJECT}'s n95 over its | its measurements / {SUBJECT}'s, over paired seeds [95 %] | p |",
                  "|---|---|---|---|---|"]
        for family in families:
            labels = [label for f, label in chosen if f == family]
            n95 = {name: geomean([max(1, median(count_to(results[label][name], 0.95, budget))) for label in labels])
                   for name in strategies if name != ABLATION}
            if SUBJECT not in n95 or len(n95) < 2:
                continue
            other = min((name for name in n95 if name != SUBJECT), key=n95.get)
            ratio, (low, high), p = compare_counts([results[label][SUBJECT] for label in labels],
                                                   [results[label][other] for label in labels], 0.95, budget)
            lines.append(f"| {family} | {other} | {n95[SUBJECT] / n95[other]:.2f} | {ratio:.2f} [{low:.2f}, {high:.2f}] | {format_p(p)} |")
        lines += ["", f"`{ABLATION}` is no other strategy here: it is the same search, and the line on the agent above compares the two.", ""]
    lines += extra_lines
    with open(os.path.join(arguments.out, "report.md"), "w") as file:
        file.write("\n".join(lines))
    with open(os.path.join(arguments.out, "table.csv"), "w") as file:
        file.write("family,split,space,strategy,seed,n90,n95,n99,s90,s95,s99,best,seconds,invalid,strategy_seconds\n")
        for family, split, label in spaces:
            for name in every:
                for seed, r in enumerate(results[label].get(name, [])):
                    counts = [str(count_to([r], share, arguments.budget)[0]) for share in (0.90, 0.95, 0.99)]
                    clocks = [f"{seconds_to([r], share, arguments.budget)[0]:.3f}" for share in (0.90, 0.95, 0.99)]
                    file.write(f"{family},{split},{label},{name},{seed},{','.join(counts + clocks)},{r.at(budget):.6f},{r.seconds:.3f},"
                               f"{r.failures / r.count:.4f},{r.strategy_seconds:.3f}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder for runs, table.csv, report.md and plots")
    parser.add_argument("--bench", default=os.path.join(HERE, "..", "..", "build", "bin", "chameleon-search-bench"))
    parser.add_argument("--hub", default="", help="checkout of AutoTuningAssociation/benchmark_hub")
    parser.add_argument("--strategies", default="chameleon,autotvm,chameleon-without-agent,random,lfbo,genetic,sa-sampling,rl-greedy,chameleon-paper")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--budget", type=int, default=1000, help="measurements of a long run on a judging space; the paper's AutoTVM takes 1000")
    parser.add_argument("--table", type=int, default=256, help="measurements of the others, and of the tables")
    parser.add_argument("--ask", type=int, default=4, help="configurations measured between two tells")
    parser.add_argument("--split", default="", help="only the design or only the judging spaces")
    parser.add_argument("--prefix", default="", help="command put before each run, e.g. 'nice -n 15'")
    parser.add_argument("--report", action="store_true", help="run nothing; report on what is there")
    arguments = parser.parse_args()
    strategies = arguments.strategies.split(",")
    recordings = [(family, split, get_label(path), path) for family, split, path in read_spaces(arguments.hub)
                  if arguments.split in ("", split)]
    spaces = [(family, split, label) for family, split, label, _ in recordings]
    results = {label: {} for _, _, label in spaces}
    # Strategy by strategy: an interrupted comparison still compares those that are through.
    for strategy in strategies:
        for _, split, label, path in recordings:
            runs = run(arguments, f"{label}.{strategy}", path, strategy, split)
            if runs:
                results[label][strategy] = runs
    paths = {label: path for _, _, label, path in recordings}
    write_report(arguments, spaces, results, strategies,
                 extras.get_model_lines(arguments) + extras.get_warm_start_lines(arguments, results) + extras.get_stop_lines(arguments, spaces, paths))
    print(os.path.join(arguments.out, "report.md"))


if __name__ == "__main__":
    main()
