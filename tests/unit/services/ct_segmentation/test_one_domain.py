"""Hospital DICOM and windowed, turned, lossy pictures of the same head reach the network alike."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from services.ct_segmentation.framing import find_frame
from services.ct_segmentation.geometry import canonical_view
from services.ct_segmentation.metrics import dice
from services.ct_segmentation.network import HaemorrhageNetwork, SlicePredictions
from services.ct_segmentation.network_grid import network_grid
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.windowing import brain_window
from tests.fixtures.dicom_series import DicomOptions, dicom_files
from tests.fixtures.head_phantom import HeadPhantom
from tests.fixtures.phe_sich import write_pictures

HEAD = HeadPhantom(slices=8, lowest_mm=-8.0, subslices=1)


@pytest.fixture(scope="module")
def of_dicom() -> np.ndarray:
    """The head in HU as the network's grid has it, read from a shuffled DICOM series."""
    volume = read_study(dicom_files(HEAD.volume.hu, HEAD.affine, DicomOptions(shuffled=True)), lambda _: None)
    view = canonical_view(volume)
    return network_grid(view.hu.shape, view.spacing_mm).average(view.hu)


@pytest.fixture(scope="module")
def of_pictures(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The same head from eight-bit pictures, nose to the left, compressed with loss as the data set's are."""
    folder = write_pictures(tmp_path_factory.mktemp("pictures"), "0001", brain_window(HEAD.volume.hu))
    return PheSichArchive(folder).read("0001").windowed


@pytest.fixture(scope="module")
def answers(of_dicom: np.ndarray, of_pictures: np.ndarray) -> tuple[SlicePredictions, SlicePredictions]:
    network = HaemorrhageNetwork.load(threads=1)
    return network.predict(of_dicom, lambda _: None), network.predict_windowed(of_pictures, lambda _: None)


def test_the_network_sees_the_same_pixels(of_dicom: np.ndarray, of_pictures: np.ndarray) -> None:
    seen = [brain_window(of_dicom), of_pictures]
    first, second = (find_frame(windowed).crop(windowed[4]).astype(float) for windowed in seen)
    assert find_frame(seen[0]) == find_frame(seen[1])
    # A windowed level is 0.3 HU; what is left is the loss of the compression.
    assert abs(first - second).mean() < 2.0


def test_masks_and_probabilities_agree(answers: tuple[SlicePredictions, SlicePredictions]) -> None:
    of_dicom, of_pictures = answers
    limit = 255 * HaemorrhageNetwork.load(threads=1).thresholds["haematoma"]
    assert (of_dicom.haematoma >= limit).sum() > 1000
    assert dice(of_dicom.haematoma >= limit, of_pictures.haematoma >= limit) > 0.97
    for name, probabilities in of_dicom.types.items():
        np.testing.assert_allclose(probabilities, of_pictures.types[name], atol=0.15)


def test_turning_the_picture_is_what_makes_them_alike(tmp_path: Path, of_dicom: np.ndarray) -> None:
    upright = np.ascontiguousarray(brain_window(HEAD.volume.hu).transpose(0, 2, 1))
    turned = PheSichArchive(write_pictures(tmp_path, "0001", upright)).read("0001").windowed
    assert cv2.norm(turned[4], brain_window(of_dicom)[4]) > 10 * cv2.norm(turned[4].T.copy(), brain_window(of_dicom)[4])
