"""What compare.py reports beside the strategies themselves: tasks of one model, warm starts, how often the stop rule is wrong."""

import collections
import glob
import json
import math
import os

import replays

GAIN = 0.02  # what is worth going on for: TaskTuner.cpp, kWorthwhileGain
CHANCE = 0.05  # and how likely it must be: kLeastChance
ASKS = 4  # the mean of so many answers, 8 measurements apart: kChancesAveraged
MODEL_BUDGET = 64  # measurements of each task of a model, on average
SOURCE_BUDGET = 128  # measurements of the source of a warm start


def get_model_lines(arguments):
    """A table of the models in spaces.json: their tasks tuned together, with and without sharing what they measure."""
    with open(os.path.join(replays.HERE, "spaces.json")) as file:
        models = json.load(file)["models"]
    rows, ratios = [], {}
    for model in models:
        paths = []
        for entry in model["spaces"]:
            path = replays.get_path(entry, arguments.hub)
            paths += [path] if path else sorted(glob.glob(os.path.join(replays.HERE, entry)))
        if len(paths) < 2:
            continue
        runs = []
        for label, options in (("alone", ["--no-sharing"]), ("sharing", [])):
            lines = replays.run_bench(arguments, f"model {model['name']}.{label}", paths[0], replays.SUBJECT, [
                f"--space={path}" for path in paths[1:]] + ["--model", f"--budget={MODEL_BUDGET}", "--until-optimum"] + options)
            runs.append(replays.group_runs(lines) if lines else None)
        if not all(runs):
            continue
        budget = MODEL_BUDGET * len(paths)
        cells = []
        for share in (0.90, 0.95, 0.99):
            alone, sharing = (replays.count_to(group, share, budget) for group in runs)
            cells.append(f"{replays.median(alone):.0f} -> {replays.median(sharing):.0f}")
            ratios.setdefault((model["split"], share), []).append([math.log(a / s) for a, s in zip(alone, sharing)])
        ends = [replays.mean([run.at(budget) for run in group]) for group in runs]
        clock = [1e3 * sum(run.strategy_seconds for run in group) / sum(run.count for run in group) for group in runs]
        rows.append(f"| {model['name']} | {model['split']} | {len(paths)} | {' | '.join(cells)} | {ends[0]:.4f} -> {ends[1]:.4f} | "
                    f"{clock[0]:.1f} -> {clock[1]:.1f} |")
    if not rows:
        return []
    for split in ("judging", "design"):
        cells = []
        for share in (0.90, 0.95, 0.99):
            groups = ratios.get((split, share))
            if not groups:
                break
            middle = math.exp(replays.mean([replays.mean(group) for group in groups]))
            low, high = replays.bootstrap(groups, lambda redrawn: math.exp(replays.mean([replays.mean(group) for group in redrawn])))
            cells.append(f"{middle:.2f} [{low:.2f}, {high:.2f}] (p {replays.format_p(replays.sign_flip([x for group in groups for x in group]))})")
        else:
            rows.append(f"| geometric mean of alone / sharing | {split} | | {' | '.join(cells)} | | |")
    return ["## Tasks of one model", "",
            f"Tasks tuned together by the task scheduler, {MODEL_BUDGET} measurements each on average: without -> with sharing what they measure. "
            "n: measurements of all tasks until the model (each task as often as makes their optima take equally long) had that share of the speed that it has with all optima; "
            "of kernel_tuner's and the H100's, devices or shapes stand for layers. The CPU models are whole ones, recorded here on one thread of an AMD EPYC.", "",
            "| model | split | tasks | n90 | n95 | n99 | best at the end | ms of CPU a candidate |", "|---|---|---|---|---|---|---|---|"] + rows + [""]


