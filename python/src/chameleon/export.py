"""Exports PyTorch modules as linalg on tensors, which chameleon-opt tunes.

    from chameleon.export import export
    export(torchvision.models.resnet18().eval(), torch.randn(1, 3, 224, 224), path="resnet18.mlir")

    python -m chameleon.export resnet18 -o resnet18.mlir                    # weights inline, ready to run
    python -m chameleon.export resnet18 -o resnet18.mlir --weights=elided   # small: structure only, enough to tune
    python -m chameleon.export resnet18 -o resnet18.mlir --weights=file     # and resnet18.safetensors, for chameleon-run --weights=
    python -m chameleon.export model.onnx -o model.mlir
    python -m chameleon.export resnet18 -o resnet18.mlir --save-data        # and resnet18.input0.npy, resnet18.output0.npy

Needs torch and torch-mlir, and torchvision for the command; what is missing is named with the pip command
that installs it. Importing this module needs none of them.
"""
from __future__ import annotations

import argparse
import importlib
import json
import os
import pathlib
import re
import struct
import sys
from typing import TYPE_CHECKING, Any, Optional, Union

if TYPE_CHECKING:
    import torch

WEIGHTS = ("inline", "elided", "file")
ELIDE_FROM_ELEMENTS = 32  #: constants with more elements than this lose their data when weights are elided

#: Of element types as MLIR writes them.
SAFETENSORS_TYPES = {
    **{"f64": "F64", "f32": "F32", "f16": "F16", "bf16": "BF16", "f8E4M3FN": "F8_E4M3", "f8E5M2": "F8_E5M2", "i1": "BOOL"},
    **{f"{sign}i{bits}": f"{'U' if sign == 'u' else 'I'}{bits}" for sign in ("", "s", "u") for bits in (8, 16, 32, 64)},
}

_HELP = {
    "torch": "pip install torch",
    "torch_mlir": "pip install --pre torch-mlir",
    "torchvision": "pip install torchvision",
    "numpy": "pip install numpy",
    "onnx": "pip install onnx",
}


class ExportError(Exception):
    """The model cannot be exported; says why, or which package is missing and how to install it."""


def _require(name: str, package: Optional[str] = None) -> Any:
    package = package or name
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ExportError(f"exporting needs {package}, which cannot be imported ({error}); try: {_HELP[package]}") from error


def export(
    module: torch.nn.Module,
    *inputs: torch.Tensor,
    path: Union[str, os.PathLike, None] = None,
    weights: str = "inline",
    function: str = "main",
) -> str:
    """Returns `module` applied to `inputs` as MLIR text, and writes it to `path` if given.

    - Shapes and element types are those of `inputs`; the module should be in evaluation mode.
    - `weights`: "inline" keeps all data; "elided" leaves large constants without data, which chameleon-run fills by
      `--fill-missing`; "file" writes them to a file of safetensors beside `path`, which chameleon-run reads by `--weights`.
    - The result is text, not bytecode: torch-mlir's MLIR may be newer than Chameleon's.
    """
    if weights not in WEIGHTS:
        raise ExportError(f"weights must be one of {', '.join(WEIGHTS)}, found {weights!r}")
    torch = _require("torch")
    fx = _require("torch_mlir.fx", "torch_mlir")
    from chameleon import decompositions

    try:
        program = torch.export.export(module, inputs)
        _copy_listed_buffers(program)
        table = {**fx.get_decomposition_table(), **decompositions.get_decompositions()}
        exported = fx.export_and_import(program, *inputs, output_type="linalg-on-tensors", func_name=function, decomposition_table=table)
    except Exception as error:  # torch.export and torch-mlir raise almost anything
        raise ExportError(f"cannot export {type(module).__name__}: {error}") from error
    return _write(exported.operation, path, weights)


def _write(module: Any, path: Union[str, os.PathLike, None], weights: str) -> str:
    limit = ELIDE_FROM_ELEMENTS if weights == "elided" else None
    text = module.get_asm(large_elements_limit=limit, large_resource_limit=limit)
    if weights == "file":
        if path is None:
            raise ExportError("weights in a file go beside the model, which needs a path")
        text, tensors = split_resources(text)
        write_safetensors(tensors, pathlib.Path(path).with_suffix(".safetensors"))
    if path is not None:
        pathlib.Path(path).write_text(text)
    return text


