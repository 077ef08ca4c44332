"""Makes a graph with a finding small: fewer results, fewer nodes, smaller extents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from .elements import exact
from .graphs import Graph, Use
from .nodes import Invalid, TensorType

Fails = Callable[[Graph], bool]


def reduce_graph(graph: Graph, fails: Fails, seconds: float = 60) -> Graph:
    """The smallest graph found within the time which still fails."""
    end = time.monotonic() + seconds
    changed = True
    while changed and time.monotonic() < end:
        changed = False
        for smaller in _smaller(graph):
            if time.monotonic() >= end:
                break
            if fails(smaller):
                graph, changed = smaller, True
                break
    return graph


def _smaller(graph: Graph) -> Iterator[Graph]:
    for attempt in _attempts(graph):
        try:
            made = attempt()
            made.block.types()
            made.evaluate()
        except (Invalid, ValueError, IndexError):
            continue
        yield made


def _attempts(graph: Graph) -> Iterator[Callable[[], Graph]]:
    block = graph.block
    for k in range(len(block.results)):
        if len(block.results) > 1:
            kept = block.results[:k] + block.results[k + 1 :]
            yield lambda kept=kept: cleaned(replace(graph, block=replace(block, results=kept)))
    # The operands of a result instead of the result.
    producers = _producers(graph)
    for k, result in enumerate(block.results):
        if result in producers:
            for operand in block.uses[producers[result]].operands:
                results = block.results[:k] + (operand,) + block.results[k + 1 :]
                if operand >= len(block.arguments):
                    yield lambda results=results: cleaned(replace(graph, block=replace(block, results=results)))
    for number in range(len(block.uses)):
        if len(block.uses) > 1:
            yield lambda number=number: cleaned(_as_argument(graph, number))
    extents = sorted({e for type in block.arguments for e in type.shape if e > 1}, reverse=True)
    for extent in extents:
        for smaller in (1, 2, extent // 2):
            if 0 < smaller < extent:
                yield lambda extent=extent, smaller=smaller: graph.resized(lambda e: smaller if e == extent else e)
    if any(np.any(value.data != 1) for value in graph.data):
        ones = tuple(exact(v.element, np.ones(v.shape)) for v in graph.data)
        yield lambda: replace(graph, data=ones)


def _producers(graph: Graph) -> dict[int, int]:
    """Which node makes which value."""
    types = list(graph.block.arguments)
    producers = {}
    for number, use in enumerate(graph.block.uses):
        made = use.node.infer([types[i] for i in use.operands])
        producers.update({len(types) + k: number for k in range(len(made))})
        types.extend(made)
    return producers


def _as_argument(graph: Graph, number: int) -> Graph:
    """The results of a node become arguments, of the values that they have."""
    values = graph.block.evaluate(graph.data)
    made = [value for value, producer in _producers(graph).items() if producer == number]
    old, new = len(graph.block.arguments), len(made)

    def place(value: int) -> int:
        if value < old:
            return value
        if value in made:
            return old + made.index(value)
        return value + new if value < made[0] else value

    uses = tuple(Use(u.node, tuple(map(place, u.operands))) for i, u in enumerate(graph.block.uses) if i != number)
    taken = tuple(values[i] for i in made)
    types = tuple(TensorType(v.element, v.shape) for v in taken)
    block = replace(graph.block, arguments=graph.block.arguments + types, uses=uses, results=tuple(map(place, graph.block.results)))
    return replace(graph, block=block, data=graph.data + tuple(exact(v.element, v.data) for v in taken))


def cleaned(graph: Graph) -> Graph:
    """Without what nobody needs: nodes and arguments."""
    block = graph.block.without_dead()
    used = {i for use in block.uses for i in use.operands} | set(block.results)
    kept = [i for i in range(len(block.arguments)) if i in used]
    places = {old: new for new, old in enumerate(kept)}
    shift = len(block.arguments) - len(kept)

    def place(value: int) -> int:
        return places[value] if value < len(block.arguments) else value - shift

    uses = tuple(Use(u.node, tuple(map(place, u.operands))) for u in block.uses)
    arguments = tuple(block.arguments[i] for i in kept)
    renumbered = replace(block, arguments=arguments, uses=uses, results=tuple(map(place, block.results)))
    return replace(graph, block=renumbered, data=tuple(graph.data[i] for i in kept))
