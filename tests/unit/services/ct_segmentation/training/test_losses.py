import math

import pytest
import torch

from services.ct_segmentation.model.deep_hemorrhage_net import NetworkOutput
from services.ct_segmentation.training.losses import LossConfig, lesion_loss
from services.ct_segmentation.training.sampling import Batch


def _batch(masks: torch.Tensor, types: torch.Tensor, labelled: tuple[float, ...]) -> Batch:
    return Batch(torch.zeros(len(masks), 1, *masks.shape[2:]), masks, types, torch.tensor(labelled))


def test_types_without_a_label_give_no_gradient() -> None:
    types = torch.zeros(2, 3, requires_grad=True)
    output = NetworkOutput(torch.zeros(2, 2, 4, 4), types)
    batch = _batch(torch.zeros(2, 2, 4, 4), torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), (1.0, 1.0, 0.0))
    parts = lesion_loss(output, batch, LossConfig())
    parts["types"].backward()
    assert parts["types"].item() == pytest.approx(0.5 * math.log(2))
    assert types.grad[:, 2].abs().sum() == 0
    assert (types.grad[:, :2].abs() > 0).all()


def test_missing_oedema_costs_more_than_missing_haematoma() -> None:
    costs = []
    for channel in (0, 1):
        masks = torch.zeros(1, 2, 8, 8)
        masks[0, channel, 2:4, 2:4] = 1
        output = NetworkOutput(torch.full((1, 2, 8, 8), -4.0), torch.zeros(1, 1))
        costs.append(lesion_loss(output, _batch(masks, torch.zeros(1, 1), (1.0,)), LossConfig())["cross_entropy"])
    assert costs[1] > 2 * costs[0]
