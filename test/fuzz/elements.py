"""Element types, values with error bounds, and the scalar operations of generated modules.

A value holds what exact arithmetic on the rounded operands gives, rounded to its type, and a bound of the error that any
legal evaluation may add: another order of a sum, a wider type in between, a function that is two units off. So results are
compared element by element, and what is exact (integers, small multiples of powers of two) has to be exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Element:
    """An element type; of floats: significant bits, exponent of the smallest normal number, largest finite number."""

    name: str
    bits: int
    precision: int = 0
    smallest: int = 0
    largest: float = 0.0

    @property
    def is_float(self) -> bool:
        return self.precision > 0

    def __str__(self) -> str:
        return self.name


F64 = Element("f64", 64, 53, -1022, float(np.finfo(np.float64).max))
F32 = Element("f32", 32, 24, -126, float(np.finfo(np.float32).max))
F16 = Element("f16", 16, 11, -14, 65504.0)
BF16 = Element("bf16", 16, 8, -126, float(np.ldexp(255.0, 120)))
F8E4M3FN = Element("f8E4M3FN", 8, 4, -6, 448.0)
F8E5M2 = Element("f8E5M2", 8, 3, -14, 57344.0)
I64, I32, I16, I8, I1 = (Element(f"i{bits}", bits) for bits in (64, 32, 16, 8, 1))
FLOATS = (F64, F32, F16, BF16, F8E4M3FN, F8E5M2)
INTEGERS = (I64, I32, I16, I8, I1)
BY_NAME = {element.name: element for element in FLOATS + INTEGERS}


def round_to(element: Element, data: Array) -> Array:
    """The nearest numbers of a float type (ties to even), as float64."""
    if element is F64:
        return data
    with np.errstate(all="ignore"):
        exponent = np.frexp(data)[1] - 1
        quantum = np.ldexp(1.0, np.maximum(exponent, element.smallest) - (element.precision - 1))
        rounded = np.where(np.isfinite(data), np.rint(data / quantum) * quantum, data)
        beyond = np.abs(rounded) > element.largest
        # f8E4M3FN has no infinity.
        return np.where(beyond, np.nan if element is F8E4M3FN else np.copysign(np.inf, data), rounded)


def unit(element: Element, data: Array) -> Array:
    """The distance of neighbours in a float type at `data`; what is below the normal numbers may be flushed to zero."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(np.nan_to_num(data, posinf=element.largest, neginf=element.largest)), 2.0**element.smallest)
        return np.ldexp(1.0, np.frexp(size)[1] - element.precision)


def wrap(element: Element, data: Array) -> Array:
    """Integers modulo 2^bits: signed, but i1 is 0 or 1."""
    if element.bits == 64:
        return data
    low = data & ((1 << element.bits) - 1)
    return low if element.bits == 1 else low - ((low >> (element.bits - 1)) << element.bits)


def signed(element: Element, data: Array) -> Array:
    return -data if element.bits == 1 else data


def unsigned(element: Element, data: Array) -> Array:
    """As uint64."""
    mask = np.uint64(2**element.bits - 1)
    return data.astype(np.uint64) & mask


@dataclass
class Value:
    """Elements (float64 or int64) and a bound of their errors, infinite where nothing is known."""

    element: Element
    data: Array
    error: Array

    def __post_init__(self) -> None:
        # NumPy makes numbers of arrays of rank 0.
        self.data, self.error = np.asarray(self.data), np.asarray(self.error, np.float64)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def map(self, change: Callable[[Array], Array]) -> Value:
        """The same change of places for elements and errors."""
        return Value(self.element, change(self.data), change(self.error))


def exact(element: Element, data: Array) -> Value:
    data = np.asarray(data, np.float64 if element.is_float else np.int64)
    data = round_to(element, data) if element.is_float else wrap(element, data)
    return Value(element, data, np.zeros(data.shape))


#===----------------------------------------------------------------------===#
# Bits, for files
#===----------------------------------------------------------------------===#


