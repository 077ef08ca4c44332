"""The exporter. What needs torch and torch-mlir is skipped where they are not installed."""
import importlib.util
import json
import struct
import sys

import pytest

from chameleon import export as exporter
from chameleon.export import ExportError, export, export_onnx, main, parse_shape, split_resources, write_safetensors

needs_torch_mlir = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("torch", "torch_mlir")), reason="torch and torch-mlir are not installed"
)
needs_torchvision = pytest.mark.skipif(not importlib.util.find_spec("torchvision"), reason="torchvision is not installed")


def test_shapes():
    assert parse_shape("1x3x224x224") == (1, 3, 224, 224)
    assert parse_shape("7") == (7,)
    for bad in ("", "1x", "axb", "1x0", "1x-2"):
        with pytest.raises(Exception, match="expected a shape"):
            parse_shape(bad)


@pytest.mark.parametrize("missing", ["torch", "torch_mlir"])
def test_a_missing_package_is_named(monkeypatch, missing):
    if missing == "torch_mlir" and not importlib.util.find_spec("torch"):
        pytest.skip("torch is not installed")
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ExportError, match=f"exporting needs {missing}.* try: pip install"):
        export(None)


def test_command_reports_errors(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["resnet18"]) == 1
    assert capsys.readouterr().err.startswith("error: exporting needs torch")


def test_weights_must_be_known():
    with pytest.raises(ExportError, match="inline, elided, file, found 'small'"):
        export(None, weights="small")


@needs_torch_mlir
def test_exports_a_module(tmp_path):
    import torch

    module = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.ReLU()).eval()
    image = torch.randn(2, 16)
    path = tmp_path / "mlp.mlir"
    text = export(module, image, path=path)
    assert path.read_text() == text
    assert "func.func @main(%arg0: tensor<2x16xf32>) -> tensor<2x8xf32>" in text
    assert "linalg.matmul" in text
    elided = export(module, image, weights="elided", function="forward")
    assert "func.func @forward" in elided
    assert "dialect_resources" in text and "dialect_resources" not in elided


