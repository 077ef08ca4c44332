"""Nodes of well-known operations: products, convolutions, pools, reductions. The generator and the table of types share them."""

from __future__ import annotations

from collections.abc import Sequence

from .elements import I1, Element, conversion
from .nodes import Expr, Generic, Invalid, Map, Step, dim


def adds_and_multiplies(element: Element) -> tuple[str, str]:
    """How linalg's named operations add and multiply elements."""
    if element is I1:
        return "arith.ori", "arith.andi"
    return ("arith.addf", "arith.mulf") if element.is_float else ("arith.addi", "arith.muli")


def lowest(element: Element) -> float:
    """What a maximum starts from."""
    if element.is_float:
        return -element.largest
    return 0 if element is I1 else -(2 ** (element.bits - 1))


def converted(inputs: Sequence[Element], outputs: Sequence[Element], wanted: Element) -> tuple[list[Step], list[int]]:
    """Steps that convert each input to one type, and where the converted values are."""
    steps: list[Step] = []
    places = []
    for i, element in enumerate(inputs):
        name = conversion(element, wanted)
        if name and element.bits == wanted.bits and element.is_float == wanted.is_float:
            raise Invalid("no conversion")
        if name:
            steps.append(Step(name, (i,), wanted))
            places.append(len(inputs) + len(outputs) + len(steps) - 1)
        else:
            places.append(i)
    return steps, places


def product(
    named: str, dims: Sequence[int], reductions: Sequence[int], maps: Sequence[Map], inputs: Sequence[Element], result: Element,
    held: bool = False,
) -> Generic:
    """Sums of products of two operands."""
    add, multiply = adds_and_multiplies(result)
    steps, places = converted(inputs, [result], result)
    steps.append(Step(multiply, (places[0], places[1]), result))
    return Generic(
        tuple(dims), frozenset(reductions), tuple(maps), tuple(steps), (len(inputs) + len(steps),), (add,), (result,),
        () if held else (0,), int(held), named,
    )


def letters(text: str) -> Map:
    """"mk" of "mnk": ..., as plain dimensions given by number: "02"."""
    return tuple(dim(int(c)) for c in text)


# Name in linalg, maps of both operands and the result, dimensions that are summed up.
CONTRACTIONS: dict[str, tuple[str, str, str, tuple[int, ...]]] = {
    "linalg.matmul": ("02", "21", "01", (2,)),
    "linalg.batch_matmul": ("013", "032", "012", (3,)),
    "linalg.matvec": ("01", "1", "0", (1,)),
    "linalg.vecmat": ("1", "10", "0", (1,)),
    "linalg.dot": ("0", "0", "", (0,)),
    "linalg.batch_matvec": ("012", "02", "01", (2,)),
}


def contraction(name: str, dims: Sequence[int], inputs: Sequence[Element], result: Element, held: bool = False) -> Generic:
    """A named product; `dims` in the order of its iterators."""
    a, b, c, reductions = CONTRACTIONS[name]
    return product(name, dims, reductions, [letters(a), letters(b), letters(c)], inputs, result, held)


def _attributes(name: str, rank: int, strides: Sequence[int], dilations: Sequence[int]) -> str:
    def dense(values: Sequence[int]) -> str:
        return f"dense<[{', '.join(map(str, values))}]> : tensor<{rank}xi64>"

    return f"{name} {{strides = {dense(strides)}, dilations = {dense(dilations)}}}"


def _window(space: int, kernel: int, stride: int, dilation: int) -> Expr:
    return Expr(((space, stride), (kernel, dilation)))


