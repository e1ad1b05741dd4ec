import math
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from services.ct_segmentation.training.imbalance.class_balanced import TypeCounts
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.imbalance.embedding_bank import EmbeddingBank
from services.ct_segmentation.training.imbalance.objective import mask_loss, type_loss

PLAIN = ImbalanceConfig().plain()
COUNTS = TypeCounts(torch.tensor([50.0, 5.0]), torch.tensor([50.0, 95.0]))  # type 1 is rare
POSITIVE_WEIGHT = torch.tensor([3.0, 8.0])


class Head:
    """A linear type head of two embedding channels that notes what it is asked."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(2, 2)
        self.asked: list[torch.Tensor] = []

    def __call__(self, embeddings: torch.Tensor) -> torch.Tensor:
        self.asked.append(embeddings)
        logits: torch.Tensor = self.linear(embeddings)
        return logits


def _embeddings() -> tuple[torch.Tensor, torch.Tensor]:
    """Six slices, three of the rare type 1, and their types."""
    targets = torch.tensor([[1.0, 1], [1, 1], [1, 1], [1, 0], [0, 0], [0, 0]])
    return torch.randn(6, 2, generator=torch.Generator().manual_seed(1)), targets


def _type_loss(
    config: ImbalanceConfig,
    head: Head | None = None,
    bank: EmbeddingBank | None = None,
    labelled: torch.Tensor | None = None,
    embeddings: torch.Tensor | None = None,
) -> torch.Tensor:
    head = head or Head()
    z, targets = _embeddings()
    z = z if embeddings is None else embeddings
    bank = bank if bank is not None else EmbeddingBank(2, COUNTS.positives, 4)
    labelled = torch.ones(2) if labelled is None else labelled
    generator = torch.Generator().manual_seed(2)
    return type_loss(z, head.linear(z), targets, labelled, head, bank, COUNTS, config, generator)


def test_with_every_part_off_the_types_cost_their_mean_cross_entropy() -> None:
    head = Head()
    z, targets = _embeddings()
    expected = binary_cross_entropy_with_logits(head.linear(z), targets)
    assert _type_loss(PLAIN, head).item() == pytest.approx(expected.item(), rel=1e-6)
    assert head.asked == []


def test_the_focal_loss_of_unsure_slices_worked_out_by_hand() -> None:
    # β = 0 leaves weights of 1; p_t = 1/2 everywhere, γ = 1: (1/2) ln 2
    head = Head()
    torch.nn.init.zeros_(head.linear.weight)
    torch.nn.init.zeros_(head.linear.bias)
    config = replace(PLAIN, class_balanced_focal=True, beta=0.0, gamma=1.0)
    assert _type_loss(config, head).item() == pytest.approx(0.5 * math.log(2))


def test_slice_mining_takes_the_mean_over_the_hardest_half() -> None:
    head = Head()
    z, targets = _embeddings()
    by_slice = binary_cross_entropy_with_logits(head.linear(z), targets, reduction="none").mean(1)
    expected = by_slice.sort(descending=True).values[:3].mean()
    mined = _type_loss(replace(PLAIN, hard_slices=True, slice_share=0.5), head)
    assert mined.item() == pytest.approx(expected.item(), rel=1e-6)


def test_oversampling_adds_new_slices_of_the_rare_type_to_the_mean() -> None:
    head = Head()
    z, targets = _embeddings()
    loss = _type_loss(replace(PLAIN, feature_oversampling=True, synthetic_per_type=3), head)
    (new,) = head.asked
    assert new.shape == (3, 2)
    # The three slices of type 1 also share type 0: both are known of what lies between them.
    real = binary_cross_entropy_with_logits(head.linear(z), targets, reduction="sum")
    made = binary_cross_entropy_with_logits(head.linear(new), torch.ones(3, 2), reduction="sum")
    assert loss.item() == pytest.approx(((real + made) / (12 + 6)).item(), rel=1e-6)


def test_borderline_makes_nothing_of_a_type_that_lies_far_from_the_others() -> None:
    _, targets = _embeddings()
    config = replace(PLAIN, feature_oversampling=True, danger_neighbours=2)
    asked = []
    for borderline in (False, True):
        head = Head()
        _type_loss(replace(config, borderline=borderline), head, embeddings=torch.randn(6, 2) + 100 * targets[:, 1:])
        asked.append(len(head.asked))
    assert asked == [1, 0]


def test_the_rare_type_is_interpolated_from_memory_when_the_batch_lacks_it() -> None:
    config = replace(PLAIN, feature_oversampling=True)
    bank = EmbeddingBank(2, COUNTS.positives, 4)
    _type_loss(config, Head(), bank)
    head = Head()
    _type_loss(config, head, bank, labelled=torch.tensor([1.0, 0.0]))
    assert len(head.asked) == 1


def test_the_batch_enters_the_bank_after_it_was_used_and_only_when_oversampling() -> None:
    bank = EmbeddingBank(2, COUNTS.positives, 4)
    _type_loss(PLAIN, bank=bank)
    assert bank.written.sum() == 0
    _type_loss(replace(PLAIN, feature_oversampling=True), bank=bank)
    assert bank.written.tolist() == [1, 3, 2]


def test_the_bank_s_state_and_the_generator_s_seed_decide_the_loss() -> None:
    first, resumed = EmbeddingBank(2, COUNTS.positives, 4), EmbeddingBank(2, COUNTS.positives, 4)
    _type_loss(ImbalanceConfig(), bank=first)
    resumed.load_state_dict(first.state_dict())
    losses = [_type_loss(ImbalanceConfig(borderline=False), bank=bank).item() for bank in (first, resumed)]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("config", [PLAIN, ImbalanceConfig(), ImbalanceConfig(borderline=False)])
def test_a_type_without_a_label_teaches_its_head_nothing(config: ImbalanceConfig) -> None:
    head = Head()
    _type_loss(config, head, labelled=torch.tensor([1.0, 0.0])).backward()
    assert head.linear.weight.grad is not None
    assert head.linear.weight.grad[1].abs().sum() == 0
    assert head.linear.weight.grad[0].abs().sum() > 0


def test_a_batch_without_any_label_costs_nothing() -> None:
    loss = _type_loss(ImbalanceConfig(), labelled=torch.zeros(2))
    loss.backward()
    assert loss.item() == 0


def test_under_autocast_everything_is_computed_in_full_precision() -> None:
    config = ImbalanceConfig(borderline=False)
    head = Head()
    z, targets = _embeddings()
    logits = head.linear(z)
    losses = []
    for enabled in (False, True):
        bank, generator = EmbeddingBank(2, COUNTS.positives, 4), torch.Generator().manual_seed(2)
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            losses.append(type_loss(z, logits, targets, torch.ones(2), head, bank, COUNTS, config, generator))
    assert losses[0].item() == losses[1].item()
    assert head.asked[1].dtype == torch.float32


def _masks() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    target = (torch.rand(2, 2, 8, 8, generator=generator) < 0.1).float()
    return torch.randn(2, 2, 8, 8, generator=generator), target


def test_without_mining_every_pixel_counts_and_lesions_by_their_weight() -> None:
    logits, target = _masks()
    loss = mask_loss(logits, target, POSITIVE_WEIGHT, PLAIN)
    weight = POSITIVE_WEIGHT.view(1, 2, 1, 1)
    expected = binary_cross_entropy_with_logits(logits, target, pos_weight=weight)
    assert loss.cross_entropy.mean().item() == pytest.approx(expected.item(), rel=1e-6)


def test_with_mining_two_pixels_worked_out_by_hand() -> None:
    # One lesion pixel at p = 1/2 (ln 2); the background at p = 3/4 (ln 4) is mined, that at p = 1/4 is left.
    logits = torch.tensor([0.0, math.log(3), -math.log(3), -math.log(3)]).view(1, 1, 2, 2)
    target = torch.tensor([1.0, 0, 0, 0]).view(1, 1, 2, 2)
    config = replace(PLAIN, hard_pixels=True, negative_ratio=1, minimum_negatives=1, mined_weight=0.2)
    loss = mask_loss(logits, target, torch.ones(1), config)
    assert loss.cross_entropy.item() == pytest.approx(0.2 * (math.log(2) + math.log(4)) / 2)


def test_the_soft_edge_of_a_lesion_is_no_background_to_mine() -> None:
    logits = torch.tensor([0.0, 0.0, -9.0, -9.0]).view(1, 1, 2, 2)
    target = torch.tensor([1.0, 0.25, 0, 0]).view(1, 1, 2, 2)
    config = replace(PLAIN, hard_pixels=True, negative_ratio=1, minimum_negatives=1, mined_weight=1.0)
    # Lesion and edge ln 2 each, and both background pixels, ln(1 + e^-9).
    expected = (2 * math.log(2) + 2 * math.log1p(math.exp(-9))) / 4
    assert mask_loss(logits, target, torch.ones(1), config).cross_entropy.item() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("config", [PLAIN, ImbalanceConfig()])
def test_a_mask_that_a_data_set_does_not_label_teaches_nothing(config: ImbalanceConfig) -> None:
    logits, target = _masks()
    logits.requires_grad_()
    known = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    loss = mask_loss(logits, target, POSITIVE_WEIGHT, config, known)
    (loss.dice.sum() + loss.cross_entropy.sum()).backward()
    assert logits.grad is not None
    assert logits.grad[0, 1].abs().sum() == 0
    assert logits.grad[1, 1].abs().sum() > 0
    # The mask known in one slice costs what that slice alone costs.
    alone = mask_loss(logits[1:], target[1:], POSITIVE_WEIGHT, config)
    assert loss.dice[1].item() == pytest.approx(alone.dice[1].item())
    assert loss.cross_entropy[1].item() == pytest.approx(alone.cross_entropy[1].item())


def test_a_rare_type_is_told_apart_better_with_the_module_than_without() -> None:
    # Two overlapping clouds, the rare one in 4 % of the slices; the head alone learns, from the same batches.
    generator = torch.Generator().manual_seed(11)
    targets = (torch.rand(960, 1, generator=generator) < 0.04).float()
    z = torch.randn(960, 2, generator=generator) + 1.5 * targets
    counts = TypeCounts.of(targets, torch.ones(1))
    balanced_accuracy = []
    for config in (PLAIN, ImbalanceConfig()):
        torch.manual_seed(0)
        head, bank = torch.nn.Linear(2, 1), EmbeddingBank(2, counts.positives, 16)
        optimiser = torch.optim.SGD(head.parameters(), lr=0.2)
        for step in range(120):
            chosen = slice(8 * step, 8 * step + 8)
            loss = type_loss(
                z[chosen], head(z[chosen]), targets[chosen], torch.ones(1), head, bank, counts, config, generator
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        found = head(z) > 0
        balanced_accuracy.append((found[targets > 0].float().mean() + (~found)[targets == 0].float().mean()).item() / 2)
    # The clouds lie 2.1 standard deviations apart: the best possible is Φ(2.1 / 2) = 0.86.
    assert balanced_accuracy[0] < 0.6
    assert balanced_accuracy[1] > 0.8
