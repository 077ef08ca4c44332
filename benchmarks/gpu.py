#!/usr/bin/env python3
"""f32 convolutions and matmuls on an NVIDIA GPU: tuned kernels against cuDNN and cuBLAS (through PyTorch, TF32 off), in turns.

    gpu.py [--only PATTERN] [--tune "trials=64"] [--work FOLDER]

All tasks are tuned in one run; then one process times ours and PyTorch's, each a CUDA graph of some launches, in turns. cuDNN is
the better of NCHW and NHWC with its benchmark mode, which tries every algorithm; our time includes the padding, the sum of a split
reduction and whatever else the schedule launches. Results are checked against double precision. Needs torch with CUDA and ptxas.
"""
from __future__ import annotations

import argparse
import ctypes
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402

#: The tasks of the Chameleon paper: channels, image, filters, kernel, stride, padding.
CONVOLUTIONS = {
    "alexnet": [(3, 224, 64, 11, 4, 2), (64, 27, 192, 5, 1, 2), (192, 13, 384, 3, 1, 1), (384, 13, 256, 3, 1, 1), (256, 13, 256, 3, 1, 1)],
    "vgg16": [(3, 224, 64, 3, 1, 1), (64, 224, 64, 3, 1, 1), (64, 112, 128, 3, 1, 1), (128, 112, 128, 3, 1, 1), (128, 56, 256, 3, 1, 1),
              (256, 56, 256, 3, 1, 1), (256, 28, 512, 3, 1, 1), (512, 28, 512, 3, 1, 1), (512, 14, 512, 3, 1, 1)],
    "resnet18": [(3, 224, 64, 7, 2, 3), (64, 56, 64, 3, 1, 1), (64, 56, 64, 1, 1, 0), (64, 56, 128, 3, 2, 1), (64, 56, 128, 1, 2, 0),
                 (128, 28, 128, 3, 1, 1), (128, 28, 256, 3, 2, 1), (128, 28, 256, 1, 2, 0), (256, 14, 256, 3, 1, 1),
                 (256, 14, 512, 3, 2, 1), (256, 14, 512, 1, 2, 0), (512, 7, 512, 3, 1, 1)],
}
#: rows, reduction, columns
MATMULS = [(512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (4096, 4096, 4096), (1023, 1025, 1027)]


class Convolution:
    def __init__(self, network: str, c: int, h: int, f: int, r: int, stride: int, pad: int) -> None:
        self.shape = (c, h, f, r, stride, pad)
        self.out = (h + 2 * pad - r) // stride + 1
        self.title = f"{network} {c}x{h}x{h} -> {f} {r}x{r}/{stride}"
        self.name = f"conv_{c}_{h}_{f}_{r}_{stride}"
        self.flops = 2.0 * c * f * r * r * self.out * self.out

    def write(self) -> str:
        c, h, f, r, stride, pad = self.shape
        image, weights, result = f"tensor<1x{h}x{h}x{c}xf32>", f"tensor<{r}x{r}x{c}x{f}xf32>", f"tensor<1x{self.out}x{self.out}x{f}xf32>"
        padded, text = "%image", ""
        if pad:
            wide = f"tensor<1x{h + 2 * pad}x{h + 2 * pad}x{c}xf32>"
            padded, text = "%padded", f"""  %padded = tensor.pad %image low[0, {pad}, {pad}, 0] high[0, {pad}, {pad}, 0] {{
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  }} : {image} to {wide}
"""
        wide = f"tensor<1x{h + 2 * pad}x{h + 2 * pad}x{c}xf32>"
        return f"""func.func @{self.name}(%image: {image}, %weights: {weights}) -> {result} {{
  %zero = arith.constant 0.0 : f32
{text}  %empty = tensor.empty() : {result}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}
  %r = linalg.conv_2d_nhwc_hwcf {{dilations = dense<1> : vector<2xi64>, strides = dense<{stride}> : vector<2xi64>}}
      ins({padded}, %weights : {wide}, {weights}) outs(%fill : {result}) -> {result}
  return %r : {result}
}}
"""

    def prepare(self, torch):  # -> buffers of ours, calls of the peers, reference
        c, h, f, r, stride, pad = self.shape
        image, weights = (torch.rand(shape, device="cuda") * 2 - 1 for shape in ((1, c, h, h), (f, c, r, r)))
        last = [t.contiguous(memory_format=torch.channels_last) for t in (image, weights)]
        convolve = torch.nn.functional.conv2d
        peers = {"cudnn nchw": lambda: convolve(image, weights, None, stride, pad), "cudnn nhwc": lambda: convolve(*last, None, stride, pad)}
        reference = convolve(image.double(), weights.double(), None, stride, pad).permute(0, 2, 3, 1)
        return [image.permute(0, 2, 3, 1).contiguous(), weights.permute(2, 3, 1, 0).contiguous()], peers, reference


class Matmul:
    def __init__(self, m: int, k: int, n: int) -> None:
        self.shape = (m, k, n)
        self.title = f"matmul {m}x{k}x{n}"
        self.name = f"matmul_{m}_{k}_{n}"
        self.flops = 2.0 * m * k * n

    def write(self) -> str:
        m, k, n = self.shape
        left, right, result = f"tensor<{m}x{k}xf32>", f"tensor<{k}x{n}xf32>", f"tensor<{m}x{n}xf32>"
        return f"""func.func @{self.name}(%a: {left}, %b: {right}) -> {result} {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {result}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}
  %r = linalg.matmul ins(%a, %b : {left}, {right}) outs(%fill : {result}) -> {result}
  return %r : {result}
}}
"""

    def prepare(self, torch):
        m, k, n = self.shape
        a, b = (torch.rand(shape, device="cuda") * 2 - 1 for shape in ((m, k), (k, n)))
        c = torch.empty(m, n, device="cuda")
        return [a, b], {"cublas": lambda: torch.mm(a, b, out=c)}, a.double() @ b.double()


class Program:
    """The launches of one function, as --lower-to-nvvm lists them, on the stream that PyTorch uses."""

    def __init__(self, torch, module: ctypes.c_void_p, launches: str, name: str, inputs: list, result) -> None:
        self.torch, self.driver, self.launches, self.keep = torch, ctypes.CDLL("libcuda.so.1"), [], [*inputs, result]
        text = re.search(rf"^\s*function {name} arguments \S+ results 1 scratch (\d+)\n((?:\s*launch .*\n?)*)", launches, re.M)
        if not text:
            raise RuntimeError(f"no function {name} in the list of launches")
        scratch = torch.empty(int(text[1]) + 256, dtype=torch.uint8, device="cuda")
        self.keep.append(scratch)
        for line in text[2].splitlines():
            words = line.split()
            kernel = ctypes.c_void_p()
            self.call("cuModuleGetFunction", ctypes.byref(kernel), module, words[1].encode())
            grid, block, shared = words[3].split(","), words[5].split(","), int(words[7])
            if shared > 48 << 10:
                self.call("cuFuncSetAttribute", kernel, 8, shared)  # CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
            pointers = []
            for word in words[8:]:
                where, _, offset = word.partition("+")
                base = scratch if where == "scratch" else self.keep[int(where.removeprefix("argument:"))]
                pointers.append(ctypes.c_void_p(base.data_ptr() + int(offset or 0)))
            addresses = (ctypes.c_void_p * len(pointers))(*(ctypes.cast(ctypes.pointer(p), ctypes.c_void_p) for p in pointers))
            self.launches.append((kernel, [*map(int, grid), *map(int, block), shared], addresses, pointers))

    def call(self, function: str, *arguments) -> None:
        status = getattr(self.driver, function)(*arguments)
        if status:
            raise RuntimeError(f"{function}: CUDA error {status}")

    def __call__(self) -> None:
        stream = ctypes.c_void_p(self.torch.cuda.current_stream().cuda_stream)
        for kernel, sizes, addresses, _ in self.launches:
            self.call("cuLaunchKernel", kernel, *sizes, stream, addresses, None)


def contender(torch, function, count: int) -> interleave.Contender:
    graph = interleave.capture(torch, function, count)

    def run(seconds: float) -> float:
        graph.replay()
        times, spent = [], 0.0
        while spent < seconds or len(times) < 3:
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            graph.replay()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) * 1e-3)
            spent += times[-1]
        return statistics.median(times) / count

    return run