def _table_of_bytes(element: Element) -> Array:
    """The 256 numbers of an f8 type."""
    codes = np.arange(256)
    mantissa_bits = element.precision - 1
    sign, exponent, mantissa = codes >> 7, (codes & 127) >> mantissa_bits, codes & ((1 << mantissa_bits) - 1)
    normal = np.ldexp(1 + mantissa / 2.0**mantissa_bits, np.maximum(exponent, 1) - 1 + element.smallest)
    table = np.where(exponent == 0, np.ldexp(mantissa / 2.0**mantissa_bits, element.smallest), normal)
    if element is F8E5M2:
        table = np.where(exponent == 31, np.where(mantissa == 0, np.inf, np.nan), table)
    else:
        table = np.where((codes & 127) == 127, np.nan, table)
    return np.where(sign == 1, -table, table)


def to_file(value: Value) -> Array:
    """What NumPy writes to an .npy file for chameleon-run; bf16 and f8 as their bits."""
    element, data = value.element, value.data
    if element is BF16:
        bits = data.astype(np.float32).reshape(-1).view(np.uint32).reshape(data.shape) >> 16
        return np.where(np.isnan(data), 0x7FC0, bits).astype(np.uint16)
    if element.is_float and element.bits == 8:
        table = _table_of_bytes(element)
        finite = np.where(np.isfinite(table), table, np.inf)
        codes = np.abs(finite[None, :] - data.reshape(-1, 1)).argmin(axis=1)
        return codes.astype(np.int8).reshape(data.shape)
    with np.errstate(over="ignore"):
        return data.astype({"f64": np.float64, "f32": np.float32, "f16": np.float16, "i1": np.bool_}.get(element.name) or f"i{element.bits // 8}")


def from_file(element: Element, data: Array) -> Array:
    """The opposite."""
    if element is BF16:
        bits = data.reshape(-1).view(np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32).astype(np.float64).reshape(data.shape)
    if element.is_float and element.bits == 8:
        return _table_of_bytes(element)[data.astype(np.uint8)]
    return data.astype(np.float64 if element.is_float else np.int64)


def difference(value: Value, found: Array) -> str:
    """Where a result is wrong; nothing if it is right."""
    if found.shape != value.shape:
        return f"has shape {found.shape}, expected {value.shape}"
    found = from_file(value.element, found)
    with np.errstate(all="ignore"):
        unchecked = ~np.isfinite(value.error)
        same = (found == value.data) | (np.isnan(found) & np.isnan(value.data))
        wrong = ~(same | unchecked | (np.abs(found - value.data) <= value.error))
    if not wrong.any():
        return ""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return (
        f"{int(wrong.sum())} of {wrong.size} elements of {value.element} differ, first at {list(place)}: "
        f"found {found[place]!r}, expected {value.data[place]!r} within {value.error[place]:.3g}"
    )


#===----------------------------------------------------------------------===#
# Scalar operations
#===----------------------------------------------------------------------===#


@dataclass(frozen=True)
class Scalar:
    """An operation on scalars. `compute` takes exact operands; of integers it sees them as `view` makes them."""

    name: str
    arity: int
    compute: Callable[..., Array]
    on_floats: bool
    view: Callable[[Element, Array], Array] | None = None
    is_rounded_once: bool = True
    compares: bool = False
    """The result is i1."""
    converts: bool = False
    """The result has another type."""
    attributes: str = ""

    def result(self, operands: Sequence[Element], wanted: Element | None = None) -> Element:
        if self.compares:
            return I1
        if self.converts:
            assert wanted is not None
            return wanted
        return operands[-1]

    def emit(self, operands: Sequence[str], types: Sequence[Element], result: Element) -> str:
        """Right-hand side in MLIR."""
        comma = self.attributes + (", " if self.attributes else "")
        text = f"{self.name} {comma}{', '.join(operands)}"
        if self.converts:
            return f"{text} : {types[0]} to {result}"
        return f"{text} : {types[-1]}"

    def evaluate(self, operands: Sequence[Value], result: Element) -> Value:
        with np.errstate(all="ignore"):
            return _evaluate(self, operands, result)


