"""Random modules."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from .elements import (
    BF16, F16, F32, F64, F8E4M3FN, F8E5M2, I1, I16, I32, I64, I8, REDUCIBLE, SCALARS, Element, Value, conversion, exact,
)
from .compound import Extreme, Gather, Scan, Scatter, add_sort
from .graphs import Block, Branch, Builder, Graph, Loop, Use
from .nodes import Concat, Constant, Expr, Generic, Insert, Invalid, Map, Pad, Reshape, Slice, Softmax, Step, TensorType, dim
from .operations import CONTRACTIONS, contraction, convolution, letters, lowest, pooling, product

EXTENTS = (1, 1, 2, 3, 4, 5, 7, 8, 8, 13, 16, 16, 17, 31, 32, 33, 64, 65, 97, 128)
ELEMENTS = (F32,) * 10 + (F64,) * 2 + (F16, F16, BF16, BF16, F8E4M3FN, F8E5M2) + (I32, I32, I64, I8, I8, I16, I1)
MIXED_PRODUCTS = (
    (F16, F16, F32), (BF16, BF16, F32), (I8, I8, I32), (I8, I8, F32), (F32, F32, F64), (F8E4M3FN, F8E4M3FN, F32),
    (F8E5M2, F8E4M3FN, F32), (I8, F32, F32),
)
MOST_ELEMENTS = 16384
MOST_POINTS = 200_000


def volume(shape: Sequence[int]) -> int:
    return int(np.prod(shape, dtype=np.int64))


class Generator:
    """One seed, one sequence of graphs, of some element types, `without` some operations or tensors of size zero ("empty")."""

    def __init__(self, seed: int, elements: Sequence[Element] = (), without: Sequence[str] = ()) -> None:
        self.random = random.Random(seed)
        self.without = without
        self.elements = [e for e in ELEMENTS if not elements or e in elements]
        self.products = [types for types in MIXED_PRODUCTS if not elements or set(types) <= set(elements)]

    def graph(self) -> Graph:
        while True:
            try:
                return self._graph()
            except Invalid:
                continue

    def _graph(self) -> Graph:
        self.builder = Builder()
        makers: list[tuple[int, Callable[[], int]]] = [
            (8, self._elementwise), (6, self._reduction), (5, self._contraction), (2, self._generic_contraction),
            (4, self._convolution), (2, self._pooling), (2, self._pad), (2, self._slice), (1, self._insert), (2, self._reshape),
            (2, self._concat), (1, self._softmax), (1, self._loop), (1, self._branch), (1, self._scan), (1, self._gather),
            (1, self._scatter), (1, self._constant), (1, self._extreme), (1, self._sort),
        ]
        makers = [made for made in makers if made[1].__name__[1:] not in self.without]
        weights = [weight for weight, _ in makers]
        made: list[int] = []
        for _ in range(self.random.choice((1, 1, 2, 2, 3, 4, 6))):
            (maker,) = self.random.choices([m for _, m in makers], weights)
            for _ in range(4):
                try:
                    made.append(maker())
                    break
                except Invalid:
                    continue
        if not made:
            raise Invalid("nothing")
        used = {i for use in self.builder.uses for i in use.operands}
        # What nobody uses is a result, mostly; some of the others are, too.
        results = [v for v in made[:-1] if (self._one_in(5) if v in used else not self._one_in(10))] + [made[-1]]
        if self._one_in(20):
            results.append(self.random.choice(results))
        if self._one_in(30):
            results.append(self.random.randrange(len(self.builder.types)))
        self.random.shuffle(results)
        return self.builder.finish(*results)

    # What operations start from.

    def _one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def _extent(self) -> int:
        return 0 if "empty" not in self.without and self._one_in(200) else self.random.choice(EXTENTS)

    def _shape(self, rank: int) -> tuple[int, ...]:
        while True:
            shape = tuple(self._extent() for _ in range(rank))
            if volume(shape) <= MOST_ELEMENTS:
                return shape

    def data(self, element: Element, shape: Sequence[int]) -> Value:
        """Small multiples of an eighth, so that sums are exact; now and then any floats, or zeros of both signs."""
        source = np.random.default_rng(self.random.getrandbits(32))
        shape = tuple(shape)
        if not element.is_float:
            bound = {1: 2, 8: 11}.get(element.bits, 100)
            return exact(element, source.integers(0 if element is I1 else -bound, bound, shape))
        if self._one_in(4):
            return exact(element, source.standard_normal(shape))
        if self._one_in(8):
            return exact(element, np.abs(source.standard_normal(shape)) + 0.5)
        return exact(element, source.integers(-16, 17, shape) / 8)

    def _argument(self, element: Element, shape: Sequence[int]) -> int:
        if volume(shape) > MOST_ELEMENTS:
            raise Invalid("too large")
        return self.builder.argument(self.data(element, shape))

    def _type(self, value: int) -> TensorType:
        return self.builder.types[value]

    def _value(self, ranks: Sequence[int] = (0, 1, 2, 2, 3, 3, 4), accepts: Callable[[TensorType], bool] = lambda _: True) -> int:
        """One that is there, or a new argument."""
        known = [i for i, t in enumerate(self.builder.types) if len(t.shape) in ranks and accepts(t)]
        if known and not self._one_in(4):
            return self.random.choice(known[-4:])
        for _ in range(20):
            type = TensorType(self.random.choice(self.elements), self._shape(self.random.choice(ranks)))
            if accepts(type):
                return self._argument(*type)
        raise Invalid("no such value")

    def _of_type(self, type: TensorType) -> int:
        known = [i for i, t in enumerate(self.builder.types) if t == type]
        return self.random.choice(known) if known and not self._one_in(3) else self._argument(*type)

    def _reuse(self, element: Element, shape: Sequence[int]) -> int:
        return self._of_type(TensorType(element, tuple(shape)))

    # Bodies.

    def _body(self, inputs: Sequence[Element], outputs: int, dims: int, length: int, wanted: Element | None = None) -> tuple[list[Step], int, Element]:
        """Steps over inputs, the last value and its type."""
        values: list[tuple[int, Element]] = list(enumerate(inputs))
        steps: list[Step] = []

        def add(scalar: str, operands: Sequence[int], element: Element, value: float = 0) -> int:
            steps.append(Step(scalar, tuple(operands), element, value))
            values.append((len(inputs) + outputs + len(steps) - 1, element))
            return values[-1][0]

        def other(element: Element) -> int:
            known = [i for i, e in values if e is element]
            if known and not self._one_in(3):
                return self.random.choice(known)
            choices = (0, 1, 2, -1, 0.5, 3, -2.5) if element.is_float else (0, 1) if element is I1 else (0, 1, 2, 3, 7, -1)
            return add("constant", (), element, self.random.choice(choices))

        def convert(value: int, source: Element, target: Element) -> int:
            name = conversion(source, target)
            if name is None:
                return value
            if source.is_float and target.is_float and source.bits == target.bits:
                return convert(add("arith.extf", (value,), F32), F32, target)
            if name == "arith.fptosi":
                if target is I1:
                    zero = add("constant", (), source, 0)
                    return add("cmpf.gt", (value, zero), I1)
                low, high = add("constant", (), source, -100), add("constant", (), source, 100)
                value = add("arith.minimumf", (add("arith.maximumf", (value, low), source), high), source)
            if name in ("arith.sitofp", "arith.extsi") and self._one_in(3):
                name = {"arith.sitofp": "arith.uitofp", "arith.extsi": "arith.extui"}[name]
            return add(name, (value,), target)

        for _ in range(length):
            value, element = self.random.choice(values[-3:])
            if self._one_in(12) and dims:
                index = add("index", (), I64, self.random.randrange(dims))
                convert(index, I64, element)
            elif self._one_in(6):
                convert(value, element, self.random.choice(self.elements))
            elif self._one_in(6):
                compare = self.random.choice(("lt", "le", "gt", "ge", "eq"))
                condition = add(("cmpf." if element.is_float else "cmpi.") + compare, (value, other(element)), I1)
                add("arith.select", (condition, value, other(element)), element)
            elif element.is_float:
                (name,) = self.random.choices(
                    [s.name for s in SCALARS.values() if s.on_floats and not s.compares and not s.converts and s.arity < 3]
                )
                if name in ("math.log", "math.sqrt", "math.rsqrt"):
                    value = add("arith.maximumf", (add("math.absf", (value,), element), add("constant", (), element, 0.5)), element)
                elif name in ("math.exp", "math.sin", "math.cos"):
                    value = add("arith.minimumf", (value, add("constant", (), element, 8)), element)
                add(name, (value,) if SCALARS[name].arity == 1 else (value, other(element)), element)
            else:
                name = self.random.choice([s.name for s in SCALARS.values() if not s.on_floats and not s.compares and not s.converts])
                if "div" in name or "rem" in name:
                    if element is I1:
                        continue
                    small = add("arith.andi", (other(element), add("constant", (), element, 7)), element)
                    add(name, (value, add("arith.ori", (small, add("constant", (), element, 1)), element)), element)
                elif "sh" in name:
                    add(name, (value, add("constant", (), element, self.random.randrange(element.bits))), element)
                else:
                    add(name, (value, other(element)), element)
        last, element = values[-1]
        if wanted and element is not wanted:
            last, element = convert(last, element, wanted), wanted
        return steps, last, element

    def _map(self, dims: Sequence[int]) -> tuple[Map, tuple[int, ...]]:
        """How another operand is read, and the shape that it needs."""
        order = [i for i in range(len(dims)) if not self._one_in(3)]
        if self._one_in(3):
            self.random.shuffle(order)
        map: list[Expr] = []
        for i in order:
            kind = self.random.randrange(14)
            if kind == 0:
                map.append(Expr(((i, 1),), modulo=self.random.choice((2, 3))))
            elif kind == 1:
                map.append(Expr(((i, 1),), divide=self.random.choice((2, 3))))
            elif kind == 2:
                map.append(Expr(((i, 2),), self.random.choice((0, 1))))
            elif kind == 3:
                map.append(Expr(((i, -1),), dims[i] - 1))
            elif kind == 4:
                map.append(Expr(()))
            else:
                map.append(dim(i))
        if 0 in dims:
            map = [dim(i) for i in order]
        return tuple(map), needed(map, dims)

    # Operations.

    def _elementwise(self) -> int:
        base = self._value()
        type = self._type(base)
        dims = list(type.shape)
        own = tuple(dim(i) for i in range(len(dims)))
        if dims and self._one_in(8) and 0 not in dims:
            i = self.random.randrange(len(dims))
            kind = self.random.randrange(3)
            if kind == 0:
                own = own[:i] + (Expr(((i, -1),), dims[i] - 1),) + own[i + 1 :]
            elif kind == 1 and dims[i] > 1:
                dims[i] = (dims[i] + 1) // 2
                own = own[:i] + (Expr(((i, 2),)),) + own[i + 1 :]
            elif dims[i] * 2 < 200:
                dims[i] *= 2
                own = own[:i] + (Expr(((i, 1),), divide=2),) + own[i + 1 :]
        if self._one_in(10) and len(dims) < 5:
            dims.append(self.random.choice((1, 2, 5, 8)))  # the result is broadcast
        maps, operands = [own], [base]
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            map, shape = self._map(dims)
            maps.append(map)
            element = type.element if not self._one_in(3) else self.random.choice(self.elements)
            operands.append(self._reuse(element, shape))
        inputs = [self._type(i).element for i in operands]
        count = 2 if self._one_in(12) else 1
        order = list(range(len(dims)))
        if self._one_in(5):
            self.random.shuffle(order)
        steps, last, element = self._body(inputs, count, len(dims), self.random.choice((0, 1, 2, 3, 6)))
        yields, elements = [last], [element]
        if count == 2:
            yields.append(0)
            elements.append(inputs[0])
        out = tuple(dim(i) for i in order)
        if volume(dims) > MOST_ELEMENTS:
            raise Invalid("too large")
        node = Generic(
            tuple(dims), frozenset(), (*maps, *([out] * count)), tuple(steps), tuple(yields), (None,) * count, tuple(elements), (None,) * count
        )
        return self.builder.add(node, *operands)

    def _reduction(self) -> int:
        base = self._value((1, 2, 2, 3, 3, 4))
        type = self._type(base)
        rank = len(type.shape)
        axes = [i for i in range(rank) if self.random.random() < 0.5] or [rank - 1]
        if self._one_in(10):
            axes = list(range(rank))
        left = [i for i in range(rank) if i not in axes]
        if self._one_in(4):
            self.random.shuffle(left)
        operands, maps = [base], [tuple(dim(i) for i in range(rank))]
        if self._one_in(3):
            map, shape = self._map(type.shape)
            maps.append(map)
            operands.append(self._reuse(type.element, shape))
        inputs = [self._type(i).element for i in operands]
        wide = {F16: F32, BF16: F32, I8: I32, F32: F64, F8E4M3FN: F32, F8E5M2: F32}
        wanted = wide.get(type.element, type.element) if self._one_in(3) else type.element
        if wanted not in self.elements:
            wanted = type.element
        count = 2 if self._one_in(12) else 1
        steps, last, element = self._body(inputs, count, rank, self.random.choice((0, 0, 1, 2)), wanted)
        combiners = [self.random.choice(REDUCIBLE[element.is_float][:1] * 3 + REDUCIBLE[element.is_float]) for _ in range(count)]
        starts: list[float | None] = [self._start(c, element) for c in combiners]
        held = 0
        if count == 1 and self._one_in(6):
            held, starts = 1, []
            operands.append(self._reuse(element, [type.shape[i] for i in left]))
        out = tuple(dim(i) for i in left)
        node = Generic(
            type.shape, frozenset(axes), (*maps, *([out] * count)), tuple(steps), (last,) * count, tuple(combiners), (element,) * count,
            tuple(starts), held,
        )
        return self.builder.add(node, *operands)

    def _start(self, combiner: str, element: Element) -> float:
        if self._one_in(8):
            return self.random.choice((0, 1))
        if "max" in combiner:
            return 0 if combiner.endswith("ui") else -np.inf if element.is_float and element is not F8E4M3FN else lowest(element)
        if "min" in combiner:
            return element.largest if element.is_float else 2 ** (element.bits - 1) - 1 if element is not I1 else 1
        if "mul" in combiner:
            return 1
        return -1 if combiner == "arith.andi" and element is not I1 else 1 if combiner == "arith.andi" else 0

    def _operands(self) -> tuple[Element, Element, Element]:
        """Types of both operands and the result of a product."""
        if self.products and self._one_in(3):
            return self.random.choice(self.products)
        element = self.random.choice(self.elements)
        return element, element, element

    def _contraction(self) -> int:
        name = self.random.choice(("linalg.matmul",) * 4 + tuple(CONTRACTIONS))
        a, b, c = self._operands()
        left, right, out, reductions = CONTRACTIONS[name]
        rank = max(int(d) for d in left + right + out) + 1
        dims = [self._extent() for _ in range(rank)]
        base = self._value((len(left),), lambda t: t.element is a) if self._one_in(2) else None
        if base is not None:
            for place, extent in zip(left, self._type(base).shape):
                dims[int(place)] = extent
        if volume(dims) > MOST_POINTS:
            raise Invalid("too large")
        first = base if base is not None else self._reuse(a, [dims[int(d)] for d in left])
        second = self._reuse(b, [dims[int(d)] for d in right])
        held = self._one_in(5)
        operands = [first, second] + ([self._reuse(c, [dims[int(d)] for d in out])] if held else [])
        value = self.builder.add(contraction(name, dims, (a, b), c, held), *operands)
        return self._epilogue(value)

    def _generic_contraction(self) -> int:
        """Any split of dimensions into batch, rows, columns and sums, in any order."""
        kinds = [self.random.choice("bmnk") for _ in range(self.random.choice((2, 3, 3, 4, 5)))]
        dims = [self.random.choice((1, 2, 3, 5, 8, 16, 17)) for _ in kinds]
        if "k" not in kinds or volume(dims) > MOST_POINTS:
            raise Invalid("no sum")
        places = range(len(kinds))
        maps = []
        for of in ("bmk", "bnk", "bmn"):
            order = [i for i in places if kinds[i] in of]
            self.random.shuffle(order)
            maps.append(letters("".join(map(str, order))))
        a, b, c = self._operands()
        node = product("", dims, [i for i in places if kinds[i] == "k"], maps, (a, b), c)
        operands = [self._reuse(e, needed(m, dims)) for e, m in zip((a, b), maps)]
        return self._epilogue(self.builder.add(node, *operands))

    def _epilogue(self, value: int) -> int:
        """Often a bias and a function follow."""
        type = self._type(value)
        if not type.shape or self._one_in(2):
            return value
        rank = len(type.shape)
        identity = tuple(dim(i) for i in range(rank))
        map, shape = self._map(type.shape)
        bias = self._reuse(type.element, shape)
        steps, last, element = self._body([type.element, type.element], 1, rank, self.random.choice((1, 1, 2)))
        add = Step("arith.addf" if type.element.is_float else "arith.addi", (0, 1), type.element)
        if self._one_in(2):
            steps, last, element = [add], 3, type.element
        node = Generic(type.shape, frozenset(), (identity, map, identity), tuple(steps), (last,), (None,), (element,), (None,))
        return self.builder.add(node, value, bias)

    def _spatial(self, most: int) -> tuple[int, list[int], list[int], list[int], list[int]]:
        rank = self.random.choice((1, 2, 2, 2, 3))
        choose = self.random.choice
        outputs = [choose((1, 2, 3, 5, 7, 8, most)) for _ in range(rank)]
        return rank, outputs, [choose((1, 1, 2, 3, 3, 5)) for _ in outputs], [choose((1, 1, 1, 2, 3)) for _ in outputs], [choose((1, 1, 1, 2)) for _ in outputs]

    def _convolution(self) -> int:
        rank, outputs, kernel, strides, dilations = self._spatial(14)
        layouts = ["nhwc", "nchw", "depthwise-nhwc", "depthwise-multiplier"] + ["depthwise-nchw"] * (rank < 3) + ["grouped"] * (rank == 2)
        choose = self.random.choice
        a, b, c = self._operands()
        node = convolution(
            choose(layouts), choose((1, 1, 2, 3)), outputs, kernel, choose((1, 2, 3, 4, 8, 16)), choose((1, 2, 3, 8, 16)), strides, dilations,
            (a, b), c, choose((1, 2, 3)),
        )
        if volume(node.dims) > MOST_POINTS:
            raise Invalid("too large")
        image = self._padded_source(a, needed(node.maps[0], node.dims))
        return self._epilogue(self.builder.add(node, image, self._reuse(b, needed(node.maps[1], node.dims))))

    def _padded_source(self, element: Element, shape: Sequence[int]) -> int:
        """A value of this shape; often something smaller, padded."""
        margins = [self.random.choice((0, 0, 1, 2)) if i and extent > 4 else 0 for i, extent in enumerate(shape)]
        if not any(margins) or self._one_in(2):
            return self._reuse(element, shape)
        inner = self._reuse(element, [extent - margin for extent, margin in zip(shape, margins)])
        low = [self.random.randint(0, margin) for margin in margins]
        return self.builder.add(Pad(tuple(low), tuple(m - l for m, l in zip(margins, low)), self.random.choice((0, 0, 1))), inner)

    def _pooling(self) -> int:
        rank, outputs, kernel, strides, dilations = self._spatial(14)
        choose = self.random.choice
        element = choose(self.elements)
        node = pooling(
            choose(("sum", "max", "max", "min") if rank < 3 else ("sum", "max")), "nhwc" if rank == 3 else choose(("nhwc", "nchw")), choose((1, 2)), outputs, kernel,
            choose((1, 3, 8, 16)), strides, dilations, element, element,
        )
        if volume(node.dims) > MOST_POINTS or ("min" in node.named and "nc" in node.named):
            raise Invalid("too large, or no such operation")
        image = self._padded_source(element, needed(node.maps[0], node.dims))
        return self._epilogue(self.builder.add(node, image, self._argument(element, kernel)))

    def _pad(self) -> int:
        value = self._value()
        type = self._type(value)
        fill = self.random.choice((0, 1, -1.5, -np.inf) if type.element.is_float and type.element is not F8E4M3FN else (0, 1))
        low = tuple(self.random.choice((0, 0, 1, 2, 3)) for _ in type.shape)
        node = Pad(low, tuple(self.random.choice((0, 0, 1, 2)) for _ in low), fill)
        return self._bounded(node, value)

    def _bounded(self, node: Pad | Concat, *operands: int) -> int:
        if any(volume(t.shape) > MOST_ELEMENTS for t in node.infer([self._type(i) for i in operands])):
            raise Invalid("too large")
        return self.builder.add(node, *operands)

    def _cut(self, shape: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        offsets, sizes, strides = [], [], []
        for extent in shape:
            offset = self.random.randrange(max(extent, 1)) if self._one_in(2) else 0
            stride = self.random.choice((1, 1, 2, 3))
            most = (extent - offset + stride - 1) // stride
            offsets.append(offset)
            strides.append(stride)
            sizes.append(min(most, extent) if self._one_in(2) else self.random.randint(min(1, most), most))
        return offsets, sizes, strides

    def _slice(self) -> int:
        value = self._value()
        offsets, sizes, strides = self._cut(self._type(value).shape)
        dropped = frozenset(i for i, size in enumerate(sizes) if size == 1 and self._one_in(2))
        return self.builder.add(Slice(tuple(offsets), tuple(sizes), tuple(strides), dropped), value)

    def _insert(self) -> int:
        target = self._value()
        type = self._type(target)
        offsets, sizes, strides = self._cut(type.shape)
        source = self._reuse(type.element, sizes)
        return self.builder.add(Insert(tuple(offsets), tuple(sizes), tuple(strides)), source, target)

    def _reshape(self) -> int:
        value = self._value()
        shape = self._type(value).shape
        if self._one_in(2):
            groups: list[tuple[int, ...]] = []
            for i in range(len(shape)):
                if groups and self._one_in(2):
                    groups[-1] += (i,)
                else:
                    groups.append((i,))
            return self.builder.add(Reshape(shape, tuple(groups), False), value)
        wide: list[int] = []
        groups = []
        for extent in shape:
            factors = [f for f in (1, 2, 3, 4, 8) if extent and extent % f == 0]
            part = [extent]
            if factors and self._one_in(2):
                factor = self.random.choice(factors)
                part = self.random.choice(([factor, extent // factor], [extent // factor, factor]))
            groups.append(tuple(range(len(wide), len(wide) + len(part))))
            wide.extend(part)
        if not shape:
            raise Invalid("rank 0")
        return self.builder.add(Reshape(tuple(wide), tuple(groups), True), value)

    def _concat(self) -> int:
        first = self._value((1, 2, 3, 4))
        element, shape = self._type(first)
        axis = self.random.randrange(len(shape))
        operands = [first]
        for _ in range(self.random.choice((1, 1, 2, 3))):
            other = shape[:axis] + (self.random.choice((1, 2, 3, shape[axis])),) + shape[axis + 1 :]
            operands.append(self._reuse(element, other))
        self.random.shuffle(operands)
        return self._bounded(Concat(axis), *operands)

    def _softmax(self) -> int:
        value = self._value((1, 2, 3, 4), lambda t: t.element in (F32, F64, F16, BF16) and 0 not in t.shape)
        return self.builder.add(Softmax(self.random.randrange(len(self._type(value).shape))), value)

    def _chain(self, element: Element, inputs: int, rank: int, shape: tuple[int, ...]) -> Use:
        """One elementwise node over several values of a type."""
        steps, last, _ = self._body([element] * inputs, 1, rank, self.random.choice((1, 2, 3)), element)
        identity = tuple(dim(i) for i in range(rank))
        node = Generic(shape, frozenset(), (identity,) * (inputs + 1), tuple(steps), (last,), (None,), (element,), (None,))
        return Use(node, tuple(range(inputs)))

    def _loop(self) -> int:
        value = self._value()
        type = self._type(value)
        other = self._of_type(type)
        use = self._chain(type.element, 2, len(type.shape), type.shape)
        return self.builder.add(Loop(self.random.choice((0, 1, 2, 5)), Block((type, type), (use,), (2,))), value, other)

    def _branch(self) -> int:
        value = self._value()
        type = self._type(value)
        other = self._of_type(type)
        condition = self._argument(I1, ())
        blocks = [Block((type, type), (self._chain(type.element, 2, len(type.shape), type.shape),), (2,)) for _ in range(2)]
        if self._one_in(3):
            blocks[1] = Block((type, type), (), (self.random.randrange(2),))
        return self.builder.add(Branch(*blocks), condition, value, other)

    def _scan(self) -> int:
        value = self._value((1, 2), lambda t: 0 not in t.shape and t.shape[0] <= 64)
        return self.builder.add(Scan(self.random.choice(REDUCIBLE[self._type(value).element.is_float])), value)

    def _rows(self, count: int, below: int) -> int:
        rows = np.random.default_rng(self.random.getrandbits(32)).integers(0, below, count)
        return self.builder.argument(exact(self.random.choice((I32, I64)), rows))

    def _gather(self) -> int:
        source = self._value((1, 2, 3), lambda t: 0 not in t.shape)
        return self.builder.add(Gather(), source, self._rows(self.random.choice((1, 3, 8, 17)), self._type(source).shape[0]))

    def _scatter(self) -> int:
        target = self._value((1, 2, 3), lambda t: 0 not in t.shape)
        element, shape = self._type(target)
        count = self.random.choice((1, 3, 8))
        return self.builder.add(Scatter(), self._reuse(element, (count, *shape[1:])), self._rows(count, shape[0]), target)

    def _extreme(self) -> int:
        value = self._value((2,), lambda t: 0 not in t.shape)
        return self.builder.add(Extreme(self._one_in(2)), value) + self.random.randrange(2)

    def _sort(self) -> int:
        return add_sort(self.builder, self._argument(self.random.choice(self.elements), (self.random.choice((1, 2, 7, 16, 33)),)))

    def _constant(self) -> int:
        """Combined with a value of its type, so that something depends on both."""
        value = self._value((1, 2, 3), lambda t: volume(t.shape) <= 512 and 0 not in t.shape)
        type = self._type(value)
        data = self.data(type.element, type.shape).data.reshape(-1).tolist()
        constant = self.builder.add(Constant(type, tuple(data) if self._one_in(2) else (data[0],)))
        use = self._chain(type.element, 2, len(type.shape), type.shape)
        return self.builder.add(use.node, value, constant)


def needed(map: Sequence[Expr], dims: Sequence[int]) -> tuple[int, ...]:
    """The smallest shape that a map reads within."""
    if 0 in dims:
        return tuple(dims[e.dimension] if e.dimension is not None else 0 for e in map)
    indices = np.indices(tuple(dims), sparse=True)
    return tuple(int(e.at(indices).max()) + 1 for e in map)
