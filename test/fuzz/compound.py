"""Operations that linalg has no name for: running sums, gathering, scattering, the place of the largest, sorting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .elements import I1, I64, SCALARS, Element, Value
from .graphs import Builder
from .nodes import Generic, Invalid, Names, Node, Printed, Step, TensorType, commas, constant_line, dim


@dataclass(frozen=True)
class Scan(Node):
    """The running combination along the first dimension, as a loop over slices."""

    combiner: str

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if not operands[0].shape or operands[0].shape[0] == 0:
            raise Invalid("rank")
        return [operands[0]]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        type = results[0].type
        extent, rest = type.shape[0], type.shape[1:]
        row = TensorType(type.element, (1,) + rest)
        one, last, i, before, carried, old, new, sum_, empty, a, b, c, s = (names() for _ in range(13))
        zeros, ones = ", 0" * len(rest), ", 1" * len(rest)
        sizes = "[1" + "".join(f", {e}" for e in rest) + "]"
        yield f"{one} = arith.constant 1 : index"
        yield f"{last} = arith.constant {extent} : index"
        yield f"{results[0].name} = scf.for {i} = {one} to {last} step {one} iter_args({carried} = {operands[0].name}) -> ({type}) {{"
        yield f"  {before} = arith.subi {i}, {one} : index"
        yield f"  {old} = tensor.extract_slice {carried}[{before}{zeros}] {sizes} [1{ones}] : {type} to {row}"
        yield f"  {new} = tensor.extract_slice {carried}[{i}{zeros}] {sizes} [1{ones}] : {type} to {row}"
        yield f"  {empty} = tensor.empty() : {row}"
        dims = ", ".join(f"d{k}" for k in range(len(row.shape)))
        identity = f"affine_map<({dims}) -> ({dims})>"
        kinds = ", ".join(['"parallel"'] * len(row.shape))
        element = type.element
        yield (
            f"  {sum_} = linalg.generic {{indexing_maps = [{identity}, {identity}, {identity}], iterator_types = [{kinds}]}} "
            f"ins({old}, {new} : {row}, {row}) outs({empty} : {row}) {{"
        )
        yield f"  ^bb0({a}: {element}, {b}: {element}, {c}: {element}):"
        yield f"    {s} = {SCALARS[self.combiner].emit([a, b], [element, element], element)}"
        yield f"    linalg.yield {s} : {element}"
        yield f"  }} -> {row}"
        written = names()
        yield f"  {written} = tensor.insert_slice {sum_} into {carried}[{i}{zeros}] {sizes} [1{ones}] : {row} into {type}"
        yield f"  scf.yield {written} : {type}"
        yield "}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        value = operands[0]
        rows = [value.map(lambda a, i=i: a[i]) for i in range(value.shape[0])]
        for i in range(1, len(rows)):
            rows[i] = SCALARS[self.combiner].evaluate([rows[i - 1], rows[i]], value.element)
        return [Value(value.element, np.stack([r.data for r in rows]), np.stack([r.error for r in rows]))]


@dataclass(frozen=True)
class Gather(Node):
    """Rows of the first operand, chosen by the second, a vector of integers."""

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        source, rows = operands
        if len(rows.shape) != 1 or rows.element.is_float or not source.shape or source.shape[0] == 0:
            raise Invalid("types")
        return [TensorType(source.element, rows.shape + source.shape[1:])]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        source, rows = operands
        type = results[0].type
        rank = len(type.shape)
        dims = ", ".join(f"d{i}" for i in range(rank))
        kinds = ", ".join(['"parallel"'] * rank)
        empty, row, out, cast, taken = (names() for _ in range(5))
        yield f"{empty} = tensor.empty() : {type}"
        yield (
            f"{results[0].name} = linalg.generic {{indexing_maps = [affine_map<({dims}) -> (d0)>, affine_map<({dims}) -> ({dims})>], "
            f"iterator_types = [{kinds}]}} ins({rows.name} : {rows.type}) outs({empty} : {type}) {{"
        )
        yield f"^bb0({row}: {rows.type.element}, {out}: {type.element}):"
        yield f"  {cast} = arith.index_cast {row} : {rows.type.element} to index"
        places = [cast]
        for i in range(1, rank):
            place = names()
            yield f"  {place} = linalg.index {i} : index"
            places.append(place)
        yield f"  {taken} = tensor.extract {source.name}[{commas(places)}] : {source.type}"
        yield f"  linalg.yield {taken} : {type.element}"
        yield f"}} -> {type}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        source, rows = operands
        if rows.data.size and (rows.data.min() < 0 or rows.data.max() >= source.shape[0]):
            raise Invalid("rows")
        return [source.map(lambda a: a[rows.data])]


@dataclass(frozen=True)
class Scatter(Node):
    """Rows of the first operand put to the places that the second names into the third; the last one wins."""

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        source, rows, target = operands
        if rows.element.is_float or not source.shape or rows.shape != source.shape[:1] or source.shape[1:] != target.shape[1:]:
            raise Invalid("types")
        if source.element is not target.element:
            raise Invalid("element")
        return [target]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        source, rows, target = operands
        type, rest = target.type, target.type.shape[1:]
        row = TensorType(type.element, (1,) + rest)
        zero, one, last, i, carried, number, place, taken, written = (names() for _ in range(9))
        zeros, ones = ", 0" * len(rest), ", 1" * len(rest)
        sizes = "[1" + "".join(f", {e}" for e in rest) + "]"
        for name, value in ((zero, 0), (one, 1), (last, source.type.shape[0])):
            yield f"{name} = arith.constant {value} : index"
        yield f"{results[0].name} = scf.for {i} = {zero} to {last} step {one} iter_args({carried} = {target.name}) -> ({type}) {{"
        yield f"  {number} = tensor.extract {rows.name}[{i}] : {rows.type}"
        yield f"  {place} = arith.index_cast {number} : {rows.type.element} to index"
        yield f"  {taken} = tensor.extract_slice {source.name}[{i}{zeros}] {sizes} [1{ones}] : {source.type} to {row}"
        yield f"  {written} = tensor.insert_slice {taken} into {carried}[{place}{zeros}] {sizes} [1{ones}] : {row} into {type}"
        yield f"  scf.yield {written} : {type}"
        yield "}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        source, rows, target = operands
        if rows.data.size and (rows.data.min() < 0 or rows.data.max() >= target.shape[0]):
            raise Invalid("rows")
        data, error = target.data.copy(), target.error.copy()
        for i, place in enumerate(rows.data):
            data[place], error[place] = source.data[i], source.error[i]
        return [Value(target.element, data, error)]


@dataclass(frozen=True)
class Extreme(Node):
    """Value and place of the largest (or smallest) element of each row of a matrix; of equal ones the first."""

    is_largest: bool

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        element, shape = operands[0]
        if len(shape) != 2:
            raise Invalid("rank")
        return [TensorType(element, shape[:1]), TensorType(I64, shape[:1])]

    def start(self, element: Element) -> float:
        if element.is_float:
            return -element.largest if self.is_largest else element.largest
        if element is I1:
            return 1 if self.is_largest else 0  # true is -1
        return -(2 ** (element.bits - 1)) if self.is_largest else 2 ** (element.bits - 1) - 1

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        element, rows = operands[0].type.element, results[0].type.shape
        fills = []
        for result, start in zip(results, (self.start(element), 0)):
            empty, filled = names(), names()
            constant, line = constant_line(names, result.type.element, start)
            yield line
            yield f"{empty} = tensor.empty() : {result.type}"
            yield f"{filled} = linalg.fill ins({constant} : {result.type.element}) outs({empty} : {result.type}) -> {result.type}"
            fills.append(filled)
        x, best, place, index, cast, better, new, at = (names() for _ in range(8))
        rowwise = "affine_map<(d0, d1) -> (d0)>"
        types = f"{results[0].type}, {results[1].type}"
        yield (
            f"{results[0].name.split('#')[0]}:2 = linalg.generic {{indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, {rowwise}, {rowwise}], "
            f'iterator_types = ["parallel", "reduction"]}} ins({operands[0].name} : {operands[0].type}) '
            f"outs({fills[0]}, {fills[1]} : {types}) {{"
        )
        order = "gt" if self.is_largest else "lt"
        compare = f"arith.cmpf o{order}," if element.is_float else f"arith.cmpi s{order},"
        yield f"^bb0({x}: {element}, {best}: {element}, {place}: i64):"
        yield f"  {index} = linalg.index 1 : index"
        yield f"  {cast} = arith.index_cast {index} : index to i64"
        yield f"  {better} = {compare} {x}, {best} : {element}"
        yield f"  {new} = arith.select {better}, {x}, {best} : {element}"
        yield f"  {at} = arith.select {better}, {cast}, {place} : i64"
        yield f"  linalg.yield {new}, {at} : {element}, i64"
        yield f"}} -> ({types})"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        value = operands[0]
        ranks = -value.data if value.element is I1 else value.data
        start = self.start(value.element)
        seen = -start if value.element is I1 else start
        columns = np.concatenate([np.full((len(ranks), 1), seen), ranks], axis=1)
        with np.errstate(all="ignore"):
            places = (columns.argmax(axis=1) if self.is_largest else columns.argmin(axis=1)) - 1
        found = np.where(places < 0, start, np.take_along_axis(value.data, np.maximum(places, 0)[:, None], 1)[:, 0])
        unsure = np.where(value.error.any(axis=1), np.inf, 0.0)
        return [Value(value.element, found, unsure), Value(I64, np.maximum(places, 0), unsure)]


def add_sort(builder: Builder, value: int) -> int:
    """A vector in ascending order: each element goes where as many come before it as are smaller, or equal and in front."""
    element, shape = builder.types[value]
    (count,) = shape
    less, equal = ("cmpf.lt", "cmpf.eq") if element.is_float else ("cmpi.lt", "cmpi.eq")
    # Body values: row, column, the sum, then these.
    steps = (
        Step(less, (1, 0), I1), Step(equal, (1, 0), I1), Step("index", (), I64, 0), Step("index", (), I64, 1),
        Step("cmpi.lt", (6, 5), I1), Step("arith.andi", (4, 7), I1), Step("arith.ori", (3, 8), I1), Step("arith.extui", (9,), I64),
    )
    ranks = builder.add(
        Generic((count, count), frozenset({1}), ((dim(0),), (dim(1),), (dim(0),)), steps, (10,), ("arith.addi",), (I64,), (0,)),
        value, value,
    )
    return builder.add(Scatter(), value, ranks, value)