def _evaluate(scalar: Scalar, operands: Sequence[Value], result: Element) -> Value:
    if scalar.name == "arith.select":
        return _select(*operands)
    view = scalar.view or (lambda element, data: data)
    centre = _finish(scalar, scalar.compute(*(view(v.element, v.data) for v in operands)), result)
    unsure = [bool(v.error.any()) for v in operands]
    error = np.zeros(np.shape(centre))
    if any(unsure) and not scalar.on_floats:
        error = np.where(sum(v.error for v in operands) > 0, np.inf, 0.0)
    elif any(unsure):
        # Every operation here is monotone in each operand or flatter than the identity between the corners.
        corners = [[v.data] if not u else [v.data, v.data - v.error, v.data + v.error] for v, u in zip(operands, unsure)]
        spread = np.zeros(np.shape(centre))
        for choice in np.stack(np.meshgrid(*(range(len(c)) for c in corners), indexing="ij"), -1).reshape(-1, len(corners)):
            corner = scalar.compute(*(corners[i][k] for i, k in enumerate(choice)))
            if result.is_float:
                corner = np.where(np.abs(corner) > result.largest, np.nan, corner)
            apart = np.abs(corner.astype(np.float64) - centre)
            spread = np.maximum(spread, np.where(np.isnan(apart), np.inf, apart))
        if scalar.name in ("math.sin", "math.cos", "math.absf"):
            spread = np.maximum(spread, sum(v.error for v in operands))
        error = np.where(spread > 0, np.inf, 0.0) if scalar.compares else spread
        # Nothing is known about what comes of an operand about which nothing is known.
        error = np.where(sum(np.isinf(v.error) for v in operands) > 0, np.inf, error)
    if result.is_float:
        raw = scalar.compute(*(view(v.element, v.data) for v in operands))
        slack = unit(result, centre) * (1 if scalar.is_rounded_once else 4)
        inexact = (raw != centre) | (not scalar.is_rounded_once) | (result is F64 and scalar.arity == 2)
        flat = scalar.name.startswith(("arith.max", "arith.min", "arith.neg", "math.abs"))
        error = error + np.where(np.isfinite(centre) & inexact & (not flat), slack, 0.0)
        # Whether a number near the largest one becomes infinite depends on when it is rounded.
        error = np.where(np.isfinite(raw) & (np.abs(raw) + error > result.largest * 0.99), np.inf, error)
    return Value(result, centre, error)


def _finish(scalar: Scalar, data: Array, result: Element) -> Array:
    if result.is_float:
        return round_to(result, np.asarray(data, np.float64))
    return wrap(result, np.asarray(data).astype(np.int64))


def _select(condition: Value, first: Value, second: Value) -> Value:
    data = np.where(condition.data != 0, first.data, second.data)
    error = np.where(condition.data != 0, first.error, second.error)
    either = np.abs(first.data - second.data) + np.maximum(first.error, second.error)
    return Value(first.element, data, np.where(condition.error > 0, np.where(np.isnan(either), np.inf, either), error))


def _floats(names: str, arity: int, compute: Callable[..., Array], **flags: object) -> Scalar:
    return Scalar(names, arity, compute, True, **flags)  # type: ignore[arg-type]


def _ints(name: str, arity: int, compute: Callable[..., Array], **flags: object) -> Scalar:
    return Scalar(name, arity, compute, False, **flags)  # type: ignore[arg-type]


def _divide_towards_zero(a: Array, b: Array) -> Array:
    return np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))


_erf = np.vectorize(__import__("math").erf, otypes=[np.float64])

