"""Modules as lists of nodes over numbered values: arguments first, then the results of each node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from .elements import F8E4M3FN, F8E5M2, I8, SCALARS, Element, Value
from .nodes import Invalid, Names, Node, Printed, Resize, TensorType, commas


class Use(NamedTuple):
    """A node and the values that it takes."""

    node: Node
    operands: tuple[int, ...]


@dataclass(frozen=True)
class Block:
    """Straight-line code."""

    arguments: tuple[TensorType, ...]
    uses: tuple[Use, ...] = ()
    results: tuple[int, ...] = ()

    def types(self) -> list[TensorType]:
        """Of all values; raises Invalid."""
        types = list(self.arguments)
        for use in self.uses:
            types.extend(use.node.infer([types[i] for i in use.operands]))
        return types

    def result_types(self) -> list[TensorType]:
        types = self.types()
        return [types[i] for i in self.results]

    def emit(self, names: Names, arguments: Sequence[str]) -> tuple[list[str], list[Printed]]:
        """Lines, and the names of all values."""
        values = [Printed(name, type) for name, type in zip(arguments, self.arguments)]
        lines: list[str] = []
        for use in self.uses:
            types = use.node.infer([values[i].type for i in use.operands])
            base = names()
            results = [Printed(base if len(types) == 1 else f"{base}#{k}", type) for k, type in enumerate(types)]
            lines.extend(use.node.emit(names, [values[i] for i in use.operands], results))
            values.extend(results)
        return lines, values

    def evaluate(self, arguments: Sequence[Value]) -> list[Value]:
        """All values."""
        values = list(arguments)
        for use in self.uses:
            values.extend(use.node.evaluate([values[i] for i in use.operands]))
        return values

    def without_dead(self) -> Block:
        """Without nodes whose results nobody needs; arguments stay."""
        types = list(self.arguments)
        ranges = []
        for use in self.uses:
            count = len(use.node.infer([types[i] for i in use.operands]))
            types.extend(use.node.infer([types[i] for i in use.operands]))
            ranges.append(range(len(types) - count, len(types)))
        live = set(self.results)
        for use, made in zip(reversed(self.uses), reversed(ranges)):
            if live & set(made):
                live |= set(use.operands)
        renumbered = {i: i for i in range(len(self.arguments))}
        uses = []
        for use, made in zip(self.uses, ranges):
            if live & set(made):
                for i in made:
                    renumbered[i] = len(renumbered)
                uses.append(Use(use.node, tuple(renumbered[i] for i in use.operands)))
        return replace(self, uses=tuple(uses), results=tuple(renumbered[i] for i in self.results))

    def resized(self, resize: Resize) -> Block:
        arguments = tuple(TensorType(t.element, tuple(resize(e) for e in t.shape)) for t in self.arguments)
        return replace(self, arguments=arguments, uses=tuple(Use(u.node.resized(resize), u.operands) for u in self.uses))


def boundary(element: Element) -> Element:
    """How an element type crosses the boundary of a function: chameleon-run reads no f8."""
    return I8 if element in (F8E4M3FN, F8E5M2) else element


@dataclass(frozen=True)
class Graph:
    """A function and the values of its arguments."""

    block: Block
    data: tuple[Value, ...]
    label: str = ""

    def evaluate(self) -> list[Value]:
        """Of the results."""
        values = self.block.evaluate(self.data)
        return [values[i] for i in self.block.results]

    def resized(self, resize: Resize) -> Graph:
        block = self.block.resized(resize)
        cut = []
        for value, type in zip(self.data, block.arguments):
            if any(new > old for new, old in zip(type.shape, value.shape)):
                raise Invalid("growing")
            cut.append(value.map(lambda a: a[tuple(slice(e) for e in type.shape)]))
        return replace(self, block=block, data=tuple(cut))


@dataclass
class Function:
    """The text of a function that computes some graphs, one after the other."""

    arguments: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    results: list[Printed] = field(default_factory=list)

    def add(self, names: Names, graph: Graph) -> None:
        taken = []
        for type in graph.block.arguments:
            name = f"%arg{len(self.arguments)}"
            outside = TensorType(boundary(type.element), type.shape)
            self.arguments.append(f"{name}: {outside}")
            if outside != type:
                inside = names()
                self.lines.extend(bitcast(names, Printed(name, outside), Printed(inside, type)))
                name = inside
            taken.append(name)
        lines, values = graph.block.emit(names, taken)
        self.lines.extend(lines)
        for i in graph.block.results:
            value = values[i]
            outside = TensorType(boundary(value.type.element), value.type.shape)
            if outside != value.type:
                result = Printed(names(), outside)
                self.lines.extend(bitcast(names, value, result))
                value = result
            self.results.append(value)

    def text(self, name: str = "main") -> str:
        types = ", ".join(str(p.type) for p in self.results)
        head = f"func.func @{name}({', '.join(self.arguments)}) -> ({types}) {{"
        tail = f"return {', '.join(p.name for p in self.results)} : {types}" if types else "return"
        return "\n".join([head, *("  " + line for line in self.lines), "  " + tail, "}", ""])


def bitcast(names: Names, source: Printed, result: Printed) -> Iterator[str]:
    """The same bits as another element type."""
    rank = len(source.type.shape)
    dims = ", ".join(f"d{i}" for i in range(rank))
    identity = f"affine_map<({dims}) -> ({dims})>"
    empty, a, b, c = names(), names(), names(), names()
    kinds = ", ".join(['"parallel"'] * rank)
    yield f"{empty} = tensor.empty() : {result.type}"
    yield (
        f"{result.name} = linalg.generic {{indexing_maps = [{identity}, {identity}], iterator_types = [{kinds}]}} "
        f"ins({source.name} : {source.type}) outs({empty} : {result.type}) {{"
    )
    yield f"^bb0({a}: {source.type.element}, {b}: {result.type.element}):"
    yield f"  {c} = arith.bitcast {a} : {source.type.element} to {result.type.element}"
    yield f"  linalg.yield {c} : {result.type.element}"
    yield f"}} -> {result.type}"


def module_text(graphs: Sequence[Graph]) -> str:
    names, function = Names(), Function()
    for graph in graphs:
        function.add(names, graph)
    return function.text()


#===----------------------------------------------------------------------===#
# Control flow
#===----------------------------------------------------------------------===#


@dataclass(frozen=True)
class Loop(Node):
    """scf.for over `count` steps: `body` takes the carried value and the invariant ones, and gives the carried value."""

    count: int
    body: Block

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if tuple(operands) != self.body.arguments or self.body.result_types() != [operands[0]]:
            raise Invalid("body")
        return [operands[0]]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        zero, one, last, counter, carried = names(), names(), names(), names(), names()
        for name, value in ((zero, 0), (one, 1), (last, self.count)):
            yield f"{name} = arith.constant {value} : index"
        type = results[0].type
        yield (
            f"{results[0].name} = scf.for {counter} = {zero} to {last} step {one} "
            f"iter_args({carried} = {operands[0].name}) -> ({type}) {{"
        )
        lines, values = self.body.emit(names, [carried, *(p.name for p in operands[1:])])
        yield from ("  " + line for line in lines)
        yield f"  scf.yield {values[self.body.results[0]].name} : {type}"
        yield "}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        carried = operands[0]
        for _ in range(self.count):
            carried = self.body.evaluate([carried, *operands[1:]])[self.body.results[0]]
        return [carried]

    def resized(self, resize: Resize) -> Node:
        return replace(self, body=self.body.resized(resize))


@dataclass(frozen=True)
class Branch(Node):
    """scf.if on the first operand, a tensor<i1>; both blocks take the other operands."""

    then: Block
    otherwise: Block

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if str(operands[0]) != "tensor<i1>":
            raise Invalid("condition")
        for block in (self.then, self.otherwise):
            if block.arguments != tuple(operands[1:]):
                raise Invalid("arguments")
        if self.then.result_types() != self.otherwise.result_types():
            raise Invalid("results")
        return self.then.result_types()

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        condition = names()
        yield f"{condition} = tensor.extract {operands[0].name}[] : tensor<i1>"
        left = results[0].name.split("#")[0] + (f":{len(results)}" if len(results) > 1 else "")
        yield f"{left} = scf.if {condition} -> ({commas([p.type for p in results])}) {{"
        for block in (self.then, self.otherwise):
            lines, values = block.emit(names, [p.name for p in operands[1:]])
            yield from ("  " + line for line in lines)
            given = [values[i] for i in block.results]
            yield f"  scf.yield {commas([p.name for p in given])} : {commas([p.type for p in given])}"
            yield "} else {" if block is self.then else "}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        block = self.then if operands[0].data else self.otherwise
        values = block.evaluate(operands[1:])
        return [values[i] for i in block.results]

    def resized(self, resize: Resize) -> Node:
        return replace(self, then=self.then.resized(resize), otherwise=self.otherwise.resized(resize))


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


#===----------------------------------------------------------------------===#
# Indexing by data
#===----------------------------------------------------------------------===#


@dataclass(frozen=True)
class Gather(Node):
    """Rows of the first operand, chosen by the second, a vector of i64 or i32 (modulo the rows)."""

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


class Builder:
    """Makes a graph, value by value; arguments may come at any time."""

    def __init__(self, label: str = "") -> None:
        self.label = label
        self.data: list[Value] = []
        self.uses: list[Use] = []
        self.types: list[TensorType] = []
        self.argument_numbers: list[int] = []

    def argument(self, value: Value) -> int:
        self.data.append(value)
        self.argument_numbers.append(len(self.types))
        self.types.append(TensorType(value.element, value.shape))
        return len(self.types) - 1

    def add(self, node: Node, *operands: int) -> int:
        """The first result; the others follow."""
        made = node.infer([self.types[i] for i in operands])
        self.uses.append(Use(node, operands))
        self.types.extend(made)
        return len(self.types) - len(made)

    def finish(self, *results: int) -> Graph:
        order = self.argument_numbers + [i for i in range(len(self.types)) if i not in set(self.argument_numbers)]
        places = {old: new for new, old in enumerate(order)}
        uses = tuple(Use(use.node, tuple(places[i] for i in use.operands)) for use in self.uses)
        arguments = tuple(TensorType(v.element, v.shape) for v in self.data)
        return Graph(Block(arguments, uses, tuple(places[i] for i in results)), tuple(self.data), self.label)