@needs_torch_mlir
def test_buffers_in_lists_are_exported():
    """Swin indexes a table of biases by a buffer; torch-mlir refuses the buffer as an element of a list."""
    import torch

    class Table(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Parameter(torch.rand(5, 3))
            self.register_buffer("rows", torch.tensor([4, 0, 2, 1]))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + self.table[self.rows]

    assert "func.func @main(%arg0: tensor<4x3xf32>) -> tensor<4x3xf32>" in export(Table().eval(), torch.rand(4, 3))


@needs_torch_mlir
def test_a_module_that_cannot_be_exported():
    import torch

    class Branches(torch.nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ExportError, match="cannot export Branches"):
        export(Branches(), torch.randn(3))


@needs_torch_mlir
def test_saves_inputs_and_outputs(tmp_path):
    import numpy
    import torch

    module = torch.nn.Linear(4, 3).eval()
    image = torch.randn(2, 4)
    paths = exporter.save_data(module, image, stem=tmp_path / "linear")
    assert [path.name for path in paths] == ["linear.input0.npy", "linear.output0.npy"]
    assert numpy.array_equal(numpy.load(paths[0]), image.numpy())
    output = numpy.load(paths[1])
    assert output.dtype == numpy.float32 and numpy.allclose(output, module(image).detach().numpy(), atol=1e-5)
    assert module.weight.dtype == torch.float32


@needs_torch_mlir
@needs_torchvision
def test_command_exports_a_torchvision_model(tmp_path, capsys):
    path = tmp_path / "net.mlir"
    arguments = ["squeezenet1_1", "-o", str(path), "--input=1x3x64x64", "--weights=elided", "--save-data"]
    assert main(arguments) == 0
    assert "tensor<1x3x64x64xf32>" in path.read_text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["net.input0.npy", "net.mlir", "net.output0.npy"]
    before = path.read_text()
    assert main(arguments) == 0 and path.read_text() == before
    assert main(["resnet81"]) == 1
    assert "did you mean" in capsys.readouterr().err


@needs_torch_mlir
def test_saves_each_tensor_of_a_dictionary(tmp_path):
    import numpy
    import torch

    class Two(torch.nn.Module):
        def forward(self, x):
            return {"out": x + 1, "aux": (x * 2,)}

    paths = exporter.save_data(Two(), torch.ones(2, 3), stem=tmp_path / "two")
    assert [path.name for path in paths] == ["two.input0.npy", "two.output0.npy", "two.output1.npy"]
    assert {float(numpy.load(path)[0, 0]) for path in paths[1:]} == {2.0}


TEXT = """module {
  %w = arith.constant dense_resource<w_0> : tensor<2x3xi8>
  %s = arith.constant dense_resource<s> : tensor<f32>
}
{-#
  dialect_resources: {
    builtin: {
      w_0: "0x04000000010203040506",
      s: "0x040000000000803F"
    }
  }
#-}
"""


def test_weights_go_to_a_file_under_their_names(tmp_path):
    text, tensors = split_resources(TEXT)
    assert "dense_resource<w_0>" in text and "dialect_resources" not in text
    assert tensors == {"w_0": ("I8", [2, 3], bytes(range(1, 7))), "s": ("F32", [], struct.pack("<f", 1))}
    write_safetensors(tensors, tmp_path / "m.safetensors")
    content = (tmp_path / "m.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    begin, end = header["s"]["data_offsets"]
    assert content[8 + length :][begin:end] == struct.pack("<f", 1)
    with pytest.raises(ExportError, match="cannot hold"):
        split_resources(TEXT.replace("2x3xi8", "2x3xi4"))


def test_text_without_resources_stays():
    assert split_resources("module {}") == ("module {}", {})


@needs_torch_mlir
def test_prefixes_and_sorting_become_linalg():
    import torch

    from chameleon import decompositions

    class Model(torch.nn.Module):
        def forward(self, x):
            return x.cumsum(1), x.cumprod(0), *torch.topk(x, 3), *torch.sort(x, dim=0, descending=True), torch.argsort(x)

    x = torch.randn(5, 37, generator=torch.Generator().manual_seed(0))
    assert "tm_tensor" not in export(Model().eval(), x)
    x[1, 3] = x[4, 3] = float("nan")
    x[2, 4] = x[2, 9]
    for dim in (0, 1, -1):
        finite = x.nan_to_num()
        assert torch.allclose(decompositions.cumsum(finite, dim), finite.cumsum(dim), atol=1e-5)
        assert torch.allclose(decompositions.cumprod(finite, dim), finite.cumprod(dim), atol=1e-5)
        for descending in (False, True):
            values, indices = decompositions.sort(x, dim, descending)
            expected = torch.sort(x, dim=dim, descending=descending, stable=True)
            assert torch.equal(indices, expected.indices)
            assert torch.equal(values.nan_to_num(7e7), expected.values.nan_to_num(7e7))
    assert decompositions.cumsum(torch.tensor([True, True]), 0).dtype == torch.int64
    assert decompositions.sort(torch.zeros(decompositions.SORT_UP_TO + 1)) is NotImplemented


@needs_torch_mlir
def test_onnx(tmp_path):
    onnx = pytest.importorskip("onnx")
    numpy = pytest.importorskip("numpy")
    make, types = onnx.helper, onnx.TensorProto
    graph = make.make_graph(
        [make.make_node("MatMul", ["x", "w"], ["m"]), make.make_node("Relu", ["m"], ["y"])],
        "graph",
        [make.make_tensor_value_info("x", types.FLOAT, [2, 4])],
        [make.make_tensor_value_info("y", types.FLOAT, [2, 3])],
        [onnx.numpy_helper.from_array(numpy.arange(12, dtype=numpy.float32).reshape(4, 3), "w")],
    )
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 17)]), tmp_path / "small.onnx")
    assert main([str(tmp_path / "small.onnx"), "-o", str(tmp_path / "small.mlir"), "--save-data"]) == 0
    text = (tmp_path / "small.mlir").read_text()
    assert "func.func @main(" in text and "linalg.matmul" in text
    x, y = (numpy.load(tmp_path / f"small.{name}.npy") for name in ("input0", "output0"))
    assert numpy.allclose(y, numpy.maximum(x @ numpy.arange(12).reshape(4, 3), 0), atol=1e-5)
    with pytest.raises(ExportError, match="cannot export"):
        export_onnx(tmp_path / "missing.onnx")
