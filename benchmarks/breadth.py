#!/usr/bin/env python3
"""The models of torchvision, one of each family: does every one export, extract, tune and run, and how exactly?

    breadth.py --models DIR                                  # all of them, exported into DIR where they are missing
    breadth.py --models DIR --tune "preset=quick trials=4" resnext50_32x4d vit_b_16
    breadth.py --models DIR --time resnext50_32x4d           # also tuned against PyTorch eager, interleaved

A line a model: tasks, those that a schedule takes, calls, trials, failed trials by kind, what the tuner remarked, the largest
relative error against PyTorch in double precision, how long tuning took and the tuned model's time. Exit status 1 if a model
fails, is not within --tolerance, or has a failed trial. Tuned modules and everything that was said are kept in --work.
"""
from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402

PYTHON = pathlib.Path(__file__).resolve().parent.parent / "python" / "src"

#: One of each family; the shape where it is not an image of 224 x 224.
MODELS: dict[str, str] = {
    "alexnet": "", "vgg11": "", "squeezenet1_1": "", "resnet18": "", "resnet50": "", "wide_resnet50_2": "", "resnext50_32x4d": "",
    "densenet121": "", "googlenet": "", "inception_v3": "1x3x299x299", "shufflenet_v2_x1_0": "", "mnasnet1_0": "", "mobilenet_v2": "",
    "mobilenet_v3_large": "", "mobilenet_v3_small": "", "efficientnet_b0": "", "efficientnet_v2_s": "1x3x384x384", "regnet_y_400mf": "",
    "regnet_x_800mf": "", "convnext_tiny": "", "vit_b_16": "", "swin_t": "", "swin_v2_t": "", "maxvit_t": "",
    "fcn_resnet50": "1x3x128x128", "deeplabv3_mobilenet_v3_large": "1x3x128x128", "lraspp_mobilenet_v3_large": "1x3x128x128",
    "r3d_18": "1x3x8x112x112", "mc3_18": "1x3x8x112x112", "r2plus1d_18": "1x3x8x112x112", "s3d": "1x3x16x224x224",
    "mvit_v1_b": "1x3x16x224x224", "swin3d_t": "1x3x8x112x112", "quantized_mobilenet_v2": "", "ssdlite320_mobilenet_v3_large": "1x3x320x320",
}


