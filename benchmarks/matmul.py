#!/usr/bin/env python3
"""f32 matmul against OpenBLAS, interleaved.  matmul.py [--threads 1] [512x512x512 1000x999x1001 …]   (M x K x N)"""
from __future__ import annotations

import argparse
import ctypes
import os
import pathlib
import sys
import tempfile

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402

MODULE = """func.func @main(%a: tensor<{m}x{k}xf32>, %b: tensor<{k}x{n}xf32>) -> tensor<{m}x{n}xf32> {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<{m}x{n}xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  %c = linalg.matmul ins(%a, %b : tensor<{m}x{k}xf32>, tensor<{k}x{n}xf32>) outs(%fill : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  return %c : tensor<{m}x{n}xf32>
}}
"""


def openblas(m: int, k: int, n: int, threads: int) -> interleave.Contender:
    import numpy

    library = ctypes.CDLL("libopenblas.so.0")
    library.openblas_set_num_threads(threads)
    a, b = (numpy.random.default_rng(0).random(shape, dtype=numpy.float32) for shape in ((m, k), (k, n)))
    c = numpy.zeros((m, n), dtype=numpy.float32)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    row_major, no_transpose, one, zero = 101, 111, ctypes.c_float(1), ctypes.c_float(0)

    def call() -> None:
        library.cblas_sgemm(row_major, no_transpose, no_transpose, m, n, k, one, pointer(a), k, pointer(b), n, zero, pointer(c), n)

    return lambda seconds: interleave.time_calls(call, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=["512x512x512", "1024x1024x1024", "2048x2048x2048", "1000x999x1001"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tune", default="preset=default no-database=true progress=quiet")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.4)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    library = ctypes.CDLL("libopenblas.so.0")
    library.openblas_get_corename.restype = ctypes.c_char_p
    print(f"OpenBLAS kernel: {library.openblas_get_corename().decode()}, {arguments.threads} threads")
    with tempfile.TemporaryDirectory() as folder:
        for shape in arguments.shapes:
            m, k, n = map(int, shape.split("x"))
            model, tuned = pathlib.Path(folder, f"{shape}.mlir"), pathlib.Path(folder, f"{shape}.tuned.mlir")
            model.write_text(MODULE.format(m=m, k=k, n=n))
            interleave.tune(model, tuned, f"threads={arguments.threads} {arguments.tune}")
            contenders = {"chameleon": interleave.chameleon(tuned, arguments.threads), "openblas": openblas(m, k, n, arguments.threads)}
            samples = interleave.compare(contenders, arguments.rounds, arguments.seconds)
            interleave.report(f"matmul {shape}", samples, "openblas", 2.0 * m * k * n)


if __name__ == "__main__":
    main()
