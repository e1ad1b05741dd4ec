import math

import pytest
import torch

from services.ct_segmentation.model.deep_hemorrhage_net import NetworkOutput
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.losses import LossConfig, lesion_loss
from services.ct_segmentation.training.sampling import Batch
from services.ct_segmentation.training.type_learning import TypeLearning, with_gate_folded
from tests.fixtures.framed import draw_framed_slices

PLAIN = ImbalanceConfig().plain()


def _learning(config: ImbalanceConfig = PLAIN) -> TypeLearning:
    torch.manual_seed(0)
    return TypeLearning(torch.nn.Linear(4, 6), draw_framed_slices(), config)


def _parts(
    masks: torch.Tensor, outlined: torch.Tensor, known: torch.Tensor, logit: float = -4.0
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    count = len(masks)
    embedding = torch.rand(count, 4, generator=torch.Generator().manual_seed(1), requires_grad=True)
    output = NetworkOutput(torch.full(masks.shape, logit), torch.zeros(count, 6), embedding)
    slices, type_masks = torch.zeros(count, 3, *masks.shape[2:]), torch.zeros(count, 5, *masks.shape[2:])
    batch = Batch(slices, masks, outlined, type_masks, known[:, 1:], torch.ones(count, 6), known)
    return lesion_loss(output, batch, _learning(), LossConfig(), PLAIN, torch.Generator()), embedding


def test_types_without_a_label_give_no_loss_and_no_gradient() -> None:
    masks, outlined = torch.zeros(2, 2, 4, 4), torch.ones(2, 2)
    parts, embedding = _parts(masks, outlined, torch.tensor([[1.0] * 6, [0.0] * 6]))
    parts["types"].backward()
    assert embedding.grad is not None
    assert embedding.grad[0].abs().sum() > 0
    assert embedding.grad[1].abs().sum() == 0


def test_missing_oedema_costs_more_than_missing_haematoma() -> None:
    costs = []
    for channel in (0, 1):
        masks = torch.zeros(1, 2, 8, 8)
        masks[0, channel, 2:4, 2:4] = 1
        parts, _ = _parts(masks, torch.ones(1, 2), torch.ones(1, 6))
        costs.append(parts[f"cross_entropy_{('haematoma', 'oedema')[channel]}"])
    assert costs[1] > 2 * costs[0]


def test_a_mask_that_was_not_outlined_teaches_nothing() -> None:
    parts, _ = _parts(torch.zeros(1, 2, 8, 8), torch.tensor([[1.0, 0.0]]), torch.ones(1, 6), logit=4.0)
    assert parts["cross_entropy_haematoma"] > 1
    assert parts["cross_entropy_oedema"] == 0


def test_folding_the_gate_into_the_head_changes_no_answer() -> None:
    learning = _learning(ImbalanceConfig())
    learning.gate.gate.copy_(torch.tensor([0.5, 1.0, 1.5, 2.0]))
    cls = torch.rand(3, 4)
    before = learning.head(learning.embeddings(cls))
    weights = {f"type_head.{name}": tensor for name, tensor in learning.head.state_dict().items()}
    folded = with_gate_folded(weights, learning.state_dict())
    after = cls @ folded["type_head.weight"].T + folded["type_head.bias"]
    torch.testing.assert_close(after, before)


def test_without_reweighting_the_gate_stays_open() -> None:
    learning = _learning()
    learning.observe(torch.rand(64, 4), torch.ones(64, 6), torch.ones(64, 6))
    assert learning.gate.gate.tolist() == pytest.approx([1.0] * 4)


def test_a_type_unknown_on_a_slice_teaches_its_mask_nothing() -> None:
    slices, masks = torch.zeros(2, 3, 4, 4), torch.zeros(2, 2, 4, 4)
    type_masks, known = torch.ones(2, 5, 4, 4), torch.tensor([[1.0] * 5, [0.0] * 5])
    batch = Batch(slices, masks, torch.ones(2, 2), type_masks, known, torch.ones(2, 6), torch.ones(2, 6))
    logits = torch.zeros(2, 5, 4, 4, requires_grad=True)
    output = NetworkOutput(torch.zeros(2, 2, 4, 4), torch.zeros(2, 6), torch.zeros(2, 4), logits)
    parts = lesion_loss(output, batch, _learning(), LossConfig(type_masks=1.0), PLAIN, torch.Generator())
    # Dice 1 - (2 * 8 + 1) / (8 + 16 + 1), cross-entropy of log 2 that weighs blood five times.
    assert float(parts["type_masks"].detach()) == pytest.approx(1 - 17 / 25 + 5 * math.log(2), rel=1e-4)
    parts["type_masks"].backward()
    assert logits.grad is not None
    assert logits.grad[0].abs().sum() > 0
    assert logits.grad[1].abs().sum() == 0
