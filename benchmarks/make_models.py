#!/usr/bin/env python3
"""The models of the benchmarks, exported from PyTorch as a user would.

    make_models.py DIR [NAME...]    # DIR/NAME.mlir with weights, NAME.input0.npy, NAME.output0.npy

Weights come from a fixed seed, batch-norm statistics are random (the default ones would hide mistakes), and the
output is PyTorch's own answer in double precision. Needs torch, torchvision, torch-mlir and numpy.
"""
from __future__ import annotations

import argparse
import pathlib
import sys
from typing import Callable, NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python" / "src"))
from chameleon import export  # noqa: E402


class Mlp(nn.Sequential):
    """Three dense layers on MNIST-sized input."""

    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


class CifarBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, projected where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class CifarResNet20(nn.Module):
    """ResNet-20 of He et al. 2015, section 4.2, with projection shortcuts."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        inputs = 16
        for outputs, stride in ((16, 1), (32, 2), (64, 2)):
            for index in range(3):
                layers.append(CifarBlock(inputs, outputs, stride if index == 0 else 1))
                inputs = outputs
        self.body = nn.Sequential(*layers)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.body(x).mean((2, 3)))


class BertLayer(nn.Module):
    """One encoder layer with BERT-base's sizes."""

    def __init__(self, width: int = 768, heads: int = 12, hidden: int = 3072) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        of_head = width // self.heads
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, of_head).permute(2, 0, 3, 1, 4).unbind(0)
        p = torch.softmax(q @ k.transpose(-1, -2) / of_head**0.5, -1)
        x = self.norm1(x + self.out((p @ v).transpose(1, 2).reshape(batch, length, width)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class RmsNorm(nn.Module):
    """Root mean square normalisation, as Llama has it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class LlamaBlock(nn.Module):
    """One decoder block of a 1-billion-parameter Llama 3: grouped queries, rotary positions, SwiGLU."""

    def __init__(self, width: int = 2048, heads: int = 32, groups: int = 8, hidden: int = 8192, length: int = 128) -> None:
        super().__init__()
        self.heads, self.groups, self.of_head = heads, groups, width // heads

        def linear(inputs: int, outputs: int) -> nn.Linear:
            return nn.Linear(inputs, outputs, bias=False)

        self.wq, self.wo = linear(width, width), linear(width, width)
        self.wk, self.wv = linear(width, groups * self.of_head), linear(width, groups * self.of_head)
        self.gate, self.up, self.down = linear(width, hidden), linear(width, hidden), linear(hidden, width)
        self.norm1, self.norm2 = RmsNorm(width), RmsNorm(width)
        frequencies = 1.0 / (500000.0 ** (torch.arange(0, self.of_head, 2).float() / self.of_head))
        angles = torch.outer(torch.arange(length).float(), frequencies)
        self.register_buffer("cos", torch.cat((angles.cos(), angles.cos()), -1))
        self.register_buffer("sin", torch.cat((angles.sin(), angles.sin()), -1))
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def rotate(self, x: torch.Tensor) -> torch.Tensor:
        a, b = x.chunk(2, -1)
        return x * self.cos + torch.cat((-b, a), -1) * self.sin

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        y = self.norm1(x)

        def split(tensor: torch.Tensor, heads: int) -> torch.Tensor:
            return tensor.view(batch, length, heads, self.of_head).transpose(1, 2)

        q, k = self.rotate(split(self.wq(y), self.heads)), self.rotate(split(self.wk(y), self.groups))
        k, v = (t.repeat_interleave(self.heads // self.groups, 1) for t in (k, split(self.wv(y), self.groups)))
        p = torch.softmax(q @ k.transpose(-1, -2) / self.of_head**0.5 + self.mask, -1)
        x = x + self.wo((p @ v).transpose(1, 2).reshape(batch, length, width))
        y = self.norm2(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Model(NamedTuple):
    """How a model is made, and the shape of its input."""

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]


IMAGE = (1, 3, 224, 224)
MODELS = {
    "mlp": Model(Mlp, (1, 1, 28, 28)),
    "cifar_resnet20": Model(CifarResNet20, (1, 3, 32, 32)),
    "resnet18": Model(lambda: export.make_torchvision_model("resnet18"), IMAGE),
    "mobilenet_v2": Model(lambda: export.make_torchvision_model("mobilenet_v2"), IMAGE),
    "bert_layer": Model(BertLayer, (1, 128, 768)),
    "llama_block": Model(LlamaBlock, (1, 128, 2048)),
}


def build(name: str) -> nn.Module:
    """The model with its seeded weights, in evaluation mode; the same at every call."""
    torch.manual_seed(0)
    model = MODELS[name].make().eval()
    export.randomize_statistics(model)
    return model


def make_input(name: str) -> torch.Tensor:
    """Its input, seeded too."""
    return torch.randn(MODELS[name].shape, generator=torch.Generator().manual_seed(1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*", choices=[[], *MODELS], default=list(MODELS), help="default: all")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names:
        model, image = build(name), make_input(name)
        export.export(model, image, path=arguments.folder / f"{name}.mlir")
        export.save_data(model, image, stem=arguments.folder / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
