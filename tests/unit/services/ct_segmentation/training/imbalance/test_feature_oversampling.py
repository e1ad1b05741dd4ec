import pytest
import torch

from services.ct_segmentation.training.imbalance.embedding_bank import LabelledEmbeddings
from services.ct_segmentation.training.imbalance.feature_oversampling import danger_samples, interpolate, oversample

# On a line: three minority samples among themselves, one at the border (4: nearest 5.5 and 2), one inside the
# majority (10: nearest 9.5 and 10.6).
MINORITY = [0.5, 1.0, 2.0, 4.0, 10.0]
MAJORITY = [5.5, 9.5, 10.6]


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _line() -> LabelledEmbeddings:
    values = torch.tensor(MAJORITY + MINORITY)[:, None]
    targets = torch.tensor([0.0] * len(MAJORITY) + [1.0] * len(MINORITY))[:, None]
    return LabelledEmbeddings(values, targets, torch.ones_like(targets))


def _distances(values: torch.Tensor) -> torch.Tensor:
    return (values - values.T).abs()


def test_only_the_sample_at_the_border_is_in_danger_neither_safe_ones_nor_noise() -> None:
    pool = _line()
    danger = danger_samples(_distances(pool.embeddings), pool.targets[:, 0] > 0, 2)
    assert pool.embeddings[danger].flatten().tolist() == [4.0]


def test_a_sample_alone_is_in_no_danger() -> None:
    assert danger_samples(torch.zeros(1, 1), torch.tensor([True]), 5).tolist() == [False]


def test_new_embeddings_lie_between_a_sample_and_its_nearest_neighbour() -> None:
    values = torch.tensor([[0.0], [1.0], [5.0], [6.5]])
    new, i, j = interpolate(values, torch.arange(4), _distances(values), 1, 200, _generator())
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == {(0, 1), (1, 0), (2, 3), (3, 2)}
    share = ((new - values[i]) / (values[j] - values[i])).flatten()
    assert share.min() >= 0
    assert share.max() < 1
    # λ is uniform: its mean over 200 draws lies within four standard errors, 4 / sqrt(12 * 200), of a half.
    assert share.mean().item() == pytest.approx(0.5, abs=0.082)


def test_all_of_the_k_nearest_serve_as_partners_and_no_others() -> None:
    values = torch.tensor([[0.0], [1.0], [3.0], [50.0]])
    _, _, j = interpolate(values, torch.tensor([0]), _distances(values), 2, 50, _generator())
    assert set(j.tolist()) == {1, 2}


def test_borderline_interpolates_from_the_border_alone_and_towards_its_own_type() -> None:
    new = oversample(_line(), 0, 20, neighbours=1, generator=_generator(), danger_neighbours=2)
    assert len(new) == 20
    assert ((new.embeddings > 2.0) & (new.embeddings <= 4.0)).all()


def test_plain_smote_interpolates_from_everywhere() -> None:
    new = oversample(_line(), 0, 50, neighbours=1, generator=_generator())
    assert (new.embeddings < 1.0).any()
    assert (new.embeddings > 4.0).any()


def test_without_a_border_borderline_makes_nothing() -> None:
    values = torch.tensor([0.0, 0.1, 0.2, 90.0, 90.1, 90.2])[:, None]
    targets = torch.tensor([1.0, 1, 1, 0, 0, 0])[:, None]
    pool = LabelledEmbeddings(values, targets, torch.ones_like(targets))
    assert len(oversample(pool, 0, 5, neighbours=2, generator=_generator(), danger_neighbours=2)) == 0
    assert len(oversample(pool, 0, 5, neighbours=2, generator=_generator())) == 5


def test_a_type_shown_once_cannot_be_interpolated() -> None:
    pool = LabelledEmbeddings(torch.randn(3, 2), torch.tensor([[1.0], [0.0], [0.0]]), torch.ones(3, 1))
    assert len(oversample(pool, 0, 5, neighbours=2, generator=_generator())) == 0


def test_a_new_embedding_knows_the_types_that_both_its_ends_agree_on() -> None:
    # Type 0 is oversampled; type 1: present in both; type 2: differs; type 3: unknown in one; type 4: absent in both.
    targets = torch.tensor([[1.0, 1, 1, 0, 0], [1.0, 1, 0, 0, 0]])
    labelled = torch.tensor([[1.0, 1, 1, 1, 1], [1.0, 1, 1, 0, 1]])
    new = oversample(LabelledEmbeddings(torch.randn(2, 3), targets, labelled), 0, 4, 1, _generator())
    assert new.labelled.tolist() == [[1, 1, 0, 0, 1]] * 4
    assert new.targets.tolist() == [[1, 1, 0, 0, 0]] * 4


def test_slices_of_which_the_type_is_unknown_are_neither_ends_nor_neighbours() -> None:
    line = _line()
    # As many unknown slices around the safe samples would put them all in danger, were they counted as majority.
    strangers = torch.tensor([[0.6], [0.9], [1.1], [1.9], [2.1]])
    nothing = torch.zeros(len(strangers), 1)
    pool = LabelledEmbeddings(
        torch.cat([line.embeddings, strangers]),
        torch.cat([line.targets, nothing]),
        torch.cat([line.labelled, nothing]),
    )
    new = oversample(pool, 0, 20, neighbours=1, generator=_generator(), danger_neighbours=2)
    assert torch.equal(new.embeddings, oversample(line, 0, 20, 1, _generator(), 2).embeddings)


def test_the_gradient_reaches_both_ends_in_the_shares_of_the_interpolation() -> None:
    ends = torch.tensor([[0.0], [1.0]], requires_grad=True)
    pool = LabelledEmbeddings(ends, torch.ones(2, 1), torch.ones(2, 1))
    new = oversample(pool, 0, 1, neighbours=1, generator=_generator())
    new.embeddings.sum().backward()
    assert ends.grad is not None
    # On [0, 1] the position is the share of the end at 1.
    assert ends.grad.flatten().tolist() == pytest.approx([1 - new.embeddings.item(), new.embeddings.item()])


def test_one_seed_makes_one_set_of_embeddings() -> None:
    made = [oversample(_line(), 0, 6, 3, _generator(seed)).embeddings for seed in (1, 1, 2)]
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])