def get_warm_start_lines(arguments, results):
    """A table of the pairs in spaces.json."""
    with open(os.path.join(replays.HERE, "spaces.json")) as file:
        pairs = json.load(file)["warm starts"]
    rows, ratios = [], {0.95: [], 0.99: []}
    budget = arguments.table
    for source, target in pairs:
        paths = [replays.get_path(entry, arguments.hub) for entry in (source, target)]
        if not all(paths):
            continue
        source_label, label = (replays.get_label(path) for path in paths)
        cold = results.get(label, {}).get(replays.SUBJECT)
        warm = replays.run(arguments, f"{label}.from {source_label}", paths[1], replays.SUBJECT, "judging",
                           [f"--related={paths[0]}", f"--related-budget={SOURCE_BUDGET}"])
        if not cold or not warm:
            continue
        cells = []
        for share in ratios:
            before, after = (replays.count_to(runs, share, budget) for runs in (cold, warm))
            ratios[share] += [math.log(b / a) for b, a in zip(before, after)]
            cells.append(f"{replays.median(before):.0f} -> {replays.median(after):.0f}")
        first = [replays.mean([r.at(8) for r in runs]) for runs in (cold, warm)]
        rows.append(f"| {source_label} | {label} | {first[0]:.2f} -> {first[1]:.2f} | {' | '.join(cells)} |")
    if not rows:
        return []
    total = [f"{math.exp(replays.mean(values)):.2f} (p {replays.format_p(replays.sign_flip(values))})" for values in ratios.values()]
    return ["## Warm starts", "",
            f"`{replays.SUBJECT}` told what it found itself in {SOURCE_BUDGET} measurements of another task or device with the same knobs: cold -> warm. "
            "No constant was chosen on these.", "",
            "| from | to | best after 8 | n95 | n99 |", "|---|---|---|---|---|"] + rows + [
            f"| geometric mean of cold / warm | | | {total[0]} | {total[1]} |", ""]


def get_interval(hits, count):
    """Wilson's 95 % interval of a share."""
    if not count:
        return ""
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f"[{max(0, middle - half):.1%}, {middle + half:.1%}]"


def get_stop_lines(arguments, spaces, paths):
    """How often a run that stops by the rule had missed a larger gain."""
    lines = ["## Stop rule", "",
             f"A search stops when the mean of its last {ASKS} answers (8 measurements apart) to \"how likely is a gain of more than {GAIN:.0%} still?\" "
             f"is below {CHANCE:.0%}. Wrong: the recorded optimum was more than {GAIN:.0%} faster. {arguments.table} measurements at most.", ""]
    found = False
    for split in ("judging", "design"):
        rows, stopped, wrong, total, saved = [], 0, 0, 0, 0
        for _, s, label in spaces:
            if s != split:
                continue
            answers = replays.run_bench(arguments, f"{label}.stop", paths[label], replays.SUBJECT,
                                        [f"--budget={arguments.table}", f"--gain={GAIN}"], "--chances")
            if answers is None:
                continue
            runs = collections.defaultdict(list)
            for _, _, seed, n, performance, chance in answers:
                runs[seed].append((int(n), float(performance), float(chance) if float(chance) >= 0 else 1.0))
            ends, misses = [], 0
            for steps in runs.values():
                for i in range(ASKS, len(steps) + 1):
                    if replays.mean([chance for _, _, chance in steps[i - ASKS:i]]) < CHANCE:
                        ends.append(steps[i - 1][0])
                        misses += steps[i - 1][1] < 1 - GAIN
                        break
            total, stopped, wrong = total + len(runs), stopped + len(ends), wrong + misses
            saved += sum(arguments.table - n for n in ends)
            rows.append(f"| {label} | {len(ends)} of {len(runs)} | {format(replays.median(ends), '.0f') if ends else '-'} | {misses} |")
        if rows:
            found = True
            lines += [f"| {split} space | stopped | after (median) | wrong |", "|---|---|---|---|"] + rows + [
                f"| all | {stopped} of {total}, {saved / total / arguments.table:.0%} of the measurements saved | | "
                f"{wrong} = {wrong / max(1, stopped):.1%} {get_interval(wrong, stopped)} of those that stopped |", ""]
    return lines if found else []
