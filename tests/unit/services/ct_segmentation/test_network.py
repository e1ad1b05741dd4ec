from dataclasses import replace

import numpy as np
import pytest

from services.ct_segmentation.framing import Frame
from services.ct_segmentation.metrics import dice
from services.ct_segmentation.network import HaemorrhageNetwork
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.head_phantom import HeadPhantom
from tests.fixtures.phe_sich import Lesion, draw_head


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> HaemorrhageNetwork:
    return HaemorrhageNetwork.load(write_brightness_network(tmp_path_factory.mktemp("weights")), threads=1)


def test_a_clot_is_found_where_it_lies_on_the_native_grid(network: HaemorrhageNetwork) -> None:
    head = draw_head(Lesion(row=230, column=330, slices=(3, 4)))
    predictions = network.predict(head.hu, lambda _: None)
    assert predictions.haematoma.shape == head.hu.shape
    assert dice(predictions.haematoma[3:5] > 127, head.haematoma[3:5]) > 0.95


def test_a_part_of_a_head_keeps_its_scale_where_the_whole_heads_frame_is_given(network: HaemorrhageNetwork) -> None:
    framed = np.zeros((4, 256, 256), np.uint8)
    framed[:, 100:160, 90:150] = 100  # the vertex of a framed head
    framed[1, 120:130, 110:120] = 200
    whole = network.predict_windowed(framed, lambda _: None, Frame(0, 0, 256, (256, 256)))
    assert np.array_equal(whole.haematoma[1] > 127, framed[1] == 200)
    enlarged = network.predict_windowed(framed, lambda _: None)
    assert enlarged.types["any"][1] > whole.types["any"][1]  # the same spot fills more of the frame


def test_only_trained_types_are_reported_and_they_rank_slices(network: HaemorrhageNetwork) -> None:
    predictions = network.predict(draw_head(Lesion(slices=(3, 4))).hu, lambda _: None)
    assert set(predictions.types) == {"any", "IPH"}
    assert predictions.types["any"].shape == (8,)
    assert set(np.argsort(predictions.types["any"])[-2:]) == {3, 4}


def test_16_bit_integers_and_floats_are_read_alike(network: HaemorrhageNetwork) -> None:
    hu = np.rint(draw_head(Lesion()).hu)
    of_floats, of_integers = (network.predict(hu.astype(kind), lambda _: None) for kind in (np.float32, np.int16))
    assert np.array_equal(of_floats.haematoma, of_integers.haematoma)


def test_progress_rises_to_one_and_may_end_the_run(network: HaemorrhageNetwork) -> None:
    seen: list[float] = []
    network.predict(draw_head(slices=9).hu, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def deadline(_: float) -> None:
        raise TimeoutError("too late")

    with pytest.raises(TimeoutError, match="too late"):
        network.predict(draw_head().hu, deadline)


def test_the_shipped_folder_declares_what_it_was_trained_for(network: HaemorrhageNetwork) -> None:
    assert (network.name, network.version) == ("brightness", "0.0.0")
    assert set(network.thresholds) == {"haematoma", "oedema", "any", "IPH"}


def test_the_shipped_model_opens_and_its_checksum_fits() -> None:
    shipped = HaemorrhageNetwork.load(threads=1)
    assert shipped.name == "deep_hemorrhage_net"
    assert shipped.manifest.types == ("any", "IPH", "IVH", "SAH", "SDH", "EDH")


def test_the_shipped_model_finds_the_bleed_of_a_phantom_and_none_in_a_phantom_without() -> None:
    shipped = HaemorrhageNetwork.load(threads=1)
    limit = shipped.thresholds["haematoma"] * 255
    scan = HeadPhantom(slices=8, lowest_mm=-8.0, subslices=1)
    bled, clear = scan.volume, replace(scan, bleed=None).volume
    predictions = shipped.predict(bled.hu, lambda _: None)
    assert dice(predictions.haematoma >= limit, bled.labels == 1) > 0.85
    assert predictions.types["any"].max() > 0.9
    without = shipped.predict(clear.hu, lambda _: None)
    assert (without.haematoma >= limit).sum() < 200
    assert without.types["any"].mean() < predictions.types["any"].mean() - 0.4
