"""Operations on tensors: the types of their results, what they print, and what NumPy says they compute.

Operands are numbers of values in a block (graphs.py); a node does not know them. `resized` gives the same node with
other extents, for the reducer; whether they fit is found by `infer`, which raises Invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from .elements import I1, SCALARS, Array, Element, Value, exact, reduce_values

Resize = Callable[[int], int]


class Invalid(Exception):
    """Operands do not fit a node."""


class TensorType(NamedTuple):
    element: Element
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"tensor<{''.join(f'{extent}x' for extent in self.shape)}{self.element}>"


def scalar_text(element: Element, value: float) -> str:
    """A constant's value; floats as bits where decimals would not do."""
    if not element.is_float:
        return str(int(value)) if element is not I1 else ("true" if value else "false")
    if np.isfinite(value):
        return f"{value:.17e}" if element.bits >= 32 else f"{float(value):.9e}"
    exponent_and_more = {"f64": 0x7FF << 52, "f32": 0xFF << 23, "f16": 0x1F << 10, "bf16": 0xFF << 7, "f8E5M2": 0x1F << 2}
    bits = exponent_and_more.get(element.name, 0x7F)
    if np.isnan(value) and element.name != "f8E4M3FN":
        bits |= 1 << (element.precision - 2)
    if value < 0:
        bits |= 1 << (element.bits - 1)
    return f"0x{bits:0{element.bits // 4}X}"


class Names:
    """Fresh SSA names."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"%v{self.count}"


class Printed(NamedTuple):
    """An operand or a result in text."""

    name: str
    type: TensorType


def constant_line(names: Names, element: Element, value: float) -> tuple[str, str]:
    """Name and line of a scalar constant."""
    name = names()
    if element is I1:
        return name, f"{name} = arith.constant {scalar_text(element, value)}"
    return name, f"{name} = arith.constant {scalar_text(element, value)} : {element}"


def empty_line(names: Names, type: TensorType) -> tuple[str, str]:
    name = names()
    return name, f"{name} = tensor.empty() : {type}"


@dataclass(frozen=True)
class Node:
    """An operation, or several that are printed together."""

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        raise NotImplementedError

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        raise NotImplementedError

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        raise NotImplementedError

    def resized(self, resize: Resize) -> Node:
        return self


#===----------------------------------------------------------------------===#
# Structured operations
#===----------------------------------------------------------------------===#


@dataclass(frozen=True)
class Expr:
    """((sum of scale * dimension) + offset) floordiv `divide` mod `modulo`; zero: neither."""

    terms: tuple[tuple[int, int], ...]
    offset: int = 0
    divide: int = 0
    modulo: int = 0

    @property
    def dimension(self) -> int | None:
        """Of a plain dimension."""
        plain = len(self.terms) == 1 and self.terms[0][1] == 1 and not (self.offset or self.divide or self.modulo)
        return self.terms[0][0] if plain else None

    def __str__(self) -> str:
        parts = [f"d{d}" if s == 1 else f"d{d} * {s}" for d, s in self.terms]
        text = " + ".join(parts + ([str(self.offset)] if self.offset or not parts else []))
        if self.divide:
            text = f"({text}) floordiv {self.divide}"
        if self.modulo:
            text = f"({text}) mod {self.modulo}"
        return text

    def at(self, indices: Sequence[Array]) -> Array:
        value: Array = np.asarray(self.offset)
        for dimension, scale in self.terms:
            value = value + scale * indices[dimension]
        if self.divide:
            value = value // self.divide
        return value % self.modulo if self.modulo else value

    def resized(self, resize: Resize) -> Expr:
        """Reversed dimensions stay reversed."""
        is_reversed = len(self.terms) == 1 and self.terms[0][1] == -1
        return replace(self, offset=resize(self.offset + 1) - 1) if is_reversed else self


def dim(number: int) -> Expr:
    return Expr(((number, 1),))


Map = tuple[Expr, ...]


@dataclass(frozen=True)
class Step:
    """One scalar operation of a body, over the body's values: inputs, outputs, steps before it."""

    scalar: str
    operands: tuple[int, ...]
    element: Element
    value: float = 0
    """Of `constant`; the dimension of `index`."""