def run(command: list[str], log: pathlib.Path, timeout: float) -> tuple[int, str]:
    """Exit status (124: out of time) and everything said, which is also kept in `log`."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(PYTHON), os.environ.get("PYTHONPATH", "")]))
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)
        code, text = result.returncode, result.stdout + result.stderr
    except subprocess.TimeoutExpired as expired:
        parts = (part.decode(errors="replace") if isinstance(part, bytes) else part or "" for part in (expired.stdout, expired.stderr))
        code, text = 124, "".join(parts)
    log.write_text(" ".join(command) + "\n" + text + f"\nexit {code}\n")
    return code, text


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line]
    return (errors or lines or ["said nothing"])[-1][:160]


def summarize(text: str) -> dict[str, object]:
    """What --tune-schedules said, in numbers."""
    total = re.search(r"tuned operations: .*; (\d+) trials(?: and \d+ from the database)?, (\d+) failed", text)
    duration = r"(?:[\d.]+ [mun]?s|-)"
    rows = re.findall(rf"^(\S.*?) +(\d+) +{duration} +{duration} +\S+ +\S+ +\S+ +(\d+)(.*)$", text, re.MULTILINE)
    untuned = re.findall(r"remark: task '([^']*)' is left as it is: (.*)", text)
    return {
        "tasks": len(rows) + len(untuned), "tunable": len(rows), "calls": sum(int(count) for _, count, *_ in rows),
        "trials": int(total[1]) if total else 0, "failed": int(total[2]) if total else 0,
        "failures": [f"{task}: {failures.strip()}" for task, _, _, failures in rows if failures.strip()],
        "unmeasured": sum(trials == "0" for _, _, trials, _ in rows),
        "remarks": [f"{task}: {reason}" for task, reason in untuned] + re.findall(r"remark: (left alone: .*)", text),
    }


def check(name: str, arguments: argparse.Namespace) -> dict[str, object]:
    """One model from export to its output; "problem" says where it ended, if it did not get there."""
    model, work = arguments.models / f"{name}.mlir", arguments.work
    image = arguments.models / f"{name}.input0.npy"
    output = arguments.models / f"{name}.output0.npy"
    if not all(path.exists() for path in (model, image, output)):
        command = [sys.executable, "-m", "chameleon.export", name, "-o", str(model), "--save-data"]
        command += ["--input", MODELS[name]] if MODELS.get(name) else []
        code, text = run(command, work / f"{name}.export.log", arguments.timeout)
        if code:
            model.unlink(missing_ok=True)
            return {"problem": "export: " + last_line(text)}
    tuned = work / f"{name}.{arguments.threads}.mlir"
    options = f"threads={arguments.threads} {arguments.tune}"
    start = time.perf_counter()
    code, text = run([str(interleave.BUILD / "bin" / "chameleon-opt"), str(model), f"--tune-schedules={options}", "-o", str(tuned)],
                     work / f"{name}.tune.log", arguments.timeout)
    result = summarize(text) | {"seconds": time.perf_counter() - start}
    if code:
        return result | {"problem": f"tune (exit {code}): " + last_line(text)}
    command = [str(interleave.BUILD / "bin" / "chameleon-run"), str(tuned), f"--input={image}", f"--threads={arguments.threads}", f"--expect={output}",
               f"--tolerance={arguments.tolerance}", "--benchmark", "--seconds=1"]
    code, text = run(command, work / f"{name}.run.log", arguments.timeout)
    error = re.search(r"relative error ([0-9.einfa+-]+)", text)
    median = re.search(r"median\s+(\S+ \S+),.*min (\S+ \S+),", text)
    result |= {"error": error[1] if error else "-", "time": median[2] if median else "-"}
    if code:
        return result | {"problem": f"run (exit {code}): " + last_line(text)}
    if arguments.time:
        interleave.report(name, interleave.compare({"chameleon": interleave.chameleon(tuned, arguments.threads, [f"--input={image}"]),
                                                    "pytorch eager": eager(name, image, arguments.threads)}, 3, 1.0), "pytorch eager")
    return result


def eager(name: str, image: pathlib.Path, threads: int) -> interleave.Contender:
    sys.path.insert(0, str(PYTHON))
    import numpy
    import torch
    from chameleon.export import make_torchvision_model

    torch.set_num_threads(threads)
    model, tensor = make_torchvision_model(name), torch.from_numpy(numpy.load(image))

    def call() -> object:
        with torch.no_grad():
            return model(tensor)

    return lambda seconds: interleave.time_calls(call, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="default: " + " ".join(MODELS))
    parser.add_argument("--models", type=pathlib.Path, required=True, help="folder of NAME.mlir, NAME.input0.npy and NAME.output0.npy")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "chameleon-torchvision")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tune", default="preset=quick trials=4 no-database", help="options of --tune-schedules")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--timeout", type=float, default=1200, help="seconds for each step of a model")
    parser.add_argument("--time", action="store_true", help="tuned against PyTorch eager, interleaved")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    arguments.work.mkdir(parents=True, exist_ok=True)

    print(f"{'model':30s} {'tasks':>5s} {'tunable':>7s} {'calls':>5s} {'trials':>6s} {'failed':>6s} {'never run':>9s} {'remarks':>7s} {'error':>9s} {'tuning':>7s} {'time':>12s}")
    bad = 0
    for name in arguments.names or MODELS:
        result = check(name, arguments)
        (arguments.work / f"{name}.json").write_text(json.dumps(result, indent=1))
        numbers = [result.get(key, "-") for key in ("tasks", "tunable", "calls", "trials", "failed", "unmeasured")]
        print(f"{name:30s} {numbers[0]:>5} {numbers[1]:>7} {numbers[2]:>5} {numbers[3]:>6} {numbers[4]:>6} {numbers[5]:>9} {len(result.get('remarks', [])):>7} "
              f"{result.get('error', '-'):>9} {result.get('seconds', 0):>5.0f} s {result.get('time', '-'):>12}  {result.get('problem', '')}", flush=True)
        for line in [*result.get("failures", []), *result.get("remarks", [])]:
            print(f"    {line[:180]}", flush=True)
        bad += "problem" in result or bool(result.get("failed"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
