#!/usr/bin/env python3
"""Models that grow without end, for the time that applying and lowering take.

    large_models.py concat 512 > concat512.mlir   # so many operands of one concatenation
    large_models.py tasks 300                     # so many different matmuls, one after the other
    large_models.py rnn 512                       # an unrolled RNN with stacked outputs (KernelBench level 3, 34)
"""
from __future__ import annotations

import sys


def concat(count: int) -> str:
    part, whole = "tensor<8x16xf32>", f"tensor<{8 * count}x16xf32>"
    lines = [f"func.func @main(%x: {whole}) -> {whole} {{"]
    for i in range(count):
        lines += [
            f"  %s{i} = tensor.extract_slice %x[{8 * i}, 0] [8, 16] [1, 1] : {whole} to {part}",
            f"  %e{i} = tensor.empty() : {part}",
            f"  %h{i} = linalg.exp ins(%s{i} : {part}) outs(%e{i} : {part}) -> {part}",
        ]
    operands, types = ", ".join(f"%h{i}" for i in range(count)), ", ".join([part] * count)
    return "\n".join([*lines, f"  %r = tensor.concat dim(0) {operands} : ({types}) -> {whole}", f"  return %r : {whole}", "}", ""])


def tasks(count: int) -> str:
    lines = ["func.func @main(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {", "  %z = arith.constant 0.0 : f32"]
    before, depth = "%x", 64
    for i in range(count):
        width = 65 + i if i < count - 1 else 64
        result, weight = f"tensor<64x{width}xf32>", f"tensor<{depth}x{width}xf32>"
        lines += [
            f"  %w{i} = arith.constant dense<0.01> : {weight}",
            f"  %e{i} = tensor.empty() : {result}",
            f"  %f{i} = linalg.fill ins(%z : f32) outs(%e{i} : {result}) -> {result}",
            f"  %m{i} = linalg.matmul ins({before}, %w{i} : tensor<64x{depth}xf32>, {weight}) outs(%f{i} : {result}) -> {result}",
        ]
        before, depth = f"%m{i}", width
    return "\n".join([*lines, f"  return {before} : tensor<64x64xf32>", "}", ""])


class _Rnn:
    """h = tanh([x, h] W + b); y = h V + c."""

    def __init__(self, steps: int, batch: int = 16, inputs: int = 64, hidden: int = 128, outputs: int = 32) -> None:
        self.steps, self.batch, self.inputs, self.hidden, self.outputs = steps, batch, inputs, hidden, outputs
        self.lines: list[str] = []

    def generic(self, name: str, ins: str, types: str, maps: str, block: str, operation: str, result: str) -> None:
        self.lines += [
            f"  %{name}e = tensor.empty() : {result}",
            f'  %{name} = linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel", "parallel"]}}',
            f"      ins({ins} : {types}) outs(%{name}e : {result}) {{",
            f"  ^bb0({block}, %out: f32):",
            f"    %r = {operation} : f32",
            "    linalg.yield %r : f32",
            f"  }} -> {result}",
        ]

    def linear(self, name: str, x: str, depth: int, weight: str, bias: str, width: int) -> str:
        result = f"tensor<{self.batch}x{width}xf32>"
        self.lines += [
            f"  %{name}s = tensor.empty() : {result}",
            f"  %{name}f = linalg.fill ins(%z : f32) outs(%{name}s : {result}) -> {result}",
            f"  %{name}m = linalg.matmul ins({x}, {weight} : tensor<{self.batch}x{depth}xf32>, tensor<{depth}x{width}xf32>)"
            f" outs(%{name}f : {result}) -> {result}",
        ]
        self.generic(name, f"%{name}m, {bias}", f"{result}, tensor<{width}xf32>", "#id, #row, #id", "%a: f32, %b: f32", "arith.addf %a, %b", result)
        return f"%{name}"

    def print(self) -> str:
        batch, depth = self.batch, self.inputs + self.hidden
        x, whole = f"tensor<{batch}x{self.inputs}xf32>", f"tensor<{self.steps}x{batch}x{self.inputs}xf32>"
        h, y = f"tensor<{batch}x{self.hidden}xf32>", f"tensor<{batch}x{self.outputs}xf32>"
        step, result = f"tensor<1x{batch}x{self.outputs}xf32>", f"tensor<{self.steps}x{batch}x{self.outputs}xf32>"
        self.lines = [
            "#id = affine_map<(i, j) -> (i, j)>",
            "#row = affine_map<(i, j) -> (j)>",
            f"func.func @main(%x: {whole}, %h: {h}) -> {result} {{",
            "  %z = arith.constant 0.0 : f32",
            f"  %W = arith.constant dense<0.02> : tensor<{depth}x{self.hidden}xf32>",
            f"  %bias = arith.constant dense<0.1> : tensor<{self.hidden}xf32>",
            f"  %V = arith.constant dense<0.03> : tensor<{self.hidden}x{self.outputs}xf32>",
            f"  %c = arith.constant dense<0.2> : tensor<{self.outputs}xf32>",
        ]
        state = "%h"
        for i in range(self.steps):
            self.lines += [
                f"  %x{i} = tensor.extract_slice %x[{i}, 0, 0] [1, {batch}, {self.inputs}] [1, 1, 1] : {whole} to {x}",
                f"  %cat{i} = tensor.concat dim(1) %x{i}, {state} : ({x}, {h}) -> tensor<{batch}x{depth}xf32>",
            ]
            sums = self.linear(f"a{i}", f"%cat{i}", depth, "%W", "%bias", self.hidden)
            self.generic(f"h{i}", sums, h, "#id, #id", "%a: f32", "math.tanh %a", h)
            state = f"%h{i}"
            out = self.linear(f"y{i}", state, self.hidden, "%V", "%c", self.outputs)
            self.lines.append(f"  %r{i} = tensor.expand_shape {out} [[0, 1], [2]] output_shape [1, {batch}, {self.outputs}] : {y} into {step}")
        operands, types = ", ".join(f"%r{i}" for i in range(self.steps)), ", ".join([step] * self.steps)
        return "\n".join([*self.lines, f"  %r = tensor.concat dim(0) {operands} : ({types}) -> {result}", f"  return %r : {result}", "}", ""])


def rnn(steps: int) -> str:
    return _Rnn(steps).print()


if __name__ == "__main__":
    sys.stdout.write({"concat": concat, "tasks": tasks, "rnn": rnn}[sys.argv[1]](int(sys.argv[2])))