@dataclass(frozen=True)
class Generic(Node):
    """linalg.generic, or an operation of linalg that has the same meaning.

    Inputs are the operands before the last `held` ones; those are what results start from. Other results start from
    `starts`: a number that fills them, or None where nothing is read.
    """

    dims: tuple[int, ...]
    reductions: frozenset[int]
    maps: tuple[Map, ...]
    body: tuple[Step, ...]
    yields: tuple[int, ...]
    combiners: tuple[str | None, ...]
    elements: tuple[Element, ...]
    starts: tuple[float | None, ...]
    held: int = 0
    named: str = ""

    @property
    def inputs(self) -> int:
        return len(self.maps) - len(self.elements)

    def _check(self, map: Map, shape: Sequence[int]) -> None:
        if len(map) != len(shape):
            raise Invalid("rank")
        if 0 in self.dims:
            if any(e.dimension is not None and self.dims[e.dimension] != extent for e, extent in zip(map, shape)):
                raise Invalid("extent")
            return
        indices = np.indices(self.dims, sparse=True)
        for expression, extent in zip(map, shape):
            dimension = expression.dimension
            if dimension is not None and self.dims[dimension] != extent:
                raise Invalid("extent")
            places = expression.at(indices)
            if places.size and (places.min() < 0 or places.max() >= extent):
                raise Invalid("bounds")

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if len(operands) != self.inputs + self.held:
            raise Invalid("operands")
        for map, type in zip(self.maps, operands[: self.inputs]):
            self._check(map, type.shape)
        results = []
        for map, element in zip(self.maps[self.inputs :], self.elements):
            indices = np.indices(self.dims, sparse=True)
            shape = tuple(
                self.dims[e.dimension] if e.dimension is not None else int(e.at(indices).max()) + 1 if 0 not in self.dims else 0
                for e in map
            )
            self._check(map, shape)
            results.append(TensorType(element, shape))
        if list(operands[self.inputs :]) != results[: self.held]:
            raise Invalid("start")
        known = {d for map in self.maps for e in map for d in [e.dimension] if d is not None}
        if known != set(range(len(self.dims))):
            raise Invalid("a dimension that no operand tells")
        return results

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        inputs, starts = operands[: self.inputs], list(operands[self.inputs :])
        for result, start in list(zip(results, self.starts))[self.held :]:
            empty, line = empty_line(names, result.type)
            yield line
            if start is not None:
                constant, line = constant_line(names, result.type.element, start)
                yield line
                filled = names()
                yield (
                    f"{filled} = linalg.fill ins({constant} : {result.type.element}) "
                    f"outs({empty} : {result.type}) -> {result.type}"
                )
                empty = filled
            starts.append(Printed(empty, result.type))
        count = len(results)
        produced = results[0].name.split("#")[0]
        left = f"{produced}:{count}" if count > 1 else produced
        ins = f"ins({', '.join(p.name for p in inputs)} : {', '.join(str(p.type) for p in inputs)}) " if inputs else ""
        outs = f"outs({', '.join(p.name for p in starts)} : {', '.join(str(p.type) for p in starts)})"
        types = ", ".join(str(p.type) for p in results)
        arrow = f"({types})" if count > 1 else types
        if self.named:
            yield f"{left} = {self.named} {ins}{outs} -> {arrow}"
            return
        dims = ", ".join(f"d{i}" for i in range(len(self.dims)))
        maps = ", ".join(f"affine_map<({dims}) -> ({', '.join(map_str(m))})>" for m in self.maps)
        kinds = ", ".join('"reduction"' if i in self.reductions else '"parallel"' for i in range(len(self.dims)))
        yield f"{left} = linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} {ins}{outs} {{"
        yield from self._emit_body(names, [p.type.element for p in inputs])
        yield f"}} -> {arrow}"

    def _emit_body(self, names: Names, inputs: Sequence[Element]) -> Iterator[str]:
        types = [*inputs, *self.elements]
        values = [names() for _ in types]
        yield f"^bb0({', '.join(f'{v}: {t}' for v, t in zip(values, types))}):"
        for step in self.body:
            name = names()
            if step.scalar == "constant":
                name, line = constant_line(names, step.element, step.value)
                yield "  " + line
            elif step.scalar == "index":
                index = names()
                yield f"  {index} = linalg.index {int(step.value)} : index"
                yield f"  {name} = arith.index_cast {index} : index to {step.element}"
            else:
                used = [types[i] for i in step.operands]
                right = SCALARS[step.scalar].emit([values[i] for i in step.operands], used, step.element)
                yield f"  {name} = {right}"
            values.append(name)
            types.append(step.element)
        yielded = []
        for k, (value, combiner) in enumerate(zip(self.yields, self.combiners)):
            name = values[value]
            if combiner:
                name = names()
                element = self.elements[k]
                both = [values[self.inputs + k], values[value]]
                yield f"  {name} = {SCALARS[combiner].emit(both, [element, element], element)}"
            yielded.append(name)
        yield f"  linalg.yield {', '.join(yielded)} : {', '.join(map(str, self.elements))}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        indices = np.indices(self.dims, sparse=True)
        starts = self._starts(operands)
        values = [_read(v, m, indices, self.dims) for v, m in zip([*operands[: self.inputs], *starts], self.maps)]
        for step in self.body:
            if step.scalar == "constant":
                values.append(exact(step.element, np.full(self.dims, step.value)))
            elif step.scalar == "index":
                values.append(exact(step.element, np.broadcast_to(indices[int(step.value)], self.dims)))
            else:
                values.append(SCALARS[step.scalar].evaluate([values[i] for i in step.operands], step.element))
        results = []
        axes = tuple(sorted(self.reductions))
        for k, (value, combiner, start) in enumerate(zip(self.yields, self.combiners, starts)):
            map = self.maps[self.inputs + k]
            if combiner is None:
                data, error = start.data.copy(), start.error.copy()
                places = tuple(np.broadcast_to(e.at(indices), self.dims) for e in map)
                data[places], error[places] = values[value].data, values[value].error
                results.append(Value(start.element, data, error))
                continue
            left = [i for i in range(len(self.dims)) if i not in self.reductions]
            order = [left.index(e.dimension) for e in map if e.dimension is not None]
            assert len(order) == len(left) == len(map), "reductions write to a permutation"
            back = tuple(int(i) for i in np.argsort(order))
            total = reduce_values(combiner, values[value], axes, start.map(lambda a: a.transpose(back)))
            results.append(total.map(lambda a: np.asarray(a).transpose(order)))
        return results

    def _starts(self, operands: Sequence[Value]) -> list[Value]:
        types = self.infer([TensorType(v.element, v.shape) for v in operands])
        starts = list(operands[self.inputs :])
        for type, start in list(zip(types, self.starts))[self.held :]:
            starts.append(exact(type.element, np.full(type.shape, 0 if start is None else start)))
        return starts

    def resized(self, resize: Resize) -> Node:
        maps = tuple(tuple(e.resized(resize) for e in m) for m in self.maps)
        return replace(self, dims=tuple(resize(d) for d in self.dims), maps=maps)


