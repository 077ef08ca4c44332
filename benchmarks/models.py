#!/usr/bin/env python3
"""Whole models: Chameleon tuned and untuned against PyTorch eager and ONNX Runtime, interleaved.

    models.py --models DIR --threads 1 resnet18 mobilenet_v2 cifar_resnet20

DIR holds NAME.mlir with weights, NAME.input0.npy and NAME.output0.npy (make_models.py DIR, or
`python -m chameleon.export`). Tuned modules are kept in --work and made if they are not there.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "chameleon-benchmarks")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tune", default="preset=default", help="options of --tune-schedules")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each contender a round")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    threads = arguments.threads
    os.environ["OMP_NUM_THREADS"] = str(threads)
    arguments.work.mkdir(parents=True, exist_ok=True)

    for name in arguments.names:
        model = arguments.models / f"{name}.mlir"
        image = arguments.models / f"{name}.input0.npy"
        tuned = arguments.work / f"{name}.{threads}.mlir"
        untuned = arguments.work / f"{name}.{threads}.untuned.mlir"
        if not tuned.exists():
            seconds = interleave.tune(model, tuned, f"threads={threads} {arguments.tune}")
            print(f"{name}: tuned for {threads} threads in {seconds:.1f} s", flush=True)
        if not untuned.exists():
            subprocess.run([str(interleave.BUILD / "bin" / "chameleon-opt"), str(model), f"--apply-schedules=defaults threads={threads}",
                            "-o", str(untuned)], check=True)
        check = subprocess.run([str(interleave.BUILD / "bin" / "chameleon-run"), str(tuned), f"--input={image}", f"--threads={threads}",
                                f"--expect={arguments.models / f'{name}.output0.npy'}", "--tolerance=1e-5"], capture_output=True, text=True)
        print(f"{name}: {check.stdout.strip() or check.stderr.strip()} (exit {check.returncode})", flush=True)
        contenders = {
            "chameleon": interleave.chameleon(tuned, threads, [f"--input={image}"]),
            "chameleon untuned": interleave.chameleon(untuned, threads, [f"--input={image}"]),
        }
        if not arguments.no_peers:
            contenders.update(make_peers(name, threads))
        reference = "onnxruntime" if "onnxruntime" in contenders else "chameleon untuned"
        interleave.report(name, interleave.compare(contenders, arguments.rounds, arguments.seconds), reference)


def make_peers(name: str, threads: int) -> dict[str, interleave.Contender]:
    """PyTorch eager and ONNX Runtime on the same weights."""
    warnings.filterwarnings("ignore")
    import make_models
    import onnxruntime
    import torch

    torch.set_num_threads(threads)
    module = make_models.build(name)
    image = make_models.make_input(name)
    path = f"{tempfile.gettempdir()}/{name}.onnx"
    with torch.no_grad():
        torch.onnx.export(module, (image,), path, dynamo=False, input_names=["x"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def eager() -> object:
        with torch.no_grad():
            return module(image).numpy()

    feed = {"x": image.numpy()}
    return {
        "onnxruntime": lambda seconds: interleave.time_calls(lambda: session.run(None, feed), seconds),
        "pytorch eager": lambda seconds: interleave.time_calls(eager, seconds),
    }


if __name__ == "__main__":
    main()
