import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from services.heart_rate.pulse.neural import NeuralModelError, load
from shared.inference.manifest import ModelChecksumError, sha256_of


def install(folder: Path, *, state_output: str = "next_sum", pulse: str = "pulse") -> Path:
    """A model whose pulse is the sum of all that it has seen: its state is the sum so far."""
    nodes = [
        helper.make_node("ReduceMean", ["frames", "axes"], ["means"], keepdims=0),
        helper.make_node("CumSum", ["means", "first"], ["running"]),
        helper.make_node("Add", ["running", "sum"], [pulse]),
        helper.make_node("ReduceSum", ["means"], ["added"], keepdims=1),
        helper.make_node("Add", ["added", "sum"], [state_output]),
    ]
    graph = helper.make_graph(
        nodes,
        "running sum",
        [
            helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["T", 3]),
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info(pulse, TensorProto.FLOAT, ["T"]),
            helper.make_tensor_value_info(state_output, TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
            helper.make_tensor("first", TensorProto.INT64, [], [0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    path = folder / "running_sum.onnx"
    onnx.save(model, path)
    manifest = {
        "name": "running-sum", "version": "1", "file": path.name, "sha256": sha256_of(path),
        "size_bytes": path.stat().st_size, "licence": "Apache-2.0", "data": "none", "input": "frames",
        "output": "pulse",
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def frames(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(count, 3)).astype(np.float32)


def test_a_pulse_follows_from_frames_and_state(tmp_path: Path) -> None:
    seen = frames(50)
    pulse = load(install(tmp_path)).begin().pulse(seen)
    np.testing.assert_allclose(pulse, seen.mean(axis=1).cumsum(), rtol=1e-5)


def test_chunks_of_one_recording_follow_one_another(tmp_path: Path) -> None:
    method = load(install(tmp_path))
    whole, parted = method.begin(), method.begin()
    seen = frames(50)
    pieces = np.concatenate([parted.pulse(seen[:13]), parted.pulse(seen[13:])])
    np.testing.assert_allclose(pieces, whole.pulse(seen), rtol=1e-5)


def test_a_recording_never_meets_the_state_of_another(tmp_path: Path) -> None:
    method = load(install(tmp_path))
    alone = method.begin().pulse(frames(20, seed=1))
    before, beside = method.begin(), method.begin()
    before.pulse(100 * frames(30, seed=2))
    first = beside.pulse(frames(20, seed=1)[:10])
    before.pulse(100 * frames(30, seed=3))
    second = beside.pulse(frames(20, seed=1)[10:])
    np.testing.assert_allclose(np.concatenate([first, second]), alone, rtol=1e-5)
    np.testing.assert_array_equal(method.begin().pulse(frames(20, seed=1)), alone)


def test_state_without_a_successor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeuralModelError, match="next_sum"):
        load(install(tmp_path, state_output="final_sum"))


def test_a_model_that_names_no_pulse_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeuralModelError, match="input frames and an output pulse"):
        load(install(tmp_path, pulse="blood"))


def test_a_swapped_file_is_refused(tmp_path: Path) -> None:
    folder = install(tmp_path)
    with (folder / "running_sum.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelChecksumError):
        load(folder)