def build(tasks: list, options: str, work: pathlib.Path) -> str:
    """Tunes all tasks and compiles them; returns the launches. kernels.cubin is left in `work`."""
    model, tuned = work / "tasks.mlir", work / "tasks.tuned.mlir"
    model.write_text("".join(task.write() for task in tasks))
    seconds = interleave.tune(model, tuned, options)
    print(f"tuned {len(tasks)} tasks in {seconds:.1f} s", flush=True)
    subprocess.run([str(interleave.BUILD / "bin" / "chameleon-opt"), str(tuned), "--apply-schedules=target=nvvm:sm_90",
                    f"--lower-to-nvvm=ptx={work}/kernels.ptx launches={work}/launches.txt", "-o", "/dev/null"], check=True)
    subprocess.run(["ptxas", "-arch=sm_90", f"{work}/kernels.ptx", "-o", f"{work}/kernels.cubin"], check=True)
    return (work / "launches.txt").read_text()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="regular expression; tasks whose title matches")
    parser.add_argument("--tune", default="target=nvvm progress=quiet", help="options of --tune-schedules")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.01, help="of each contender a round")
    parser.add_argument("--work", type=pathlib.Path, help="folder to keep the tuned tasks in")
    arguments = parser.parse_args()
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    tasks = [Matmul(*shape) for shape in MATMULS]
    tasks += [Convolution(network, *shape) for network, shapes in CONVOLUTIONS.items() for shape in shapes]
    tasks = [task for task in tasks if re.search(arguments.only, task.title)]
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or pathlib.Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        launches = build(tasks, arguments.tune, work)
        print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}", flush=True)
        torch.cuda.init()
        torch.zeros(1, device="cuda")
        module = ctypes.c_void_p()
        status = ctypes.CDLL("libcuda.so.1").cuModuleLoad(ctypes.byref(module), f"{work}/kernels.cubin".encode())
        if status:
            raise RuntimeError(f"cuModuleLoad: CUDA error {status}")
        ratios = []
        for task in tasks:
            inputs, peers, reference = task.prepare(torch)
            result = torch.full(reference.shape, float("nan"), device="cuda")
            ours = Program(torch, module, launches, task.name, inputs, result)
            ours()
            error = ((result.double() - reference).norm() / reference.norm()).item()
            if not error < 1e-5:
                print(f"{task.title}: wrong result, relative error {error}", flush=True)
                continue
            count = max(5, min(20, int(4e11 / task.flops)))  # as chameleon-opt times: the gaps between replays are no part
            contenders = {"chameleon": contender(torch, ours, count)}
            contenders.update({name: contender(torch, call, count) for name, call in peers.items()})
            samples = interleave.compare(contenders, arguments.rounds, arguments.seconds)
            medians = {name: statistics.median(times) for name, times in samples.items()}
            best = min((name for name in peers), key=medians.get)
            ratios.append((task, medians[best] / medians["chameleon"]))
            print(f"{task.title:34s} {medians['chameleon'] * 1e6:9.2f} us {task.flops / medians['chameleon'] * 1e-12:6.1f} TFLOP/s  {best} "
                  f"{medians[best] * 1e6:9.2f} us  {ratios[-1][1]:5.2f} x  error {error:.1e}", flush=True)
        for kind, what in ((Convolution, "convolutions"), (Matmul, "matmuls")):
            values = [ratio for task, ratio in ratios if isinstance(task, kind)]
            if values:
                print(f"{len(values)} {what}: geometric mean {math.exp(statistics.fmean(map(math.log, values))):.2f} x, "
                      f"{sum(v >= 1 for v in values)} at least 1.0 x, least {min(values):.2f} x", flush=True)


if __name__ == "__main__":
    main()
