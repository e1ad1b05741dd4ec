import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt
from sklearn.decomposition import FastICA

from services.heart_rate.pulse.ica import independent_sources
from services.heart_rate.pulse.methods import FUSED, METHODS, UnknownMethodError, method
from services.heart_rate.signals.spectrum import peak_bpm, power_spectrum

RATE = 30.0


def skin(seed: int = 0, bpm: float = 84.0, count: int = 300) -> np.ndarray:
    """One region (3, N): a pulse of a colour of its own, a moving shade, and noise."""
    chance = np.random.default_rng(seed)
    times = np.arange(count) / RATE
    pulse = np.sin(2 * np.pi * bpm / 60 * times)
    shade = 0.02 * np.cumsum(chance.standard_normal(count)) / np.sqrt(count)
    relative = 1 + shade + 0.006 * np.array([[0.4], [1.0], [0.6]]) * pulse + 0.001 * chance.standard_normal((3, count))
    return np.array([[180.0], [130.0], [100.0]]) * relative


def pos_by_the_paper(rgb: np.ndarray) -> np.ndarray:
    """Algorithm 1 of Wang et al. 2017, a loop over intervals, divided by how many cover a sample."""
    count, length = rgb.shape[1], int(np.ceil(1.6 * RATE))
    pulse, covered = np.zeros(count), np.zeros(count)
    for start in range(count - length + 1):
        colour = rgb[:, start : start + length]
        colour = colour / colour.mean(axis=1, keepdims=True)
        first, second = np.array([[0, 1, -1], [-2, 1, 1]]) @ colour
        interval = first + first.std() / second.std() * second
        pulse[start : start + length] += interval - interval.mean()
        covered[start : start + length] += 1
    return pulse / covered


def test_pos_by_moving_sums_is_the_papers_loop() -> None:
    np.testing.assert_allclose(METHODS["pos"](skin(), RATE), pos_by_the_paper(skin()), atol=1e-12)


def test_chrom_is_the_papers_overlap_add_where_intervals_overlap() -> None:
    rgb = skin()
    red, green, blue = rgb / rgb.mean(axis=1, keepdims=True) - 1
    band = butter(3, [40 / 60 / 15, 4 / 15], "bandpass", output="sos")
    x = sosfiltfilt(band, 3 * red - 2 * green, padlen=60)
    y = sosfiltfilt(band, 1.5 * red + green - 1.5 * blue, padlen=60)
    expected = np.zeros(300)
    hann = np.sin(np.pi * (np.arange(48) + 0.5) / 48) ** 2
    for start in range(0, 300 - 48 + 1, 24):
        at = slice(start, start + 48)
        expected[at] -= hann * (x[at] - x[at].std() / y[at].std() * y[at])
    covered = slice(24, 264)
    np.testing.assert_allclose(METHODS["chrom"](rgb, RATE)[covered], expected[covered], atol=1e-4)


def test_lgi_projects_out_the_first_singular_vector() -> None:
    rgb = skin()
    first = np.linalg.svd(rgb)[0][:, :1]
    np.testing.assert_allclose(METHODS["lgi"](rgb, RATE), ((np.eye(3) - first @ first.T) @ rgb)[1], atol=1e-9)


def test_omit_projects_out_the_first_column_of_q() -> None:
    rgb = skin()
    first = np.linalg.qr(rgb)[0][:, :1]
    np.testing.assert_allclose(METHODS["omit"](rgb, RATE), ((np.eye(3) - first @ first.T) @ rgb)[1], atol=1e-9)


def test_pbv_passes_the_signature_and_stops_what_is_stronger() -> None:
    times = np.arange(600) / RATE
    pulse = 0.004 * np.sin(2 * np.pi * 1.2 * times)
    swaying = 0.012 * np.sin(2 * np.pi * 2.1 * times)
    relative = 1 + np.array([[0.33], [0.77], [0.53]]) * pulse + np.array([[1.0], [0.9], [0.8]]) * swaying
    found = METHODS["pbv"](relative * 120, RATE)[100:-100]
    ours = np.corrcoef(found, pulse[100:-100])[0, 1]
    assert ours > 0.7
    assert abs(np.corrcoef(METHODS["green"](relative * 120, RATE)[100:-100], pulse[100:-100])[0, 1]) < 0.5


def test_ica_finds_what_scikit_learns_fastica_finds() -> None:
    chance = np.random.default_rng(3)
    times = np.arange(600) / RATE
    sources = np.stack([np.sign(np.sin(3 * times)), np.sin(7.3 * times), chance.laplace(size=600)])
    mixed = np.array([[1.0, 0.5, 0.3], [0.4, 1.0, 0.6], [0.2, 0.7, 1.0]]) @ sources
    ours = independent_sources(mixed)
    theirs = FastICA(3, whiten="unit-variance", fun="logcosh", max_iter=500, random_state=0).fit_transform(mixed.T).T
    likeness = np.abs(np.corrcoef(ours, theirs)[:3, 3:])
    # The same three, in any order and with any sign.
    assert (likeness.max(axis=0) > 0.99).all()
    np.testing.assert_allclose(ours.std(axis=1), 1.0, atol=1e-6)


def test_ica_keeps_its_calm_where_channels_are_copies() -> None:
    grey = np.repeat(100 + np.random.default_rng(0).standard_normal((1, 300)), 3, axis=0)
    assert np.isfinite(METHODS["ica"](grey, RATE)).all()


@pytest.mark.parametrize("name", METHODS)
class TestEveryMethod:
    def test_finds_the_rate_of_moving_skin(self, name: str) -> None:
        bpm, power = power_spectrum(METHODS[name](skin(), RATE), RATE)
        near = np.abs(bpm - 84) < 30  # GREEN and ICA see the shade too, which is slow
        assert peak_bpm(bpm[near], power[near]) == pytest.approx(84, abs=1.0)

    def test_gives_each_region_what_it_gives_it_alone(self, name: str) -> None:
        faces = np.stack([[skin(0), skin(1)], [skin(2), skin(3)]])
        together = METHODS[name](faces, RATE)
        for index in np.ndindex(2, 2):
            np.testing.assert_allclose(together[index], METHODS[name](faces[index], RATE), rtol=1e-6, atol=1e-9)

    def test_does_not_care_for_the_exposure(self, name: str) -> None:
        once, twice = METHODS[name](skin(), RATE), METHODS[name](2 * skin(), RATE)
        assert np.corrcoef(once, twice)[0, 1] > 1 - 1e-9

    def test_says_nothing_of_skin_that_does_not_change(self, name: str) -> None:
        still = np.broadcast_to(np.array([[180.0], [130.0], [100.0]]), (3, 300))
        assert np.abs(METHODS[name](still, RATE)).max() < 1e-9

    def test_survives_black(self, name: str) -> None:
        assert np.abs(METHODS[name](np.zeros((2, 3, 300)), RATE)).max() < 1e-9

    def test_rises_with_green(self, name: str) -> None:
        rgb = skin()
        pulse = np.sin(2 * np.pi * 84.0 / 60 * np.arange(300) / RATE)
        assert METHODS[name](rgb, RATE) @ pulse > 0


def test_omit_is_left_out_of_the_fusion_since_it_repeats_lgi() -> None:
    assert np.corrcoef(METHODS["lgi"](skin(), RATE), METHODS["omit"](skin(), RATE))[0, 1] > 0.99
    assert set(FUSED) == set(METHODS) - {"omit"}


def test_an_unknown_method_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownMethodError, match=r"'magic'.*pos"):
        method("magic")
