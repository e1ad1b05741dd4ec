import numpy as np
import pytest
import torch

from services.ct_segmentation.training.imbalance.hard_examples import hardest_pixels, hardest_slices


def test_one_positive_and_its_two_hardest_negatives_worked_out_by_hand() -> None:
    # The positive costs 5, the negatives 1, 4, 2, 3 and 0: (5 + 4 + 3) / 3
    losses = torch.tensor([5.0, 1, 4, 2, 3, 0]).view(1, 1, 2, 3)
    positive = torch.tensor([1.0, 0, 0, 0, 0, 0]).view(1, 1, 2, 3)
    assert hardest_pixels(losses, positive, ratio=2, minimum=1).tolist() == [pytest.approx(4.0)]


def test_an_easy_positive_is_kept_all_the_same() -> None:
    losses = torch.tensor([0.0, 1, 2, 3]).view(1, 1, 2, 2)
    positive = torch.tensor([1.0, 0, 0, 0]).view(1, 1, 2, 2)
    assert hardest_pixels(losses, positive, ratio=1, minimum=1).tolist() == [pytest.approx(1.5)]


def test_a_batch_without_a_lesion_still_teaches_with_its_hardest_background() -> None:
    losses = torch.tensor([0.0, 1, 2, 3]).view(1, 1, 2, 2)
    assert hardest_pixels(losses, torch.zeros(1, 1, 2, 2), ratio=3, minimum=2).tolist() == [pytest.approx(2.5)]


def test_more_negatives_than_there_are_means_all_of_them() -> None:
    losses = torch.tensor([2.0, 1, 0, 5]).view(1, 1, 2, 2)
    positive = torch.tensor([1.0, 0, 0, 0]).view(1, 1, 2, 2)
    assert hardest_pixels(losses, positive, ratio=100, minimum=50).tolist() == [pytest.approx(2.0)]


def test_each_mask_is_mined_by_itself_and_over_the_whole_batch() -> None:
    losses = torch.tensor([[[9.0, 1.0], [1.0, 8.0]], [[7.0, 2.0], [0.0, 3.0]]]).view(2, 2, 1, 2)
    positive = torch.zeros(2, 2, 1, 2)
    positive[0, 0, 0, 1] = 1  # mask 0: this one (1) and its hardest negative (9); mask 1: hardest negative alone (8)
    assert hardest_pixels(losses, positive, ratio=1, minimum=1).tolist() == pytest.approx([5.0, 8.0])


def test_only_what_is_kept_carries_a_gradient() -> None:
    losses = torch.tensor([5.0, 1, 4, 2]).view(1, 1, 2, 2).requires_grad_()
    positive = torch.tensor([0.0, 1, 0, 0]).view(1, 1, 2, 2)
    hardest_pixels(losses, positive, ratio=1, minimum=1).sum().backward()
    assert losses.grad is not None
    assert losses.grad.flatten().tolist() == [0.5, 0.5, 0.0, 0.0]


def test_a_mask_that_a_data_set_does_not_label_is_never_mined() -> None:
    losses = torch.tensor([[9.0, 9.0], [1.0, 3.0]]).view(2, 1, 1, 2).requires_grad_()
    positive = torch.tensor([[1.0, 0.0], [1.0, 0.0]]).view(2, 1, 1, 2)
    mean = hardest_pixels(losses, positive, ratio=1, minimum=1, known=torch.tensor([[0.0], [1.0]]))
    mean.sum().backward()
    assert mean.tolist() == [pytest.approx(2.0)]
    assert losses.grad is not None
    assert losses.grad[0].abs().sum() == 0


def test_a_mask_labelled_nowhere_costs_nothing() -> None:
    losses = torch.ones(2, 1, 2, 2, requires_grad=True)
    mean = hardest_pixels(losses, torch.ones(2, 1, 2, 2), ratio=1, minimum=1, known=torch.zeros(2, 1))
    mean.sum().backward()
    assert mean.tolist() == [0.0]
    assert losses.grad is not None
    assert losses.grad.abs().sum() == 0


def test_mining_agrees_with_sorting_in_numpy() -> None:
    rng = np.random.default_rng(3)
    losses, positive = rng.exponential(size=(3, 2, 16, 16)), rng.random((3, 2, 16, 16)) < 0.05
    expected = []
    for mask in range(2):
        inside, outside = losses[:, mask][positive[:, mask]], np.sort(losses[:, mask][~positive[:, mask]])[::-1]
        expected.append(np.concatenate([inside, outside[: max(3 * len(inside), 10)]]).mean())
    found = hardest_pixels(torch.from_numpy(losses), torch.from_numpy(positive), ratio=3, minimum=10)
    assert found.tolist() == pytest.approx(expected, rel=1e-5)


def test_three_quarters_of_four_slices_leave_out_the_easiest() -> None:
    assert hardest_slices(torch.tensor([0.1, 3.0, 1.0, 2.0]), 0.75).tolist() == [1, 3, 2]


def test_at_least_one_slice_stays() -> None:
    assert hardest_slices(torch.tensor([0.1, 3.0, 1.0]), 0.01).tolist() == [1]
