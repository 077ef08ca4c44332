"""The operations of docs/types.md, each for any element types: what matrix.py checks and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .compound import Extreme, Gather, Scan, Scatter, add_sort
from .elements import BF16, F16, F32, F64, F8E4M3FN, F8E5M2, FLOATS, I1, I32, I64, I8, INTEGERS, Element, conversion, exact
from .graphs import Block, Branch, Builder, Graph, Loop, Use
from .nodes import Concat, Constant, Expr, Generic, Insert, Invalid, Pad, Slice, Softmax, Step, TensorType, dim
from .operations import adds_and_multiplies, contraction, convolution, lowest, pooling, product, reduction, transposition

Types = tuple[Element, Element]
"""Of what is computed with, and of the result."""
TYPES: tuple[Types, ...] = (
    *((e, e) for e in FLOATS + INTEGERS), (F16, F32), (BF16, F32), (I8, I32), (I8, F32), (F32, F64), (F8E4M3FN, F32), (F8E5M2, F32),
)
Make = Callable[["Case"], list[int]]


class Case:
    """One cell while its graph is made."""

    def __init__(self, types: Types, seed: int) -> None:
        self.element, self.result = types
        self.is_mixed = self.element is not self.result
        self.builder = Builder()
        self.random = np.random.default_rng(seed)

    def argument(self, *shape: int, element: Element | None = None) -> int:
        """Small numbers, whose sums are exact in most types."""
        element = element or self.element
        if element is I1:
            data = self.random.integers(0, 2, shape)
        elif element.is_float:
            data = self.random.integers(-4, 5, shape) / (2 if element.bits <= 16 else 4)
        else:
            data = self.random.integers(-4, 5, shape)
        return self.builder.argument(exact(element, data))

    def rows(self, count: int, below: int) -> int:
        return self.builder.argument(exact(I64, self.random.permutation(below)[:count]))

    def floats_only(self) -> None:
        if not self.element.is_float:
            raise Invalid("for floats only")

    def same_only(self) -> None:
        if self.is_mixed:
            raise Invalid("one type only")

    def convolve(self, layout: str, outputs: Sequence[int], kernel: Sequence[int], channels: int, filters: int, stride: int = 1, multiplier: int = 1) -> list[int]:
        ones = [1] * len(outputs)
        node = convolution(
            layout, 2, outputs, kernel, channels, filters, [stride] * len(outputs), ones, (self.element, self.element), self.result, multiplier
        )
        return [self.builder.add(node, *(self.argument(*shape) for shape in self._shapes(node)))]

    def pool(self, kind: str, layout: str, outputs: Sequence[int], kernel: Sequence[int]) -> list[int]:
        self.same_only()
        if kind == "sum" and self.element is I1:
            raise Invalid("no meaning")
        node = pooling(kind, layout, 2, outputs, kernel, 8, [2] * len(outputs), [1] * len(outputs), self.element, self.result)
        return [self.builder.add(node, *(self.argument(*shape) for shape in self._shapes(node)))]

    def _shapes(self, node: Generic) -> list[tuple[int, ...]]:
        indices = np.indices(node.dims, sparse=True)
        return [tuple(int(e.at(indices).max()) + 1 for e in map) for map in node.maps[:2]]

    def sum(self, value: int, axes: Sequence[int]) -> int:
        shape = self.builder.types[value].shape
        return self.builder.add(reduction(shape, axes, adds_and_multiplies(self.result)[0], self.element, self.result, 0), value)

    def apply(self, scalars: Sequence[tuple[str, tuple[int, ...]]], values: Sequence[int], maps: Sequence[tuple[Expr, ...]] | None = None, shape: Sequence[int] = (), result: Element | None = None) -> int:
        """Elementwise: scalar operations over the values."""
        types = [self.builder.types[v] for v in values]
        shape = tuple(shape) or types[0].shape
        identity = tuple(dim(i) for i in range(len(shape)))
        maps = tuple(maps) if maps else (identity,) * len(values)
        elements = [t.element for t in types]
        steps: list[Step] = []
        for name, operands in scalars:
            steps.append(Step(name, operands, I1 if name.startswith("cmp") else result or types[0].element))
        last = len(values) + len(steps) if steps else 0
        element = steps[-1].element if steps else elements[0]
        node = Generic(tuple(shape), frozenset(), (*maps, identity), tuple(steps), (last,), (None,), (element,), (None,))
        return self.builder.add(node, *values)

    def pick(self, floats: str, integers: str) -> str:
        return floats if self.element.is_float else integers


def _matmul(c: Case) -> list[int]:
    return [c.builder.add(contraction("linalg.matmul", (33, 40, 17), (c.element,) * 2, c.result), c.argument(33, 17), c.argument(17, 40))]


def _batched(c: Case) -> list[int]:
    return [c.builder.add(contraction("linalg.batch_matmul", (3, 16, 20, 9), (c.element,) * 2, c.result), c.argument(3, 16, 9), c.argument(3, 9, 20))]


def _transposed_matmul(c: Case) -> list[int]:
    maps = [(dim(0), dim(2)), (dim(1), dim(2)), (dim(0), dim(1))]
    return [c.builder.add(product("", (16, 24, 17), (2,), maps, (c.element,) * 2, c.result), c.argument(16, 17), c.argument(24, 17))]


def _matvec(c: Case) -> list[int]:
    return [c.builder.add(contraction("linalg.matvec", (65, 33), (c.element,) * 2, c.result), c.argument(65, 33), c.argument(33))]


def _matmul_epilogue(c: Case) -> list[int]:
    (value,) = _matmul(c)
    bias = c.argument(40, element=c.result)
    add = "arith.addf" if c.result.is_float else "arith.addi" if c.result is not I1 else "arith.ori"
    both = ((dim(0), dim(1)), (dim(1),))
    return [c.apply([(add, (0, 1)), ("arith.maximumf" if c.result.is_float else "arith.maxsi", (3, 1))], [value, bias], both)]


def _transposed_convolution(c: Case) -> list[int]:
    """Every other point of the image is zero: what front ends make of it."""
    image, filters = c.argument(1, 5, 5, 4), c.argument(3, 3, 4, 6)
    zero = c.builder.add(Constant(TensorType(c.element, (1, 13, 13, 4)), (0.0,)))
    wide = c.builder.add(Insert((0, 2, 2, 0), (1, 5, 5, 4), (1, 2, 2, 1)), image, zero)
    node = convolution("nhwc", 1, (11, 11), (3, 3), 4, 6, (1, 1), (1, 1), (c.element,) * 2, c.result)
    return [c.builder.add(node, wide, filters)]


def _extreme(is_largest: bool) -> Make:
    """Value and place."""

    def make(c: Case) -> list[int]:
        c.same_only()
        first = c.builder.add(Extreme(is_largest), c.argument(9, 21))
        return [first, first + 1]

    return make


def _norm(c: Case) -> list[int]:
    """Layer norm without its affine part."""
    c.floats_only()
    c.same_only()
    values = c.argument(8, 32)
    row = ((dim(0), dim(1)), (dim(0),))
    mean = c.apply([("arith.mulf", (0, 1))], [c.sum(values, [1]), c.builder.argument(exact(c.element, np.full(8, 1 / 32)))])
    centred = c.apply([("arith.subf", (0, 1))], [values, mean], row)
    squares = c.apply([("arith.mulf", (0, 0))], [centred])
    scale = c.apply([("arith.addf", (0, 1)), ("math.rsqrt", (3,))], [c.sum(squares, [1]), c.builder.argument(exact(c.element, np.full(8, 0.5)))])
    return [c.apply([("arith.mulf", (0, 1))], [centred, scale], row)]


def _softmax(c: Case) -> list[int]:
    c.floats_only()
    c.same_only()
    return [c.builder.add(Softmax(1), c.argument(8, 33))]


def _convert(c: Case) -> list[int]:
    name = conversion(c.element, c.result)
    if not name:
        raise Invalid("no conversion")
    return [c.apply([(name, (0,))], [c.argument(33, 17)], result=c.result)]


def _elementwise(maps: Callable[[], tuple[tuple[Expr, ...], tuple[int, ...]]]) -> Make:
    def make(c: Case) -> list[int]:
        c.same_only()
        map, shape = maps()
        values = [c.argument(12, 20), c.argument(*shape)]
        scalar = adds_and_multiplies(c.element)[0] if c.element is I1 or c.element.is_float else "arith.muli"
        return [c.apply([(scalar, (0, 1))], values, ((dim(0), dim(1)), map))]

    return make


def _scan(which: int) -> Make:
    def make(c: Case) -> list[int]:
        c.same_only()
        return [c.builder.add(Scan(adds_and_multiplies(c.element)[which]), c.argument(13, 6))]

    return make


def _gather(c: Case) -> list[int]:
    c.same_only()
    return [c.builder.add(Gather(), c.argument(16, 12), c.rows(9, 16))]


def _scatter(c: Case) -> list[int]:
    c.same_only()
    return [c.builder.add(Scatter(), c.argument(5, 12), c.rows(5, 16), c.argument(16, 12))]


def _sort(c: Case) -> list[int]:
    c.same_only()
    return [add_sort(c.builder, c.argument(19))]


def _top(c: Case) -> list[int]:
    (value,) = _sort(c)
    return [c.builder.add(Slice((14,), (5,), (1,)), value)]


def _pad(fill: float) -> Make:
    def make(c: Case) -> list[int]:
        c.same_only()
        return [c.builder.add(Pad((1, 0, 2), (0, 3, 1), fill), c.argument(3, 4, 5))]

    return make


def _concat(c: Case) -> list[int]:
    c.same_only()
    return [c.builder.add(Concat(1), c.argument(6, 5), c.argument(6, 8), c.argument(6, 1))]


def _chain(c: Case) -> Use:
    add = adds_and_multiplies(c.element)[0]
    identity = (dim(0), dim(1))
    step = Step(add, (0, 1), c.element)
    return Use(Generic((6, 7), frozenset(), (identity,) * 3, (step,), (3,), (None,), (c.element,), (None,)), (0, 1))


def _loop(c: Case) -> list[int]:
    c.same_only()
    values = c.argument(6, 7), c.argument(6, 7)
    type = c.builder.types[values[0]]
    return [c.builder.add(Loop(3, Block((type, type), (_chain(c),), (2,))), *values)]


def _branch(c: Case) -> list[int]:
    c.same_only()
    condition = c.builder.argument(exact(I1, np.array(1)))
    values = c.argument(6, 7), c.argument(6, 7)
    type = c.builder.types[values[0]]
    return [c.builder.add(Branch(Block((type, type), (_chain(c),), (2,)), Block((type, type), (), (1,))), condition, *values)]


def _reduction(shape: Sequence[int], axes: Sequence[int], order: Sequence[int] | None = None) -> Make:
    def make(c: Case) -> list[int]:
        add = adds_and_multiplies(c.result)[0]
        return [c.builder.add(reduction(shape, axes, add, c.element, c.result, 0, order), c.argument(*shape))]

    return make


def _largest(c: Case) -> list[int]:
    c.same_only()
    name = c.pick("arith.maximumf", "arith.maxsi")
    return [c.builder.add(reduction((9, 33), (1,), name, c.element, c.element, lowest(c.element)), c.argument(9, 33))]


def _smallest(c: Case) -> list[int]:
    """Over all dimensions, to rank 0."""
    c.same_only()
    name = c.pick("arith.minimumf", "arith.minsi")
    start = c.element.largest if c.element.is_float else 0
    return [c.builder.add(reduction((9, 33), (0, 1), name, c.element, c.element, start), c.argument(9, 33))]


def _transpose(c: Case) -> list[int]:
    c.same_only()
    return [c.builder.add(transposition((5, 33, 17), (2, 0, 1), c.element), c.argument(5, 33, 17))]


def _select(c: Case) -> list[int]:
    """What is at least as large as something else, as in a mask."""
    c.same_only()
    compare = c.pick("cmpf.ge", "cmpi.ge")
    return [c.apply([(compare, (0, 1)), ("arith.select", (3, 0, 1))], [c.argument(12, 20), c.argument(12, 20)])]


def _math(c: Case) -> list[int]:
    c.floats_only()
    c.same_only()
    return [c.apply([("math.tanh", (0,)), ("math.exp", (2,)), ("arith.mulf", (0, 3))], [c.argument(12, 20)])]


def _rms_norm(c: Case) -> list[int]:
    """Root mean square."""
    c.floats_only()
    c.same_only()
    values = c.argument(8, 32)
    squares = c.apply([("arith.mulf", (0, 0))], [values])
    scale = c.apply([("arith.addf", (0, 1)), ("math.rsqrt", (3,))], [c.sum(squares, [1]), c.builder.argument(exact(c.element, np.full(8, 0.5)))])
    return [c.apply([("arith.mulf", (0, 1))], [values, scale], ((dim(0), dim(1)), (dim(0),)))]


def _index(kind: str) -> tuple[tuple[Expr, ...], tuple[int, ...]]:
    """How the second operand of 12x20 elements is read, and its shape."""
    return {
        "same": ((dim(0), dim(1)), (12, 20)),
        "transposed": ((dim(1), dim(0)), (20, 12)),
        "broadcast": ((dim(1),), (20,)),
        "strided": ((dim(0), Expr(((1, 2),), 1)), (12, 40)),
        "mod": ((Expr(((0, 1),), modulo=5), dim(1)), (5, 20)),
        "floordiv": ((dim(0), Expr(((1, 1),), divide=4)), (12, 5)),
        "reversed": ((dim(0), Expr(((1, -1),), 19)), (12, 20)),
    }[kind]


OPERATIONS: dict[str, Make] = {
    "matmul": _matmul,
    "matmul, transposed operand": _transposed_matmul,
    "matmul + bias, max": _matmul_epilogue,
    "batched matmul": _batched,
    "matvec": _matvec,
    "convolution 1-d": lambda c: c.convolve("nhwc", (14,), (3,), 6, 8),
    "convolution 2-d, NHWC": lambda c: c.convolve("nhwc", (7, 9), (3, 3), 6, 8),
    "convolution 2-d, NCHW": lambda c: c.convolve("nchw", (7, 9), (3, 3), 6, 8, 2),
    "convolution 3-d": lambda c: c.convolve("nhwc", (3, 4, 5), (2, 3, 2), 4, 6),
    "convolution, grouped": lambda c: c.convolve("grouped", (6, 6), (3, 3), 3, 4, 1, 5),
    "convolution, depthwise": lambda c: c.convolve("depthwise-nhwc", (6, 7), (3, 3), 8, 0),
    "convolution, depthwise with multiplier": lambda c: c.convolve("depthwise-multiplier", (6, 7), (3, 3), 5, 0, 1, 3),
    "convolution, transposed": _transposed_convolution,
    "pooling 1-d, max": lambda c: c.pool("max", "nhwc", (8,), (3,)),
    "pooling 2-d, max": lambda c: c.pool("max", "nchw", (6, 7), (3, 2)),
    "pooling 2-d, sum": lambda c: c.pool("sum", "nhwc", (6, 7), (3, 2)),
    "pooling 3-d, sum": lambda c: c.pool("sum", "nhwc", (3, 4, 5), (2, 2, 2)),
    "sum of rows": _reduction((33, 40), (1,)),
    "sum of columns": _reduction((33, 40), (0,)),
    "sum of outer and inner": _reduction((5, 12, 9), (0, 2)),
    "sum, result transposed": _reduction((5, 12, 9), (1,), (2, 0)),
    "sum to rank 0": _reduction((33, 40), (0, 1)),
    "sum over size one": _reduction((33, 1), (1,)),
    "maximum of rows": _largest,
    "minimum to rank 0": _smallest,
    **{f"elementwise, {kind}": _elementwise(lambda kind=kind: _index(kind)) for kind in (
        "same", "transposed", "broadcast", "strided", "mod", "floordiv", "reversed")},
    "elementwise, compare and select": _select,
    "elementwise, tanh and exp": _math,
    "conversion": _convert,
    "transposition": _transpose,
    "softmax": _softmax,
    "layer norm": _norm,
    "RMS norm": _rms_norm,
    "argmax with values": _extreme(True),
    "argmin with values": _extreme(False),
    "cumulative sum": _scan(0),
    "cumulative product": _scan(1),
    "gather": _gather,
    "scatter": _scatter,
    "sort": _sort,
    "top-k": _top,
    "padding with zero": _pad(0),
    "padding with one": _pad(1),
    "concatenation": _concat,
    "loop": _loop,
    "branch": _branch,
}


def make_case(operation: str, types: Types) -> Graph | None:
    """Nothing if the operation has no meaning for the types."""
    case = Case(types, 0)
    try:
        return replace(case.builder.finish(*OPERATIONS[operation](case)), label=operation)
    except Invalid:
        return None
