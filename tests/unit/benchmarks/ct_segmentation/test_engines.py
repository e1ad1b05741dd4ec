from pathlib import Path

import numpy as np
import pytest

from benchmarks.ct_segmentation.engines import GraphMismatchError, onnx_engine, served_batches, three_engines
from services.ct_segmentation.network import HaemorrhageNetwork
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.phe_sich import Lesion, draw_head


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brightness_network(tmp_path_factory.mktemp("weights"))


def test_the_batches_are_those_that_serving_feeds_its_graph(weights: Path) -> None:
    windowed = draw_head(Lesion(slices=(3, 4)), slices=6).windowed
    batches = served_batches(weights, windowed, threads=1)
    network = HaemorrhageNetwork.load(weights, threads=1)
    engine = onnx_engine("brightness", weights / network.manifest.file, threads=1)
    scores = [np.asarray(engine.run(batch)[1])[:, 0] for batch in batches]
    # Mirrored or not, the brightness of a slice is the same: every score that serving gives is among them.
    served = network.predict_windowed(windowed, lambda _: None).types["any"]
    assert sum(map(len, batches)) % 6 == 0
    assert np.allclose(np.sort(np.unique(np.round(np.concatenate(scores), 4))), np.unique(np.round(served, 4)))


def test_graphs_of_different_input_are_not_compared(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks.ct_segmentation import engines
    from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet

    monkeypatch.setattr(engines, "trained_network", lambda _: DeepHemorrhageNet())
    with pytest.raises(GraphMismatchError, match="of one release"):
        three_engines(weights, tmp_path, np.zeros((4, 5, 256, 256), np.float32), 1, tmp_path)
