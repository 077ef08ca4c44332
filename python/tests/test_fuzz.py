"""The fuzzer's own arithmetic, its modules, and how it makes findings small."""
import json
import pathlib
import random
import sqlite3
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "test"))

from fuzz import cases, elements, files, graphs, mutations, nodes, operations, runner  # noqa: E402
from fuzz.generator import Generator  # noqa: E402
from fuzz.reducer import reduce_graph  # noqa: E402


@pytest.mark.parametrize("element, reference", [(elements.F16, np.float16), (elements.F32, np.float32)])
def test_rounds_as_numpy(element, reference):
    data = np.random.default_rng(0).standard_normal(4096) * np.ldexp(1.0, np.arange(4096) % 40 - 30)
    assert np.array_equal(elements.round_to(element, data), data.astype(reference).astype(np.float64))


@pytest.mark.parametrize("element", elements.FLOATS + elements.INTEGERS)
def test_what_a_file_holds_is_what_was_written(element):
    values = elements.exact(element, np.array([0, 1, 1.5, -2, 3, -16]))
    assert np.array_equal(elements.from_file(element, elements.to_file(values)), values.data)


def test_f8_numbers():
    assert elements.round_to(elements.F8E4M3FN, np.array([449.0, 1.0625, 2**-10])).tolist()[1:] == [1.0, 0.0]
    assert np.isnan(elements.round_to(elements.F8E4M3FN, np.array([480.0]))[0])
    assert elements.round_to(elements.F8E5M2, np.array([65536.0, 1.125])).tolist() == [np.inf, 1.0]


def test_integers_wrap_and_divide_towards_zero():
    divide = elements.SCALARS["arith.divsi"]
    values = [elements.exact(elements.I8, np.array([-7, 127])), elements.exact(elements.I8, np.array([2, 3]))]
    assert divide.evaluate(values, elements.I8).data.tolist() == [-3, 42]
    assert elements.SCALARS["arith.addi"].evaluate(values, elements.I8).data.tolist() == [-5, -126]


def test_exact_sums_have_no_tolerance_and_others_have_one():
    start = elements.exact(elements.F32, np.zeros(()))
    whole = elements.exact(elements.F32, np.arange(100) / 4)
    assert elements.reduce_values("arith.addf", whole, (0,), start).error == 0
    odd = elements.exact(elements.F32, np.arange(100) / 3)
    total = elements.reduce_values("arith.addf", odd, (0,), start)
    assert 0 < total.error < 1e-2
    assert elements.difference(total, np.float32(total.data)) == ""
    assert "1 of 1 elements of f32 differ" in elements.difference(total, np.float32(total.data + 0.1))


def test_the_same_seed_gives_the_same_modules():
    texts = [[graphs.module_text([g]) for g in (made.graph(), made.graph())] for made in (Generator(7), Generator(7), Generator(8))]
    assert texts[0] == texts[1] != texts[2]


def test_matmul_is_a_matmul():
    builder = graphs.Builder()
    a, b = (elements.exact(elements.F32, np.arange(n * m).reshape(n, m)) for n, m in ((2, 3), (3, 4)))
    node = operations.contraction("linalg.matmul", (2, 4, 3), (elements.F32, elements.F32), elements.F32)
    graph = builder.finish(builder.add(node, builder.argument(a), builder.argument(b)))
    assert np.array_equal(graph.evaluate()[0].data, a.data @ b.data)
    with pytest.raises(nodes.Invalid):
        builder.add(node, 1, 0)


def test_reducing_keeps_what_fails_and_drops_the_rest():
    def fails(graph):
        return any(isinstance(use.node, nodes.Pad) for use in graph.block.without_dead().uses)

    generator = Generator(1)
    graph = next(g for g in iter(generator.graph, None) if fails(g) and len(g.block.uses) > 3)
    small = reduce_graph(graph, fails)
    assert len(small.block.uses) == 1 and fails(small)
    small.block.types()


def test_arguments_of_extremes_and_sorting():
    for operation, expected in (("argmax with values", np.argmax), ("argmin with values", np.argmin)):
        graph = cases.make_case(operation, (elements.F32, elements.F32))
        assert np.array_equal(graph.evaluate()[1].data, expected(graph.data[0].data, axis=1))
    graph = cases.make_case("sort", (elements.I8, elements.I8))
    assert np.array_equal(graph.evaluate()[0].data, np.sort(graph.data[0].data))
    assert cases.make_case("softmax", (elements.I8, elements.I8)) is None


def test_changed_text_differs_and_is_repeatable():
    text = files.MODEL
    changed = [mutations.mutate_text(text, random.Random(seed)) for seed in range(40)]
    assert changed == [mutations.mutate_text(text, random.Random(seed)) for seed in range(40)]
    assert sum(c != text for c in changed) > 30


def test_changed_json_and_databases_can_be_read_mostly(tmp_path):
    source = random.Random(0)
    text = json.dumps({"records": [{"config": [i, 0], "status": "ok"} for i in range(9)]})
    assert mutations.mutate_json(text, source) != text
    connection = sqlite3.connect(tmp_path / "given.db")
    connection.execute("CREATE TABLE trials (configuration TEXT, seconds REAL)")
    connection.execute("INSERT INTO trials VALUES ('[1, 2]', 0.5)")
    connection.commit()
    connection.close()
    given = (tmp_path / "given.db").read_bytes()
    for _ in range(40):
        mutations.mutate_database(tmp_path / "given.db", tmp_path / "changed.db", source)
    assert (tmp_path / "given.db").read_bytes() == given


@pytest.mark.parametrize(
    "status, errors, expected",
    [
        (0, "", ""),
        (1, "x.mlir:1:1: error: no", ""),
        (1, "", "exit 1 without an error"),
        (0, "x.mlir:1:1: error: no", "exit 0 with an error"),
        (-11, " #4 0x00001 mlir::verify(mlir::Operation*, bool)", "crashes: SIGSEGV in mlir::verify"),
        (-11, " #4 0x00001 mlir::transform::IncludeOp::getEffects(int)", ""),
    ],
)
def test_an_error_is_an_answer(status, errors, expected):
    found = files.failure_of(runner.Outcome("tool", status, "", errors))
    assert found.startswith(expected) if expected else not found


def test_shrinking_text_keeps_what_fails():
    text = "\n".join(f"line {i}" for i in range(50))
    assert files.shrink_text(text, lambda t: "line 17" in t) == "line 17"
