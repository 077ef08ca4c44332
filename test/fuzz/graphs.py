"""Modules as lists of nodes over numbered values: arguments first, then the results of each node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .elements import F8E4M3FN, F8E5M2, I8, Element, Value
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