_ORDERED = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal}
_SCALARS = [
    _floats("arith.addf", 2, np.add),
    _floats("arith.subf", 2, np.subtract),
    _floats("arith.mulf", 2, np.multiply),
    _floats("arith.divf", 2, np.divide),
    _floats("arith.maximumf", 2, np.maximum),
    _floats("arith.minimumf", 2, np.minimum),
    _floats("arith.maxnumf", 2, np.fmax),
    _floats("arith.minnumf", 2, np.fmin),
    _floats("arith.negf", 1, np.negative),
    _floats("math.absf", 1, np.abs),
    _floats("math.floor", 1, np.floor),
    _floats("math.ceil", 1, np.ceil),
    _floats("math.sqrt", 1, np.sqrt, is_rounded_once=False),
    _floats("math.rsqrt", 1, lambda x: 1 / np.sqrt(x), is_rounded_once=False),
    _floats("math.exp", 1, np.exp, is_rounded_once=False),
    _floats("math.log", 1, np.log, is_rounded_once=False),
    _floats("math.tanh", 1, np.tanh, is_rounded_once=False),
    _floats("math.erf", 1, _erf, is_rounded_once=False),
    _floats("math.sin", 1, np.sin, is_rounded_once=False),
    _floats("math.cos", 1, np.cos, is_rounded_once=False),
    _ints("arith.addi", 2, np.add),
    _ints("arith.subi", 2, np.subtract),
    _ints("arith.muli", 2, np.multiply),
    _ints("arith.andi", 2, np.bitwise_and),
    _ints("arith.ori", 2, np.bitwise_or),
    _ints("arith.xori", 2, np.bitwise_xor),
    _ints("arith.maxsi", 2, np.maximum, view=signed),
    _ints("arith.minsi", 2, np.minimum, view=signed),
    _ints("arith.maxui", 2, np.maximum, view=unsigned),
    _ints("arith.minui", 2, np.minimum, view=unsigned),
    _ints("arith.divsi", 2, _divide_towards_zero, view=signed),
    _ints("arith.remsi", 2, np.fmod, view=signed),
    _ints("arith.floordivsi", 2, np.floor_divide, view=signed),
    _ints("arith.divui", 2, np.floor_divide, view=unsigned),
    _ints("arith.remui", 2, np.fmod, view=unsigned),
    _ints("arith.shli", 2, np.left_shift),
    _ints("arith.shrsi", 2, np.right_shift),
    _floats("arith.extf", 1, np.asarray, converts=True),
    _floats("arith.truncf", 1, np.asarray, converts=True),
    _floats("arith.fptosi", 1, np.trunc, converts=True),
    _ints("arith.sitofp", 1, lambda x: x.astype(np.float64), view=signed, converts=True),
    _ints("arith.uitofp", 1, lambda x: x.astype(np.float64), view=unsigned, converts=True),
    _ints("arith.extsi", 1, np.asarray, view=signed, converts=True),
    _ints("arith.extui", 1, np.asarray, view=unsigned, converts=True),
    _ints("arith.trunci", 1, np.asarray, converts=True),
    _floats("arith.select", 3, np.where),
]
SCALARS: dict[str, Scalar] = {scalar.name: scalar for scalar in _SCALARS}
for _name, _compare in _ORDERED.items():
    SCALARS[f"cmpf.{_name}"] = _floats("arith.cmpf", 2, _compare, compares=True, attributes=f"o{_name}")
    _sign = "" if _name == "eq" else "s"
    SCALARS[f"cmpi.{_name}"] = _ints("arith.cmpi", 2, _compare, compares=True, attributes=f"{_sign}{_name}", view=signed)

REDUCIBLE = {
    True: ("arith.addf", "arith.mulf", "arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf"),
    False: ("arith.addi", "arith.muli", "arith.maxsi", "arith.minsi", "arith.maxui", "arith.andi", "arith.ori", "arith.xori"),
}


