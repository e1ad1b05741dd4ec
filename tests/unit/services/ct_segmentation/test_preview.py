import cv2
import numpy as np
import pytest

from services.ct_segmentation.preview import montage, slice_preview

RED, YELLOW = (226, 48, 48), (240, 200, 64)


def head() -> tuple[np.ndarray, np.ndarray]:
    """A square head whose nose (top) is 60 HU and whose right (image left) has a lesion."""
    hu = np.full((20, 128, 128), -1000, np.int16)
    hu[:, 20:108, 20:108] = 30
    hu[:, 20:30, 60:68] = 60
    labels = np.zeros(hu.shape, np.uint8)
    labels[10, 50:80, 30:60] = 2
    labels[10, 55:75, 35:55] = 1
    return hu, labels


def decoded(png: bytes) -> np.ndarray:
    """(H, W, 3) red, green, blue as int."""
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(int)


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.abs(picture - colour).sum(axis=2) < 90


def test_the_picture_is_nose_up_with_the_patients_right_on_the_left() -> None:
    hu, labels = head()
    picture = decoded(slice_preview(hu, labels, (5, 1, 1), 10))

    assert picture[150, 384, 0] > picture[-150, 384, 0] + 50  # the bright nose
    outline = np.argwhere(near(picture, RED))
    assert outline[:, 1].max() < 384


def test_outlines_lie_on_the_border_of_each_lesion() -> None:
    hu, labels = head()
    picture = decoded(slice_preview(hu, labels, (5, 1, 1), 10))

    for colour, (top, bottom, left, right) in ((RED, (55, 75, 35, 55)), (YELLOW, (50, 80, 30, 60))):
        rows, columns = np.nonzero(near(picture, colour))
        np.testing.assert_allclose(
            [rows.min() / 6, rows.max() / 6, columns.min() / 6, columns.max() / 6],
            [top, bottom, left, right],
            atol=0.7,
        )


def test_a_slice_without_lesion_has_no_colour() -> None:
    hu, labels = head()

    assert np.ptp(decoded(slice_preview(hu, labels, (5, 1, 1), 3)), axis=2).max() == 0


def test_sides_and_the_research_mark_are_written() -> None:
    hu = np.full((20, 128, 128), -1000, np.int16)
    picture = decoded(slice_preview(hu, np.zeros(hu.shape, np.uint8), (5, 1, 1), 0))[:, :, 0] > 200

    assert picture[360:400, :40].any()  # R
    assert picture[360:400, -40:].any()  # L
    assert picture[-30:, :400].any()  # research use


@pytest.mark.parametrize(("row_mm", "column_mm", "height"), [(1.0, 1.0, 768), (2.0, 1.0, 1536), (0.5, 1.0, 384)])
def test_the_picture_has_the_true_aspect_ratio(row_mm: float, column_mm: float, height: int) -> None:
    hu, labels = head()

    assert decoded(slice_preview(hu, labels, (5, row_mm, column_mm), 10)).shape == (height, 768, 3)
    assert decoded(montage(hu, labels, (5, row_mm, column_mm))).shape == (height, 1024, 3)


def test_the_montage_shows_the_slices_with_tissue_alone() -> None:
    hu, labels = head()
    hu[:6] = -1000
    picture = decoded(montage(hu, labels, (5, 1, 1)))

    for row in range(3):
        for column in range(4):
            assert picture[row * 256 + 100, column * 256 + 160, 0] > 50
