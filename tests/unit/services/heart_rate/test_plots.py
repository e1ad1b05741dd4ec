from pathlib import Path
from xml.etree import ElementTree

import pytest

from services.heart_rate.plots import PLOTS, draw_plots
from services.heart_rate.result import HeartRateEstimate, nothing
from shared.contracts.heart_rate import PulseWave, Reason, Spectrum, Trend

SVG = "{http://www.w3.org/2000/svg}"


def an_estimate() -> HeartRateEstimate:
    return nothing(Reason.MOTION).model_copy(
        update={
            "bpm": 72.4, "confidence": 0.97, "reason": None, "bpm_low": 71.0, "bpm_high": 73.5,
            "trend": Trend(times_s=(5.0, 6.0, 7.0), bpm=(72.0, None, 73.0), low=(71.0, None, 72.0),
                           high=(73.0, None, 74.0), confidence=(0.9, 0.2, 0.9)),
            "pulse": PulseWave(start_s=0.0, rate_hz=30.0, values=tuple(float(i % 25) for i in range(900))),
            "spectrum": Spectrum(bpm=(60.0, 72.0, 84.0), power=(0.1, 0.8, 0.1)),
        }
    )  # fmt: skip


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_a_png_or_an_svg_and_equal_estimates_give_equal_files(name: str) -> None:
    said = an_estimate()
    assert PLOTS[name](said, "png").startswith(b"\x89PNG")
    root = ElementTree.fromstring(PLOTS[name](said, "svg"))
    assert root.tag == f"{SVG}svg"
    assert PLOTS[name](said, "svg") == PLOTS[name](said, "svg")


@pytest.mark.parametrize("name", PLOTS)
def test_a_withheld_rate_appears_in_no_plot(name: str) -> None:
    withheld = an_estimate().model_copy(update={"bpm": None, "reason": Reason.MOTION, "candidate_bpm": 72.4})
    assert b"72.4 bpm" in PLOTS[name](an_estimate(), "svg")
    assert b"72.4 bpm" not in PLOTS[name](withheld, "svg")
    empty = PLOTS[name](nothing(Reason.NO_FACE), "svg")
    assert empty != PLOTS[name](withheld, "svg")


def test_all_of_them_are_written_into_a_folder(tmp_path: Path) -> None:
    paths = list(draw_plots(an_estimate(), tmp_path / "plots", "svg"))
    assert [path.name for path in paths] == ["pulse.svg", "spectrum.svg", "trend.svg"]
    assert all(path.is_file() for path in paths)
