import math

import pytest
import torch

from services.ct_segmentation.training.imbalance.class_balanced import TypeCounts
from services.ct_segmentation.training.imbalance.feature_reweighting import FeatureReweighting

# Present 3, 5 against absent 0, 4 in channel 0: F = (4 - 2)² / (1 + 4) = 0.8; 1, 3 against 0, 2 in channel 1:
# (2 - 1)² / (1 + 1) = 0.5. Over their mean of 0.65: 16/13 and 10/13.
EMBEDDINGS = torch.tensor([[3.0, 1.0], [5.0, 3.0], [0.0, 0.0], [4.0, 2.0]])
PRESENT = torch.tensor([[1.0], [1.0], [0.0], [0.0]])


def test_the_gate_starts_as_identity() -> None:
    assert torch.equal(FeatureReweighting(2, 1)(EMBEDDINGS), EMBEDDINGS)


def test_the_gate_of_two_channels_worked_out_by_hand() -> None:
    reweighting = FeatureReweighting(2, 1, limit=10.0, prior=0.0)
    reweighting.observe(EMBEDDINGS, PRESENT, torch.ones(4, 1))
    assert reweighting.gate.tolist() == pytest.approx([math.sqrt(16 / 13), math.sqrt(10 / 13)], rel=1e-4)
    assert reweighting(EMBEDDINGS)[1].tolist() == pytest.approx(
        [5 * math.sqrt(16 / 13), 3 * math.sqrt(10 / 13)], rel=1e-4
    )


def test_two_observations_against_a_prior_of_two_move_the_gate_half_the_way() -> None:
    reweighting = FeatureReweighting(2, 1, limit=10.0, prior=2.0)
    reweighting.observe(EMBEDDINGS, PRESENT, torch.ones(4, 1))
    assert reweighting.gate.square().tolist() == pytest.approx([14.5 / 13, 11.5 / 13], rel=1e-4)


def test_the_rarer_type_decides_more() -> None:
    # β = 0.5, in 1 and 3 slices: 1 / E = 1 and 4/7, ρ = 7/11 and 4/11. Type 1 has the channels the other way round.
    reweighting = FeatureReweighting(2, 2, limit=10.0, prior=0.0, beta=0.5)
    reweighting.set_rarity(TypeCounts(torch.tensor([1.0, 3.0]), torch.tensor([3.0, 1.0])))
    both = torch.cat([EMBEDDINGS, EMBEDDINGS.flip(1)])
    targets, labelled = torch.zeros(8, 2), torch.zeros(8, 2)
    targets[:4, :1], targets[4:, 1:] = PRESENT, PRESENT
    labelled[:4, 0], labelled[4:, 1] = 1, 1
    reweighting.observe(both, targets, labelled)
    expected = [(7 * 16 + 4 * 10) / (11 * 13), (7 * 10 + 4 * 16) / (11 * 13)]
    assert reweighting.gate.square().tolist() == pytest.approx(expected, rel=1e-4)


def test_the_gate_stays_within_its_limit() -> None:
    reweighting = FeatureReweighting(2, 1, limit=1.05, prior=0.0)
    reweighting.observe(EMBEDDINGS, PRESENT, torch.ones(4, 1))
    assert reweighting.gate.tolist() == pytest.approx([1.05, 1 / 1.05])


def test_a_type_seen_only_present_or_without_label_leaves_the_gate_alone() -> None:
    reweighting = FeatureReweighting(2, 1, prior=1.0)
    reweighting.observe(EMBEDDINGS, torch.ones(4, 1), torch.ones(4, 1))
    assert reweighting.gate.tolist() == [1.0, 1.0]
    reweighting.observe(EMBEDDINGS, torch.zeros(4, 1), torch.zeros(4, 1))
    assert reweighting.gate.tolist() == [1.0, 1.0]


def test_old_batches_fade_at_the_rate_of_decay() -> None:
    reweighting = FeatureReweighting(2, 1, decay=0.5)
    for _ in range(3):
        reweighting.observe(EMBEDDINGS, PRESENT, torch.ones(4, 1))
    assert reweighting.weight.flatten().tolist() == [3.5, 3.5]  # 2 + 1 + 1/2


def test_the_gate_carries_gradient_to_the_embedding_and_has_nothing_to_learn_itself() -> None:
    reweighting = FeatureReweighting(2, 1, limit=10.0, prior=0.0)
    embeddings = EMBEDDINGS.clone().requires_grad_()
    reweighting.observe(embeddings, PRESENT, torch.ones(4, 1))
    reweighting(embeddings).sum().backward()
    assert list(reweighting.parameters()) == []
    assert embeddings.grad is not None
    assert torch.equal(embeddings.grad, reweighting.gate.expand(4, 2))


def test_a_restored_gate_goes_on_as_if_nothing_had_happened() -> None:
    first, restored = FeatureReweighting(2, 1), FeatureReweighting(2, 1)
    first.observe(EMBEDDINGS, PRESENT, torch.ones(4, 1))
    restored.load_state_dict(first.state_dict())
    for reweighting in (first, restored):
        reweighting.observe(EMBEDDINGS.flip(0), PRESENT, torch.ones(4, 1))
    assert torch.equal(first.gate, restored.gate)
    assert not torch.equal(first.gate, torch.ones(2))
