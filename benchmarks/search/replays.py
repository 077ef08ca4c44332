"""Runs of chameleon-search-bench, kept on disk, and statistics of them: what compare.py and extras.py share."""

import collections
import json
import math
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = "autotvm"
SUBJECT = "chameleon"
ABLATION = "chameleon-without-agent"


class Run:
    """One strategy on one space with one seed: its improvements, its end."""

    def __init__(self, rows):
        self.steps = [(int(n), float(performance), float(seconds)) for n, performance, seconds, *_ in rows]
        self.count, self.best, self.seconds = self.steps[-1]
        self.failures = int(rows[-1][3])
        self.strategy_seconds = float(rows[-1][4])

    def reach(self, performance):
        """(measurements, modelled seconds) until `performance`; None if never."""
        for n, reached, seconds in self.steps:
            if reached >= performance - 1e-9:
                return n, seconds
        return None

    def seconds_at(self, n):
        """The clock after `n` measurements, at most those of the run; known at improvements and at the end, between them a line."""
        if n >= self.count:
            return self.seconds
        before = (0, 0, 0.0)
        for step in self.steps:
            if step[0] > n:
                return before[2] + (step[2] - before[2]) * (n - before[0]) / (step[0] - before[0])
            before = step
        return before[2]

    def at(self, n):
        reached = 0.0
        for step, performance, _ in self.steps:
            if step > n:
                break
            reached = performance
        return reached


def get_path(entry, hub):
    """Of an entry of spaces.json; None if it is not there."""
    if entry.startswith("hub:"):
        path = os.path.join(os.path.expanduser(hub), entry[4:]) if hub else ""
    else:
        path = os.path.join(HERE, entry)
    return path if os.path.exists(path) else None


def read_spaces(hub):
    """[(family, split, path)] of the spaces that are there."""
    spaces = []
    with open(os.path.join(HERE, "spaces.json")) as file:
        families = json.load(file)["families"]
    for family, splits in families.items():
        for split, entries in splits.items():
            for entry in entries:
                path = get_path(entry, hub)
                if path:
                    spaces.append((family, split, path))
                else:
                    print(f"compare.py: skipping {entry}: not found", file=sys.stderr)
    return spaces


def get_label(path):
    """Unlike the file's name, unique: the folder tells the kernel, the name the device."""
    name = os.path.basename(path)
    for extension in (".gz", ".json", "_T4"):
        if name.endswith(extension):
            name = name[: -len(extension)]
    folder = os.path.basename(os.path.dirname(path))
    return name if folder == "spaces" else f"{folder} {name}"


def is_long(strategy):
    return strategy in (REFERENCE, SUBJECT, ABLATION)


def run_bench(arguments, name, path, strategy, options, output="--trace"):
    """The lines that the benchmark writes to `output`, from disk if they are there; None if not and nothing is to be run."""
    folder = os.path.join(arguments.out, "runs")
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, f"{name}.csv".replace(" ", "_"))
    if not os.path.exists(file):
        if arguments.report:
            return None
        print(name, file=sys.stderr, flush=True)
        command = arguments.prefix.split() + [
            arguments.bench, f"--space={path}", f"--strategy={strategy}", f"--seeds={arguments.seeds}",
            f"--ask={arguments.ask}", "--csv", f"{output}={file}.part"] + options
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.rename(f"{file}.part", file)
    with open(file) as lines:
        return [line.strip().split(",") for line in lines]


def get_budget(arguments, split):
    """Measurements of a long run."""
    return arguments.budget if split == "judging" else arguments.table


def group_runs(lines):
    """Of lines of a trace, by seed."""
    rows = collections.defaultdict(list)
    for _, _, seed, *rest in lines:  # then n,performance,seconds,failures,strategy seconds
        rows[int(seed)].append(rest)
    return [Run(rows[seed]) for seed in sorted(rows)]


def run(arguments, name, path, strategy, split, options=()):
    """The runs of all seeds, or None."""
    options = [f"--budget={get_budget(arguments, split) if is_long(strategy) else arguments.table}"] + list(options)
    if strategy != REFERENCE:
        # Only of the reference does it matter how long the whole run takes.
        options.append("--until-optimum")
    lines = run_bench(arguments, name, path, strategy, options)
    return None if lines is None else group_runs(lines)


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def mean(values):
    return sum(values) / len(values)


def geomean(values):
    return math.exp(mean([math.log(value) for value in values]))


def count_to(runs, share, budget):
    return [min(budget + 1, (run.reach(share) or (budget + 1, 0))[0]) for run in runs]


def seconds_to(runs, share, budget):
    """Modelled wall-clock; of a run that never got there, that of the whole budget."""
    found = [run.reach(share) for run in runs]
    return [f[1] if f and f[0] <= budget else run.seconds_at(budget) for f, run in zip(found, runs)]


def bootstrap(groups, statistic, rounds=500):
    """95 % interval of `statistic` of per-space lists of runs, spaces fixed, seeds redrawn."""
    generator = random.Random(0)
    values = sorted(statistic([generator.choices(runs, k=len(runs)) for runs in groups]) for _ in range(rounds))
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]


def sign_flip(differences, rounds=20000):
    """Two-sided permutation test: how often a mean as far from 0 comes from flipping signs by chance."""
    generator = random.Random(0)
    observed = abs(mean(differences))
    hits = 0
    for _ in range(rounds):
        total = 0.0
        for difference in differences:
            total += difference if generator.getrandbits(1) else -difference
        hits += abs(total / len(differences)) >= observed - 1e-12
    return (hits + 1) / (rounds + 1)


def compare_counts(groups, references, share, budget, count=count_to):
    """(references' measurements, or what `count` counts, to `share` over those of `groups`, its 95 % interval, p), seeds paired,
    spaces weighted alike."""
    base = [mean([math.log(n) for n in count(group, share, budget)]) for group in references]
    statistic = lambda redrawn: math.exp(mean([b - mean([math.log(n) for n in count(group, share, budget)])
                                               for b, group in zip(base, redrawn)]))
    p = sign_flip([math.log(b) - math.log(a) for mine, theirs in zip(groups, references)
                   for a, b in zip(count(mine, share, budget), count(theirs, share, budget))])
    return statistic(groups), bootstrap(groups, statistic), p


def format_p(p):
    return f"{p:.4f}" if p >= 1e-4 else "< 0.0001"


def get_savings(subject, reference, horizon):
    """Over all pairs of seeds, what the subject needs to be as good as the reference is after `horizon` measurements.

    Returns geometric means of reference / subject: measurements and modelled seconds, against the reference's whole run and
    against the moment when it found its best itself. A subject that never gets there counts with its whole run.
    """
    ratios = {"whole_n": [], "whole_s": [], "first_n": [], "first_s": []}
    missed = 0
    for other in reference:
        quality = other.at(horizon)
        whole_n, whole_s = min(horizon, other.count), other.seconds_at(horizon)
        first_n, first_s = other.reach(quality)
        for mine in subject:
            found = mine.reach(quality)
            missed += found is None
            n, s = found or (mine.count, mine.seconds)
            ratios["whole_n"].append(whole_n / n)
            ratios["whole_s"].append(whole_s / s)
            ratios["first_n"].append(first_n / n)
            ratios["first_s"].append(first_s / s)
    return {name: geomean(values) for name, values in ratios.items()}, missed / max(1, len(reference) * len(subject))
