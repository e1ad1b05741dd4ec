from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from shared.inference.session import AcceleratorUnavailableError, open_session
from tests.fixtures.brightness_network import write_brightness_network


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brightness_network(tmp_path_factory.mktemp("weights")) / "model.onnx"


def test_a_cpu_session_runs_with_the_threads_it_was_given(model: Path) -> None:
    session = open_session(model, "cpu", threads=1)
    assert session.get_providers() == ["CPUExecutionProvider"]
    assert session.get_session_options().intra_op_num_threads == 1
    masks, types = session.run(None, {"slices": np.zeros((2, 3, 256, 256), np.float32)})
    assert (masks.shape, types.shape) == ((2, 2, 256, 256), (2, 6))


@pytest.mark.skipif("CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="this machine has CUDA")
def test_cuda_is_never_silently_replaced_but_auto_falls_back(model: Path) -> None:
    with pytest.raises(AcceleratorUnavailableError, match="set the accelerator to cpu"):
        open_session(model, "cuda")
    assert open_session(model, "auto").get_providers() == ["CPUExecutionProvider"]
