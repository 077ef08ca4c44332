"""Operations of PyTorch that torch-mlir would leave as `tm_tensor.*`, as ones that become linalg.

    program.run_decompositions({**table, **get_decompositions()})

Sums and products of prefixes take log2(n) steps over the whole tensor, which is also more exact than one after the other. Sorting
compares all pairs along the dimension: up to SORT_UP_TO elements; longer ones stay as they are.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    import torch

SORT_UP_TO = 2048  #: elements along the sorted dimension


def _scan(tensor: torch.Tensor, dim: int, neutral: int, combine: Callable) -> torch.Tensor:
    import torch

    if tensor.dim() == 0:
        return tensor
    size, distance = tensor.shape[dim], 1
    while distance < size:
        shape = list(tensor.shape)
        shape[dim] = distance
        padding = torch.full(shape, neutral, dtype=tensor.dtype)
        tensor = combine(tensor, torch.cat((padding, tensor.narrow(dim, 0, size - distance)), dim))
        distance *= 2
    return tensor


def _widen(tensor: torch.Tensor, dtype: Optional[torch.dtype]) -> torch.Tensor:
    """As PyTorch computes sums and products of prefixes: integers in 64 bits."""
    import torch

    if dtype is None and not tensor.is_floating_point():
        dtype = torch.int64
    return tensor if dtype is None else tensor.to(dtype)


def cumsum(tensor: torch.Tensor, dim: int, *, dtype: Optional[torch.dtype] = None) -> torch.Tensor:
    return _scan(_widen(tensor, dtype), dim, 0, lambda x, y: x + y)


def cumprod(tensor: torch.Tensor, dim: int, *, dtype: Optional[torch.dtype] = None) -> torch.Tensor:
    return _scan(_widen(tensor, dtype), dim, 1, lambda x, y: x * y)


def sort(tensor: torch.Tensor, dim: int = -1, descending: bool = False, stable: Optional[bool] = None) -> Any:
    """Stable; NaN is above all numbers, as PyTorch has it."""
    import torch

    if tensor.dim() == 0 or tensor.shape[dim] > SORT_UP_TO:
        return NotImplemented
    x = tensor.transpose(dim, -1)
    numbers = torch.arange(x.shape[-1])
    here, other = x.unsqueeze(-1), x.unsqueeze(-2)  # [..., i, 1] and [..., 1, j]
    before, equal = (other > here if descending else other < here), other == here
    if x.is_floating_point():
        here_nan, other_nan = here != here, other != other
        before = before | (other_nan & ~here_nan if descending else here_nan & ~other_nan)
        equal = equal | (here_nan & other_nan)
    rank = (before | (equal & (numbers.unsqueeze(0) < numbers.unsqueeze(1)))).to(torch.int64).sum(-1)
    places = rank.unsqueeze(-1) == numbers  # [..., i, rank]
    indices = (places.to(torch.int64) * numbers.unsqueeze(-1)).sum(-2)
    return torch.gather(x, -1, indices).transpose(dim, -1), indices.transpose(dim, -1)


def sort_stable(tensor: torch.Tensor, *, stable: Optional[bool], dim: int = -1, descending: bool = False) -> Any:
    return sort(tensor, dim, descending)


def topk(tensor: torch.Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    result = sort(tensor, dim, largest)
    if result is NotImplemented:
        return NotImplemented
    return tuple(part.narrow(dim, 0, k) for part in result)


def get_decompositions() -> dict[Any, Callable]:
    import torch

    aten = torch.ops.aten
    return {
        aten.cumsum.default: cumsum,
        aten.cumprod.default: cumprod,
        aten.sort.default: sort,
        aten.sort.stable: sort_stable,
        aten.topk.default: topk,
    }