def map_str(map: Map) -> list[str]:
    return [str(expression) for expression in map]


def _read(value: Value, map: Map, indices: Sequence[Array], dims: Sequence[int]) -> Value:
    places = tuple(expression.at(indices) for expression in map)
    return value.map(lambda a: np.broadcast_to(a[places], dims))


#===----------------------------------------------------------------------===#
# Moving data
#===----------------------------------------------------------------------===#


@dataclass(frozen=True)
class Constant(Node):
    type: TensorType
    values: tuple[float, ...]
    """One for each element, or one for all."""

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if len(self.values) not in (1, int(np.prod(self.type.shape))):
            raise Invalid("elements")
        return [self.type]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        element, shape = self.type
        texts = [scalar_text(element, value) for value in self.values]

        def nest(begin: int, sizes: tuple[int, ...]) -> str:
            if not sizes:
                return texts[begin]
            stride = int(np.prod(sizes[1:]))
            return "[" + ", ".join(nest(begin + i * stride, sizes[1:]) for i in range(sizes[0])) + "]"

        inside = texts[0] if len(texts) == 1 else nest(0, shape)
        yield f"{results[0].name} = arith.constant dense<{inside if 0 not in shape else ''}> : {self.type}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        shape = self.type.shape
        return [exact(self.type.element, np.full(shape, self.values[0]) if len(self.values) == 1 else np.reshape(self.values, shape))]

    def resized(self, resize: Resize) -> Node:
        shape = tuple(resize(extent) for extent in self.type.shape)
        if len(self.values) == 1:
            return replace(self, type=TensorType(self.type.element, shape))
        kept = np.reshape(self.values, self.type.shape)[tuple(slice(extent) for extent in shape)]
        return replace(self, type=TensorType(self.type.element, kept.shape), values=tuple(kept.reshape(-1).tolist()))


