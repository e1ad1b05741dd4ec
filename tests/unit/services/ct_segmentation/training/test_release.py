from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet, NetworkConfig
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.checkpoint import AveragedWeights, save_checkpoint
from services.ct_segmentation.training.compression import quantize_int8, store_as_halves
from services.ct_segmentation.training.config import TrainingConfig
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.loop import CHECKPOINT
from services.ct_segmentation.training.onnx_graph import ServedNetwork, export_onnx
from services.ct_segmentation.training.release import Release, release
from services.ct_segmentation.training.type_calibration import TypeCalibration
from services.ct_segmentation.training.type_learning import TypeLearning
from shared.inference.session import open_session
from tests.fixtures.framed import draw_framed_slices
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

CALIBRATION = TypeCalibration(scale=(0.5,) * 6, bias=(0.0, 1.0, 2.0, 3.0, 4.0, 5.0))


@pytest.fixture(scope="module")
def served() -> ServedNetwork:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return ServedNetwork(DeepHemorrhageNet(NetworkConfig(layers=1)), CALIBRATION).eval()


@pytest.fixture(scope="module")
def exported(served: ServedNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    export_onnx(served, path)
    return path


def _run(path: Path, slices: np.ndarray) -> list[np.ndarray]:
    return open_session(path, threads=1).run(["masks", "types"], {"slices": slices})


def _slices(count: int) -> np.ndarray:
    return np.random.default_rng(count).random((count, 3, 256, 256), np.float32)


@pytest.mark.parametrize("count", [1, 3])
def test_the_graph_computes_what_torch_computes_for_any_batch(
    served: ServedNetwork, exported: Path, count: int
) -> None:
    slices = _slices(count)
    with torch.inference_mode():
        expected = served(torch.from_numpy(slices))
    for got, wanted in zip(_run(exported, slices), expected, strict=True):
        np.testing.assert_allclose(got, wanted.numpy(), atol=1e-4)


def test_type_probabilities_are_calibrated_logits(served: ServedNetwork) -> None:
    slices = torch.from_numpy(_slices(1))
    with torch.inference_mode():
        logits, (_, types) = served.network(slices).types[0], served(slices)
    expected = 1 / (1 + np.exp(-(0.5 * logits.numpy() + np.arange(6))))
    np.testing.assert_allclose(types[0].numpy(), expected, rtol=1e-5)


def test_halves_take_half_the_room_and_change_next_to_nothing(exported: Path, tmp_path: Path) -> None:
    store_as_halves(exported, tmp_path / "half.onnx")
    assert (tmp_path / "half.onnx").stat().st_size < 0.52 * exported.stat().st_size
    slices = _slices(1)
    for got, wanted in zip(_run(tmp_path / "half.onnx", slices), _run(exported, slices), strict=True):
        np.testing.assert_allclose(got, wanted, atol=5e-3)


def test_eight_bits_take_a_quarter_and_stay_close(exported: Path, tmp_path: Path) -> None:
    images = (_slices(4) * 255).astype(np.uint8)
    quantize_int8(exported, tmp_path / "int8.onnx", images)
    assert (tmp_path / "int8.onnx").stat().st_size < 0.3 * exported.stat().st_size
    kinds = {node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds
    slices = images[:1].astype(np.float32) / np.float32(255)
    for got, wanted in zip(_run(tmp_path / "int8.onnx", slices), _run(exported, slices), strict=True):
        assert np.abs(got - wanted).mean() < 0.05


def test_a_release_ships_one_file_with_thresholds_and_figures_of_both_parts(tmp_path: Path) -> None:
    torch.manual_seed(0)
    data = write_archive(
        tmp_path / "data", {f"000{i}": draw_head(Lesion(slices=(1,)), slices=3, seed=i) for i in (1, 2, 3)}
    )
    for part, patient in (("train", "0001"), ("validation", "0002"), ("test", "0003")):
        (tmp_path / f"{part}.txt").write_text(f"{patient}\n")
    (tmp_path / "run").mkdir()
    network = DeepHemorrhageNet()
    optimiser = torch.optim.AdamW(network.parameters())
    averaged = AveragedWeights(network, 0.99)
    types = TypeLearning(network.type_head, draw_framed_slices(), ImbalanceConfig()).state_dict()
    settings = asdict(TrainingConfig())
    save_checkpoint(tmp_path / "run" / CHECKPOINT, 1, 1.0, settings, network, averaged, optimiser, types)
    result = release(
        Release(tmp_path / "run", data, tmp_path / "cache", tmp_path, tmp_path / "weights", "9.9.9", threads=1)
    )
    shipped = HaemorrhageNetwork.load(tmp_path / "weights", threads=1)
    assert shipped.version == f"9.9.9+{result['shipped']}"
    assert set(shipped.thresholds) == {"haematoma", "oedema", "any", "IPH"}
    assert set(shipped.manifest.figures) == {"validation_dice", "test_fp32", f"test_{result['shipped']}"}
    assert len(list((tmp_path / "weights").glob("*.onnx"))) == 1