def split_resources(text: str) -> tuple[str, dict[str, tuple[str, list[int], bytes]]]:
    """Takes the data of `dense_resource` constants out of MLIR text: what is left, and {name: (type of safetensors, shape, data)}."""
    text, marker, resources = text.partition("{-#")
    tensors = {}
    for name, alignment_and_data in re.findall(r'([\w.$-]+|"[^"]*"): "0x([0-9A-Fa-f]+)"', resources):
        found = re.search(rf"dense_resource<{re.escape(name)}> : tensor<((?:\d+x)*)(\w+)>", text)
        if found and found[2] in SAFETENSORS_TYPES:
            shape = [int(size) for size in found[1].split("x")[:-1]]
            # The first four bytes are the alignment.
            tensors[name.strip('"')] = (SAFETENSORS_TYPES[found[2]], shape, bytes.fromhex(alignment_and_data[8:]))
    if marker and len(tensors) != resources.count(': "0x'):
        raise ExportError("the model has weights of types that a file of safetensors cannot hold; use weights='inline'")
    return text, tensors


def write_safetensors(tensors: dict[str, tuple[str, list[int], bytes]], path: pathlib.Path) -> None:
    """Writes {name: (type, shape, data)}."""
    header, end = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, _, data in tensors.values():
            file.write(data)


def export_onnx(model: Union[str, os.PathLike], path: Union[str, os.PathLike, None] = None, weights: str = "inline", function: str = "main") -> str:
    """As `export`, of an ONNX file whose shapes are known."""
    if weights not in WEIGHTS:
        raise ExportError(f"weights must be one of {', '.join(WEIGHTS)}, found {weights!r}")
    onnx = _require("onnx")
    utils = _require("torch_mlir.compiler_utils", "torch_mlir")
    ir = _require("torch_mlir.ir", "torch_mlir")
    torch_dialect = _require("torch_mlir.dialects.torch", "torch_mlir")
    importer = _require("torch_mlir.extras.onnx_importer", "torch_mlir")
    try:
        proto = onnx.shape_inference.infer_shapes(onnx.load(os.fspath(model)), data_prop=True)
        proto.graph.name = function
        with ir.Context() as context:
            torch_dialect.register_dialect(context)
            info = importer.ModelInfo(proto)
            operation = info.create_module(context=context).operation
            importer.NodeImporter.define_function(info.main_graph, operation).import_all()
            module = ir.Module.parse(operation.get_asm(), context)
            for pipeline in (
                "builtin.module(torch-onnx-to-torch-backend-pipeline)",
                "builtin.module(torch-backend-to-linalg-on-tensors-backend-pipeline)",
            ):
                utils.run_pipeline_with_repro_report(module, pipeline, "Lowering ONNX to linalg on tensors", enable_ir_printing=False)
            return _write(module.operation, path, weights)
    except ExportError:
        raise
    except Exception as error:  # onnx and torch-mlir raise almost anything
        raise ExportError(f"cannot export {os.fspath(model)}: {error}") from error


