import numpy as np
import pytest

from services.ct_segmentation.training.imbalance.rare_class_sampler import RareClassSampler, repeat_factors


def _present() -> np.ndarray:
    """16 slices: type 0 in four (share 1/4), type 1 in one of those four (share 1/16), type 2 in none."""
    present = np.zeros((16, 3), np.bool_)
    present[:4, 0] = True
    present[3, 1] = True
    return present


def test_a_slice_repeats_as_its_rarest_type_asks_worked_out_by_hand() -> None:
    # t = 1: r(0) = sqrt(4) = 2, r(1) = sqrt(16) = 4, slices without a type 1
    assert repeat_factors(_present(), 1.0).tolist() == [2, 2, 2, 4] + [1] * 12


def test_types_more_frequent_than_the_threshold_do_not_repeat() -> None:
    # t = 1/4: r(0) = 1, r(1) = sqrt((1/4) / (1/16)) = 2
    assert repeat_factors(_present(), 0.25).tolist() == [1, 1, 1, 2] + [1] * 12


def test_a_type_is_as_frequent_as_among_the_slices_that_label_it() -> None:
    labelled = np.ones((16, 3), np.bool_)
    labelled[4:, 1] = False  # type 1 now shows in one of four
    assert repeat_factors(_present(), 0.25, labelled).tolist() == [1] * 16


def test_a_claim_where_nothing_is_labelled_counts_for_nothing() -> None:
    labelled = np.ones((16, 3), np.bool_)
    labelled[3, 1] = False
    assert repeat_factors(_present(), 1.0, labelled).tolist() == [2, 2, 2, 2] + [1] * 12


def test_probabilities_are_the_factors_over_their_sum() -> None:
    assert RareClassSampler(_present(), 1.0).probabilities[3] == pytest.approx(4 / 22)


def test_slices_are_drawn_as_often_as_their_probability_says() -> None:
    sampler = RareClassSampler(_present(), 1.0)
    drawn = np.bincount(sampler.draw(np.random.default_rng(0), 22_000), minlength=16)
    expected = 22_000 * sampler.probabilities
    assert (np.abs(drawn - expected) < 4 * np.sqrt(expected)).all()  # four standard deviations of a Poisson count


def test_the_same_seed_and_step_draw_the_same_batch_whenever_asked() -> None:
    sampler = RareClassSampler(_present(), 1.0)
    batches = [sampler.draw(np.random.default_rng((5, step)), 8).tolist() for step in (0, 1, 0)]
    assert batches[0] == batches[2]
    assert batches[0] != batches[1]


def test_a_draw_never_leaves_the_slices() -> None:
    class Highest(np.random.Generator):
        def random(self, size: int) -> np.ndarray:
            return np.full(size, np.nextafter(1.0, 0.0))

    sampler = RareClassSampler(np.ones((7, 1), np.bool_), 0.1)
    assert sampler.draw(Highest(np.random.PCG64(0)), 2).tolist() == [6, 6]