@dataclass(frozen=True)
class Pad(Node):
    low: tuple[int, ...]
    high: tuple[int, ...]
    fill: float

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        (source,) = operands
        if len(source.shape) != len(self.low):
            raise Invalid("rank")
        return [TensorType(source.element, tuple(l + e + h for l, e, h in zip(self.low, source.shape, self.high)))]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        element = operands[0].type.element
        constant, line = constant_line(names, element, self.fill)
        yield line
        indices = ", ".join(f"{names()}: index" for _ in self.low)
        yield (
            f"{results[0].name} = tensor.pad {operands[0].name} low[{commas(self.low)}] high[{commas(self.high)}] {{ "
            f"^bb0({indices}): tensor.yield {constant} : {element} }} : {operands[0].type} to {results[0].type}"
        )

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        widths = list(zip(self.low, self.high))
        value = operands[0]
        fill = exact(value.element, np.array(self.fill)).data
        data = np.pad(value.data, widths, constant_values=fill) if widths else value.data
        return [Value(value.element, data, np.pad(value.error, widths) if widths else value.error)]


@dataclass(frozen=True)
class Slice(Node):
    """tensor.extract_slice; `dropped` unit dimensions vanish."""

    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dropped: frozenset[int] = frozenset()

    def _check(self, shape: Sequence[int]) -> None:
        if len(shape) != len(self.sizes):
            raise Invalid("rank")
        for offset, size, stride, extent in zip(self.offsets, self.sizes, self.strides, shape):
            if offset >= extent or offset + (size - 1) * stride >= extent:
                raise Invalid("bounds")

    def _kept(self) -> tuple[int, ...]:
        if any(self.sizes[i] != 1 for i in self.dropped):
            raise Invalid("dropped")
        return tuple(s for i, s in enumerate(self.sizes) if i not in self.dropped)

    def places(self) -> tuple[slice, ...]:
        return tuple(slice(o, o + s * t, t) for o, s, t in zip(self.offsets, self.sizes, self.strides))

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        self._check(operands[0].shape)
        return [TensorType(operands[0].element, self._kept())]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        where = f"[{commas(self.offsets)}] [{commas(self.sizes)}] [{commas(self.strides)}]"
        yield f"{results[0].name} = tensor.extract_slice {operands[0].name}{where} : {operands[0].type} to {results[0].type}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        return [operands[0].map(lambda a: a[self.places()].reshape(self._kept()))]

    def resized(self, resize: Resize) -> Node:
        return replace(self, sizes=tuple(resize(s) for s in self.sizes))


@dataclass(frozen=True)
class Insert(Slice):
    """tensor.insert_slice of the first operand into the second."""

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        source, target = operands
        self._check(target.shape)
        if source != TensorType(target.element, self._kept()):
            raise Invalid("source")
        return [target]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        where = f"[{commas(self.offsets)}] [{commas(self.sizes)}] [{commas(self.strides)}]"
        source, target = operands
        yield f"{results[0].name} = tensor.insert_slice {source.name} into {target.name}{where} : {source.type} into {target.type}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        source, target = operands
        data, error = target.data.copy(), target.error.copy()
        data[self.places()], error[self.places()] = source.data.reshape(self.sizes), source.error.reshape(self.sizes)
        return [Value(target.element, data, error)]


