#!/usr/bin/env python3
"""ResNet-18's convolutions (f32, batch 1) against oneDNN through PyTorch, the better of NCHW and NHWC; interleaved."""
from __future__ import annotations

import argparse
import math
import os
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402

#: channels, image, filters, kernel, stride
LAYERS = [(3, 224, 64, 7, 2), (64, 56, 64, 3, 1), (64, 56, 128, 3, 2), (64, 56, 128, 1, 2), (128, 28, 128, 3, 1), (128, 28, 256, 3, 2),
          (128, 28, 256, 1, 2), (256, 14, 256, 3, 1), (256, 14, 512, 3, 2), (256, 14, 512, 1, 2), (512, 7, 512, 3, 1)]

def write_module(c: int, h: int, f: int, r: int, st: int) -> str:
    """A layer whose image arrives padded and blocked by 16 channels (the first layer's three: as they are) and leaves
    blocked, as between the layers of a network; oneDNN keeps its own layout between calls as well."""
    blocked = c % 16 == 0
    padded, out = h + 2 * (r // 2), (h + 2 * (r // 2) - r) // st + 1
    reductions = ["co", "r", "s", "ci"] if blocked else ["c", "r", "s"]
    loops = ", ".join(["n", "ko", "oh", "ow", "ki", *reductions])
    pixel = f"oh * {st} + r, ow * {st} + s"
    kinds = ", ".join(['"parallel"'] * 5 + ['"reduction"'] * len(reductions))
    if blocked:
        image_map, weights_map = f"n, co, {pixel}, ci", "ko, co, r, s, ci, ki"
        image, weights = f"tensor<1x{c // 16}x{padded}x{padded}x16xf32>", f"tensor<{f // 16}x{c // 16}x{r}x{r}x16x16xf32>"
    else:
        image_map, weights_map = f"n, c, {pixel}", "ko, c, r, s, ki"
        image, weights = f"tensor<1x{c}x{padded}x{padded}xf32>", f"tensor<{f // 16}x{c}x{r}x{r}x16xf32>"
    result = f"tensor<1x{f // 16}x{out}x{out}x16xf32>"
    return f"""#image = affine_map<({loops}) -> ({image_map})>
#weights = affine_map<({loops}) -> ({weights_map})>
#result = affine_map<({loops}) -> (n, ko, oh, ow, ki)>
func.func @main(%i: {image}, %w: {weights}) -> {result} {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {result}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}
  %c = linalg.generic {{indexing_maps = [#image, #weights, #result], iterator_types = [{kinds}]}}
      ins(%i, %w : {image}, {weights}) outs(%fill : {result}) {{
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y fastmath<contract> : f32
    %q = arith.addf %o, %p fastmath<contract> : f32
    linalg.yield %q : f32
  }} -> {result}
  return %c : {result}
}}
"""


def onednn(c: int, h: int, f: int, r: int, st: int, threads: int, nhwc: bool) -> interleave.Contender:
    import torch

    torch.set_num_threads(threads)
    layout = torch.channels_last if nhwc else torch.contiguous_format
    image = torch.randn(1, c, h, h).contiguous(memory_format=layout)
    convolution = torch.nn.Conv2d(c, f, r, st, r // 2, bias=False).to(memory_format=layout).eval()

    def call() -> None:
        with torch.no_grad():
            convolution(image)

    return lambda seconds: interleave.time_calls(call, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tune", default="preset=default no-database=true progress=quiet prepare=false")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for c, h, f, r, st in LAYERS:
            name = f"{c}x{h}x{h}->{f} {r}x{r}/{st}"
            model, tuned = pathlib.Path(folder, "layer.mlir"), pathlib.Path(folder, "tuned.mlir")
            out = (h + 2 * (r // 2) - r) // st + 1
            model.write_text(write_module(c, h, f, r, st))
            interleave.tune(model, tuned, f"threads={arguments.threads} {arguments.tune}")
            samples = interleave.compare({
                "chameleon": interleave.chameleon(tuned, arguments.threads),
                "onednn nchw": onednn(c, h, f, r, st, arguments.threads, False),
                "onednn nhwc": onednn(c, h, f, r, st, arguments.threads, True),
            }, arguments.rounds, arguments.seconds)
            best = min(("onednn nchw", "onednn nhwc"), key=lambda peer: statistics.median(samples[peer]))
            interleave.report(name, samples, best, 2.0 * c * f * r * r * out * out)
            ratios.append(statistics.median(b / t for b, t in zip(samples[best], samples["chameleon"])))
    print(f"geometric mean {math.prod(ratios) ** (1 / len(ratios)):.2f} x oneDNN, least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
