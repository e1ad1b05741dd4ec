import math

import numpy as np
import pytest
import torch

from services.ct_segmentation.training.imbalance.class_balanced import (
    TypeCounts,
    class_balanced_focal_loss,
    class_balanced_weights,
    effective_number,
    focal_terms,
)

ONES = torch.ones(2, 1)


def test_two_samples_at_beta_0_9_are_worth_1_9() -> None:
    # (1 - 0.81) / (1 - 0.9)
    assert effective_number(torch.tensor([1.0, 2.0]), 0.9).tolist() == pytest.approx([1.0, 1.9])


def test_the_effective_number_ends_at_one_over_one_minus_beta() -> None:
    assert effective_number(torch.tensor([1e6]), 0.999).item() == pytest.approx(1000)


def test_counts_ignore_slices_that_do_not_label_a_type() -> None:
    targets = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    labelled = torch.tensor([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    counts = TypeCounts.of(targets, labelled)
    assert counts.positives.tolist() == [2, 0]
    assert counts.negatives.tolist() == [1, 1]


def test_a_type_is_rare_below_its_share_unless_it_never_shows() -> None:
    counts = TypeCounts(torch.tensor([50.0, 19.0, 20.0, 0.0]), torch.tensor([50.0, 81.0, 80.0, 100.0]))
    assert counts.minority(0.2) == [1]


def test_weights_of_one_present_and_three_absent_slices_worked_out_by_hand() -> None:
    # β = 0.5: E_1 = 1, E_3 = 7/4; α ∝ (4/7, 1), scaled by 4 / (3 * 4/7 + 1) = 28/19
    weights = class_balanced_weights(TypeCounts(torch.tensor([1.0]), torch.tensor([3.0])), 0.5)
    assert weights.flatten().tolist() == pytest.approx([16 / 19, 28 / 19])


def test_the_mean_weight_over_all_training_labels_is_one() -> None:
    counts = TypeCounts(torch.tensor([700.0, 40.0, 5.0]), torch.tensor([2800.0, 3460.0, 900.0]))
    weights = class_balanced_weights(counts, 0.999).double()
    total = (weights[0] * counts.negatives + weights[1] * counts.positives).sum()
    assert total.item() == pytest.approx(700 + 40 + 5 + 2800 + 3460 + 900, rel=1e-5)
    assert weights[1, 2] > weights[1, 1] > weights[1, 0] > weights[0, 0]


def test_an_outcome_that_never_occurs_weighs_one_and_leaves_the_others_alone() -> None:
    with_it = class_balanced_weights(TypeCounts(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 3.0])), 0.5)
    # α ∝ 4/7, 4/7, 1 on 3, 3 and 1 slices: scaled by 7 / (24/7 + 1) = 49/31
    assert with_it.tolist() == [pytest.approx([28 / 31, 28 / 31]), pytest.approx([49 / 31, 1.0])]


def test_the_focal_loss_of_an_unsure_and_of_a_wrong_slice_worked_out_by_hand() -> None:
    # p_t = 1/2: (1/2)² ln 2;  p = 3/4 for an absent type, p_t = 1/4: (3/4)² ln 4
    logits, target = torch.tensor([[0.0], [math.log(3)]]), torch.tensor([[1.0], [0.0]])
    terms = focal_terms(logits, target, ONES, 2.0, torch.ones(2, 1))
    assert terms.flatten().tolist() == pytest.approx([0.25 * math.log(2), 0.5625 * math.log(4)])


def test_present_and_absent_types_take_their_own_weight() -> None:
    logits, target = torch.zeros(2, 1), torch.tensor([[0.0], [1.0]])
    terms = focal_terms(logits, target, torch.tensor([[0.5], [4.0]]), 0.0, torch.ones(2, 1))
    assert terms.flatten().tolist() == pytest.approx([0.5 * math.log(2), 4 * math.log(2)])


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_the_loss_agrees_with_the_formula_in_numpy(gamma: float) -> None:
    rng = np.random.default_rng(7)
    logits, target = rng.normal(0, 3, (16, 6)), rng.integers(0, 2, (16, 6))
    labelled, weights = rng.integers(0, 2, (16, 6)), rng.uniform(0.1, 5, (2, 6))
    right = np.where(target == 1, 1 / (1 + np.exp(-logits)), 1 / (1 + np.exp(logits)))
    expected = -np.where(target == 1, weights[1], weights[0]) * (1 - right) ** gamma * np.log(right)
    loss = class_balanced_focal_loss(
        *map(torch.from_numpy, (logits, target, weights)), gamma, torch.from_numpy(labelled)
    )
    assert loss.item() == pytest.approx((expected * labelled).sum() / labelled.sum(), rel=1e-5)


def test_a_type_without_a_label_gives_neither_loss_nor_gradient_whatever_its_target_says() -> None:
    logits = torch.zeros(2, 2, requires_grad=True)
    target = torch.tensor([[1.0, torch.nan], [0.0, torch.nan]])
    loss = class_balanced_focal_loss(logits, target, torch.ones(2, 2), 2.0, torch.tensor([1.0, 0.0]).expand(2, 2))
    loss.backward()
    assert loss.item() == pytest.approx(0.25 * math.log(2))
    assert logits.grad is not None
    assert logits.grad[:, 1].tolist() == [0, 0]
    assert (logits.grad[:, 0] != 0).all()


def test_a_batch_without_any_label_costs_nothing() -> None:
    logits = torch.ones(2, 3, requires_grad=True)
    loss = class_balanced_focal_loss(logits, torch.ones(2, 3), torch.ones(2, 3), 1.0, torch.zeros(2, 3))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert logits.grad.abs().sum() == 0


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
def test_very_sure_logits_keep_finite_gradients_and_wrong_ones_their_cross_entropy(gamma: float) -> None:
    logits = torch.tensor([[-200.0], [200.0], [-200.0], [200.0]], requires_grad=True)
    target = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    terms = focal_terms(logits, target, ONES, gamma, torch.ones(4, 1))
    terms.sum().backward()
    assert terms.flatten().tolist() == pytest.approx([0, 0, 200, 200])
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_half_precision_logits_are_judged_in_full_precision() -> None:
    logits = torch.tensor([[1.5], [-3.25]], dtype=torch.bfloat16)
    terms = focal_terms(logits, torch.ones(2, 1), ONES, 1.0, torch.ones(2, 1))
    assert terms.dtype == torch.float32
    assert torch.equal(terms, focal_terms(logits.float(), torch.ones(2, 1), ONES, 1.0, torch.ones(2, 1)))