def save_onnx_data(model: Union[str, os.PathLike], stem: Union[str, os.PathLike], seed: int = 0) -> list[pathlib.Path]:
    """Writes STEM.inputN.npy, random, and STEM.outputN.npy, what ONNX's own reference makes of them."""
    onnx, numpy = _require("onnx"), _require("numpy")
    reference = _require("onnx.reference", "onnx")
    proto = onnx.load(os.fspath(model))
    weights, random = {weight.name for weight in proto.graph.initializer}, numpy.random.default_rng(seed)
    inputs = {}
    for value in proto.graph.input:
        if value.name not in weights:
            tensor = value.type.tensor_type
            values = random.standard_normal([size.dim_value for size in tensor.shape.dim])
            inputs[value.name] = values.astype(onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    outputs = reference.ReferenceEvaluator(proto).run(None, inputs)
    written = []
    for kind, tensors in (("input", inputs.values()), ("output", outputs)):
        for index, tensor in enumerate(tensors):
            written.append(pathlib.Path(f"{stem}.{kind}{index}.npy"))
            numpy.save(written[-1], tensor)
    return written


def _copy_listed_buffers(program: torch.export.ExportedProgram) -> None:
    """Passes a copy of each parameter or buffer that is an element of a list (the indices of `table[index]` in Swin).

    torch-mlir imports these as constants where they are arguments of their own, and takes them for Python objects in lists.
    """
    torch = _require("torch")
    graph = program.graph_module.graph
    for node in [node for node in graph.nodes if node.op == "call_function"]:

        def copy(element: Any) -> Any:
            if not isinstance(element, torch.fx.Node) or element.op != "placeholder":
                return element
            with graph.inserting_before(node):
                clone = graph.call_function(torch.ops.aten.clone.default, (element,))
            clone.meta = dict(element.meta)
            return clone

        node.args = tuple(
            type(argument)(copy(element) for element in argument) if isinstance(argument, (list, tuple)) else argument
            for argument in node.args
        )
    program.graph_module.recompile()


def save_data(module: torch.nn.Module, *inputs: torch.Tensor, stem: Union[str, os.PathLike]) -> list[pathlib.Path]:
    """Writes STEM.inputN.npy and STEM.outputN.npy; outputs are computed in double precision and rounded to the inputs' type.

    The module comes back as it was.
    """
    torch, numpy = _require("torch"), _require("numpy")
    import copy

    def widen(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.double() if tensor.is_floating_point() else tensor

    with torch.no_grad():
        outputs = copy.deepcopy(module).double()(*map(widen, inputs))
    # Segmentation returns a dictionary; the exported function returns its tensors in order.
    outputs = torch.utils._pytree.tree_leaves(outputs)
    written = []
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for index, tensor in enumerate(tensors):
            if kind == "output" and tensor.is_floating_point():
                tensor = tensor.to(inputs[0].dtype if inputs[0].is_floating_point() else torch.float32)
            written.append(pathlib.Path(f"{stem}.{kind}{index}.npy"))
            numpy.save(written[-1], tensor.detach().numpy())
    return written


def make_torchvision_model(name: str, seed: int = 0, pretrained: bool = False) -> torch.nn.Module:
    """A model of torchvision by name, in evaluation mode.

    Its weights come from `seed`, and its batch-norm statistics, layer scales and zeroed layers are random too: the default
    ones (mean 0, variance 1; 1e-6; 0) would hide mistakes.
    """
    torch, torchvision = _require("torch"), _require("torchvision")
    names = torchvision.models.list_models()
    if name not in names:
        import difflib

        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        raise ExportError(f"torchvision has no model {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
    torch.manual_seed(seed)
    if pretrained:
        return torchvision.models.get_model(name, weights="DEFAULT").eval()
    # Some detection and segmentation models would download a backbone.
    options = {"weights_backbone": None} if name.startswith(("fcn", "deeplab", "lraspp", "fasterrcnn", "maskrcnn", "keypointrcnn", "retinanet", "ssd", "fcos")) else {}
    model = torchvision.models.get_model(name, weights=None, **options).eval()
    randomize_statistics(model)
    for name, parameter in model.named_parameters():
        # ViT's last layer starts from zeros, ConvNeXt's branches from a millionth.
        if name.endswith("layer_scale"):
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
        elif parameter.dim() > 1 and not parameter.any():
            torch.nn.init.normal_(parameter, 0, 0.02)
    return model


def randomize_statistics(model: torch.nn.Module) -> None:
    """Gives batch norms random statistics from torch's generator; the default ones (mean 0, variance 1) would hide mistakes."""
    torch = _require("torch")
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(layer.running_mean, 0, 0.1)
            torch.nn.init.uniform_(layer.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.normal_(layer.bias, 0, 0.1)


def parse_shape(text: str) -> tuple[int, ...]:
    """1x3x224x224 as a tuple."""
    try:
        shape = tuple(int(size) for size in text.split("x"))
    except ValueError:
        shape = ()
    if not shape or min(shape) < 1:
        raise argparse.ArgumentTypeError(f"expected a shape like 1x3x224x224, found {text!r}")
    return shape


def main(arguments: Optional[list[str]] = None) -> int:
    """The command: a torchvision model by name, or an ONNX file."""
    parser = argparse.ArgumentParser(prog="python -m chameleon.export", description="Export a torchvision model or an ONNX file as linalg on tensors.")
    parser.add_argument("model", help="name in torchvision.models, for instance resnet18, or a file that ends in .onnx")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="default: MODEL.mlir")
    parser.add_argument("--input", dest="shape", type=parse_shape, default=(1, 3, 224, 224), help="shape of the image; default: 1x3x224x224")
    parser.add_argument("--weights", choices=WEIGHTS, default="inline", help="keep large constants, leave their data out, or write it to MODEL.safetensors; default: inline")
    parser.add_argument("--pretrained", action="store_true", help="download trained weights instead of random ones")
    parser.add_argument("--seed", type=int, default=0, help="of weights and input; default: 0")
    parser.add_argument("--save-data", action="store_true", help="also write the input and PyTorch's output in double precision, as .npy")
    options = parser.parse_args(arguments)
    is_onnx = options.model.endswith(".onnx")
    output = options.output or pathlib.Path(f"{pathlib.Path(options.model).stem if is_onnx else options.model}.mlir")
    try:
        if is_onnx:
            export_onnx(options.model, path=output, weights=options.weights)
            if options.save_data:
                save_onnx_data(options.model, output.with_suffix(""), options.seed)
            return 0
        torch = _require("torch")
        model = make_torchvision_model(options.model, options.seed, options.pretrained)
        image = torch.randn(options.shape, generator=torch.Generator().manual_seed(options.seed + 1))
        export(model, image, path=output, weights=options.weights)
        if options.save_data:
            save_data(model, image, stem=output.with_suffix(""))
    except (ExportError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