def conversion(source: Element, target: Element) -> str | None:
    """The scalar that converts values as linalg's named operations do (signed); nothing if the types are the same."""
    if source is target:
        return None
    if source.is_float and target.is_float:
        # Of types of the same width there is none.
        return "arith.extf" if source.bits < target.bits else "arith.truncf"
    if source.is_float:
        return "arith.fptosi"
    if target.is_float:
        return "arith.sitofp"
    return "arith.extsi" if source.bits < target.bits else "arith.trunci"


def reduce_values(combiner: str, value: Value, axes: tuple[int, ...], start: Value) -> Value:
    """`start` combined with all elements along `axes`, in any order."""
    scalar, element = SCALARS[combiner], start.element
    if not axes:
        return scalar.evaluate([start, value], element)
    with np.errstate(all="ignore"):
        return _reduce(combiner, scalar, element, value, axes, start)


def _reduce(combiner: str, scalar: Scalar, element: Element, value: Value, axes: tuple[int, ...], start: Value) -> Value:
    count = int(np.prod([value.shape[axis] for axis in axes]))
    data, first = value.data, start.data
    if not element.is_float:
        view = scalar.view or (lambda _, x: x)
        functions = {np.maximum: np.maximum, np.minimum: np.minimum}
        function = functions.get(scalar.compute, scalar.compute)
        moved = np.moveaxis(view(element, data), axes, range(len(axes))).reshape((count,) + start.shape)
        total = view(element, first)
        for part in moved:
            total = wrap_view(scalar, element, function(total, part))
        unsure = (value.error > 0).any(axis=axes) | (start.error > 0)
        return Value(element, wrap(element, np.asarray(total).astype(np.int64)), np.where(unsure, np.inf, 0.0))
    if combiner in ("arith.addf",):
        total = data.sum(axis=axes) + first
        size = np.abs(data).sum(axis=axes) + np.abs(first)
        spread = value.error.sum(axis=axes) + start.error
        # Sums of few bits may stand still long before the last element; of others errors cancel out.
        steps = count + 1 if element.precision <= 11 else min(count + 1, 8 + 4 * np.sqrt(count))
        grain = 2.0**-6
        whole = np.all(data / grain == np.rint(data / grain), axis=axes) & (first / grain == np.rint(first / grain))
        is_exact = whole & (size / grain < 2.0**element.precision)
        rounding = np.where(is_exact, 0.0, steps * unit(element, size))
    elif combiner == "arith.mulf":
        total = np.prod(data, axis=axes) * first
        relative = (value.error / np.maximum(np.abs(data), 1e-300)).sum(axis=axes) + start.error / np.maximum(np.abs(first), 1e-300)
        spread = np.where(relative > 0, 2 * relative * np.abs(total), 0.0)
        # A factor that rounds to zero, or partial products that do.
        rounding = (count + 1) * unit(element, total)
        size = np.prod(np.maximum(np.abs(data), 1), axis=axes) * np.maximum(np.abs(first), 1)
        smallest = np.prod(np.minimum(np.abs(data), 1), axis=axes) * np.minimum(np.abs(first), 1)
        spread = np.where((smallest < 2.0**element.smallest) | np.isnan(spread), np.inf, spread)
    else:
        function = {"arith.maximumf": np.maximum, "arith.minimumf": np.minimum, "arith.maxnumf": np.fmax, "arith.minnumf": np.fmin}[combiner]
        total = function(function.reduce(data, axis=axes), first) if count else first
        spread = np.maximum(value.error.max(axis=axes), start.error) if count else start.error
        return Value(element, total, np.where(np.isnan(spread), np.inf, spread))
    error = spread + rounding
    error = np.where(~np.isfinite(error) | (size * 1.01 + error > element.largest), np.inf, error)
    return Value(element, round_to(element, total), error)


def wrap_view(scalar: Scalar, element: Element, data: Array) -> Array:
    """A partial result of integers, as `scalar` sees its operands."""
    if scalar.view is unsigned:
        return data
    wrapped = wrap(element, data)
    return scalar.view(element, wrapped) if scalar.view else wrapped