@dataclass(frozen=True)
class Reshape(Node):
    """tensor.collapse_shape to, or tensor.expand_shape from, one extent for each group of `shape`'s dimensions."""

    shape: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    expands: bool

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        element, shape = operands[0]
        small = tuple(int(np.prod([self.shape[i] for i in group])) for group in self.groups)
        if shape != (small if self.expands else self.shape):
            raise Invalid("shape")
        return [TensorType(element, self.shape if self.expands else small)]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        groups = "[" + ", ".join(f"[{commas(group)}]" for group in self.groups) + "]"
        source, result = operands[0], results[0]
        if self.expands:
            yield (
                f"{result.name} = tensor.expand_shape {source.name} {groups} output_shape [{commas(self.shape)}] : "
                f"{source.type} into {result.type}"
            )
        else:
            yield f"{result.name} = tensor.collapse_shape {source.name} {groups} : {source.type} into {result.type}"

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        (type,) = self.infer([TensorType(operands[0].element, operands[0].shape)])
        return [operands[0].map(lambda a: a.reshape(type.shape))]

    def resized(self, resize: Resize) -> Node:
        return replace(self, shape=tuple(resize(extent) for extent in self.shape))


@dataclass(frozen=True)
class Concat(Node):
    dimension: int

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        first, d = operands[0], self.dimension
        for other in operands:
            if other.element is not first.element or len(other.shape) != len(first.shape):
                raise Invalid("type")
            if other.shape[:d] + other.shape[d + 1 :] != first.shape[:d] + first.shape[d + 1 :]:
                raise Invalid("extent")
        total = sum(type.shape[d] for type in operands)
        return [TensorType(first.element, first.shape[:d] + (total,) + first.shape[d + 1 :])]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        types = ", ".join(str(p.type) for p in operands)
        yield (
            f"{results[0].name} = tensor.concat dim({self.dimension}) {', '.join(p.name for p in operands)} : "
            f"({types}) -> {results[0].type}"
        )

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        data = np.concatenate([v.data for v in operands], self.dimension)
        return [Value(operands[0].element, data, np.concatenate([v.error for v in operands], self.dimension))]


@dataclass(frozen=True)
class Softmax(Node):
    """linalg.softmax."""

    dimension: int

    def infer(self, operands: Sequence[TensorType]) -> list[TensorType]:
        if not operands[0].element.is_float or self.dimension >= len(operands[0].shape):
            raise Invalid("type")
        return [operands[0]]

    def emit(self, names: Names, operands: Sequence[Printed], results: Sequence[Printed]) -> Iterator[str]:
        type = results[0].type
        empty, line = empty_line(names, type)
        yield line
        yield (
            f"{results[0].name} = linalg.softmax dimension({self.dimension}) ins({operands[0].name} : {type}) "
            f"outs({empty} : {type}) -> {type}"
        )

    def evaluate(self, operands: Sequence[Value]) -> list[Value]:
        element, axis = operands[0].element, (self.dimension,)
        wide = operands[0].shape
        low = exact(element, np.full(wide[: self.dimension] + wide[self.dimension + 1 :], -element.largest))
        zero = exact(element, np.zeros(low.shape))

        def spread(value: Value) -> Value:
            return value.map(lambda a: np.broadcast_to(np.expand_dims(a, axis), wide))

        def apply(name: str, *values: Value) -> Value:
            return SCALARS[name].evaluate(values, element)

        largest = reduce_values("arith.maximumf", operands[0], axis, low)
        powers = apply("math.exp", apply("arith.subf", operands[0], spread(largest)))
        return [apply("arith.divf", powers, spread(reduce_values("arith.addf", powers, axis, zero)))]


def commas(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))