def convolution(
    layout: str, batch: int, outputs: Sequence[int], kernel: Sequence[int], channels: int, filters: int, strides: Sequence[int],
    dilations: Sequence[int], inputs: Sequence[Element], result: Element, multiplier: int = 1,
) -> Generic:
    """`layout`: nhwc, nchw (filters: all of them), depthwise-nhwc, depthwise-nchw, depthwise-multiplier, grouped (`channels`
    groups of `filters` filters and `multiplier` channels). One to three dimensions, by `outputs`."""
    rank = len(outputs)
    space = "w" if rank == 1 else "hw" if rank == 2 else "dhw"
    windows = range(rank)

    def window(first_space: int, first_kernel: int) -> list[Expr]:
        return [_window(first_space + i, first_kernel + i, strides[i], dilations[i]) for i in windows]

    def span(first: int) -> list[Expr]:
        return [dim(first + i) for i in windows]

    dims: list[int]
    if layout == "nhwc":
        name = f"linalg.conv_{rank}d_n{space}c_{space}cf"
        f, k, c = 1 + rank, 2 + rank, 2 + 2 * rank
        dims = [batch, *outputs, filters, *kernel, channels]
        maps = [[dim(0), *window(1, k), dim(c)], [*span(k), dim(c), dim(f)], [dim(0), *span(1), dim(f)]]
        reductions = [k + i for i in windows] + [c]
    elif layout == "nchw":
        name = f"linalg.conv_{rank}d_nc{space}_fc{space}"
        c, k = 2 + rank, 3 + rank
        dims = [batch, filters, *outputs, channels, *kernel]
        maps = [[dim(0), dim(c), *window(2, k)], [dim(1), dim(c), *span(k)], [dim(0), dim(1), *span(2)]]
        reductions = [c] + [k + i for i in windows]
    elif layout == "depthwise-nhwc":
        name = f"linalg.depthwise_conv_{rank}d_n{space}c_{space}c"
        c, k = 1 + rank, 2 + rank
        dims = [batch, *outputs, channels, *kernel]
        maps = [[dim(0), *window(1, k), dim(c)], [*span(k), dim(c)], [dim(0), *span(1), dim(c)]]
        reductions = [k + i for i in windows]
    elif layout == "depthwise-nchw":
        name = f"linalg.depthwise_conv_{rank}d_nc{space}_c{space}"
        c, k = 1 + rank, 2 + rank
        dims = [batch, *outputs, channels, *kernel]
        maps = [[dim(0), dim(c), *window(1, k)], [dim(c), *span(k)], [dim(0), dim(c), *span(1)]]
        reductions = [k + i for i in windows]
    elif layout == "depthwise-multiplier":
        name = f"linalg.depthwise_conv_{rank}d_n{space}c_{space}cm"
        c, m, k = 1 + rank, 2 + rank, 3 + rank
        dims = [batch, *outputs, channels, multiplier, *kernel]
        maps = [[dim(0), *window(1, k), dim(c)], [*span(k), dim(c), dim(m)], [dim(0), *span(1), dim(c), dim(m)]]
        reductions = [k + i for i in windows]
    elif layout == "grouped":
        name = "linalg.conv_2d_ngchw_gfchw"
        c, k = 5, 6
        dims = [batch, channels, filters, *outputs, multiplier, *kernel]
        maps = [[dim(0), dim(1), dim(c), *window(3, k)], [dim(1), dim(2), dim(c), *span(k)], [dim(0), dim(1), dim(2), *span(3)]]
        reductions = [c] + [k + i for i in windows]
    else:
        raise ValueError(layout)
    return product(_attributes(name, rank, strides, dilations), dims, reductions, [tuple(m) for m in maps], inputs, result)


def pooling(
    kind: str, layout: str, batch: int, outputs: Sequence[int], kernel: Sequence[int], channels: int, strides: Sequence[int],
    dilations: Sequence[int], element: Element, result: Element,
) -> Generic:
    """`kind`: sum, max, min. The second operand is the window, of which only the shape counts."""
    rank = len(outputs)
    space = "w" if rank == 1 else "hw" if rank == 2 else "dhw"
    windows = range(rank)
    if layout == "nhwc":
        name, c, k = f"linalg.pooling_n{space}c_{kind}", 1 + rank, 2 + rank
        dims = [batch, *outputs, channels, *kernel]
        first = 1
        around = lambda inner: (dim(0), *inner, dim(c))
    else:
        name, c, k = f"linalg.pooling_nc{space}_{kind}", 1, 2 + rank
        dims = [batch, channels, *outputs, *kernel]
        first = 2
        around = lambda inner: (dim(0), dim(1), *inner)
    maps = [
        around([_window(first + i, k + i, strides[i], dilations[i]) for i in windows]),
        tuple(dim(k + i) for i in windows),
        around([dim(first + i) for i in windows]),
    ]
    combiners = {
        "sum": adds_and_multiplies(result)[0],
        "max": "arith.maximumf" if result.is_float else "arith.maxsi",
        "min": "arith.minimumf" if result.is_float else "arith.minsi",
    }
    starts = {"sum": 0.0, "max": lowest(result), "min": result.largest if result.is_float else 1 if result is I1 else 2 ** (result.bits - 1) - 1}
    steps, places = converted([element], [result, result], result)  # the window is never converted
    return Generic(
        tuple(dims), frozenset(k + i for i in windows), tuple(maps), tuple(steps), (places[0],), (combiners[kind],), (result,),
        (starts[kind],), 0, _attributes(name, rank, strides, dilations),
    )


def reduction(
    shape: Sequence[int], axes: Sequence[int], combiner: str, element: Element, result: Element, start: float, order: Sequence[int] | None = None,
) -> Generic:
    """Over `axes`; the others in `order`."""
    left = [i for i in range(len(shape)) if i not in axes]
    steps, places = converted([element], [result], result)
    order = left if order is None else order
    return Generic(
        tuple(shape), frozenset(axes), (tuple(dim(i) for i in range(len(shape))), tuple(dim(i) for i in order)), tuple(steps),
        (places[0],), (combiner,), (result,), (start,),
    )


def transposition(shape: Sequence[int], order: Sequence[int], element: Element) -> Generic:
    """As an elementwise copy."""
    return Generic(
        tuple(shape), frozenset(), (tuple(dim(i) for i in range(len(shape))), tuple(dim(i) for i in order)), (), (0,), (None,),
        (element,), (None,),
    )
