import math

import pytest
import torch

from services.ct_segmentation.model.attention_gate import AttentionGate
from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet, NetworkConfig, smooth_maximum
from services.ct_segmentation.model.plain_unet import PlainUNet
from services.ct_segmentation.model.resnet import ResNet34
from services.ct_segmentation.model.transformer import VisionTransformer

CONFIGS = [
    NetworkConfig(),
    NetworkConfig(size=128, layers=1, heads=4, expansion=4, dropout=0.0),
    NetworkConfig(size=96, layers=2, decoder_widths=(64, 48, 32, 16), full_width=8, types=("any", "IPH")),
]


@pytest.mark.parametrize("network_class", [DeepHemorrhageNet, PlainUNet])
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.size}px-{config.layers}layers")
def test_shapes_are_right_numbers_are_finite_and_every_parameter_learns(
    config: NetworkConfig, network_class: type[DeepHemorrhageNet] | type[PlainUNet]
) -> None:
    torch.manual_seed(0)
    network = network_class(config)
    output = network(torch.rand(2, config.slices, config.size, config.size))
    assert output.masks.shape == (2, 2, config.size, config.size)
    assert output.types.shape == (2, len(config.types))
    assert output.embedding.shape == (2, network.type_head.in_features)
    assert output.masks.isfinite().all()
    assert output.types.isfinite().all()

    (output.masks.square().mean() + output.types.square().mean()).backward()
    without = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_the_smooth_maximum_lies_between_mean_and_maximum_and_counts_pixels_in_whatever_size() -> None:
    logits = torch.full((1, 2, 4, 4), -6.0)
    logits[0, 1, :2, :2] = 3.0  # a quarter of the pixels
    low, high = smooth_maximum(logits, sharpness=2.0)[0].tolist()
    assert low == pytest.approx(-6.0, abs=1e-5)
    assert high == pytest.approx(3 + math.log(0.25 * (1 + 3 * math.exp(-18))) / 2, abs=1e-5)
    twice = logits.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert torch.allclose(smooth_maximum(twice), smooth_maximum(logits))


def test_the_pyramid_has_the_paper_s_shapes() -> None:
    shapes = [tuple(level.shape[1:]) for level in ResNet34(3)(torch.rand(1, 3, 256, 256))]
    assert shapes == [(64, 128, 128), (64, 64, 64), (128, 32, 32), (256, 16, 16), (512, 8, 8)]


def test_resnet_34_has_the_published_number_of_parameters() -> None:
    # 21,797,672 with the 1000-class head (513,000).
    count = sum(p.numel() for p in ResNet34(3).parameters())
    assert count == 21_797_672 - 513_000


def test_positions_cover_the_tokens_and_the_class_token() -> None:
    transformer = VisionTransformer(width=512, side=8, layers=1, heads=8, expansion=2, dropout=0.0)
    assert transformer.positions.shape == (1, 65, 512)
    features, cls = transformer(torch.rand(3, 512, 8, 8))
    assert (features.shape, cls.shape) == ((3, 512, 8, 8), (3, 512))


def test_smaller_slices_get_positions_interpolated_and_the_learnt_size_its_own() -> None:
    torch.manual_seed(0)
    transformer = VisionTransformer(width=8, side=4, layers=1, heads=2, expansion=2, dropout=0.0).eval()
    with torch.no_grad():
        transformer.positions[:, 1:] = torch.arange(4.0).repeat_interleave(4)[:, None]  # rising from row to row
    assert transformer._positions(torch.zeros(1, 8, 4, 4)) is transformer.positions
    smaller = transformer._positions(torch.zeros(1, 8, 2, 2))
    assert smaller.shape == (1, 5, 8)
    rows = smaller[0, 1:, 0].reshape(2, 2)
    assert torch.allclose(rows[:, 0], rows[:, 1])
    assert rows[0, 0] < 1.5 < rows[1, 0]


def test_the_class_token_sees_the_whole_slice() -> None:
    torch.manual_seed(0)
    transformer = VisionTransformer(width=16, side=4, layers=1, heads=2, expansion=2, dropout=0.0).eval()
    features = torch.rand(1, 16, 4, 4, requires_grad=True)
    transformer(features)[1].square().sum().backward()
    assert (features.grad.abs().sum(dim=1) > 0).all()


def test_the_attention_gate_gives_the_number_worked_out_by_hand() -> None:
    gate = AttentionGate(skip_channels=1, gate_channels=1, inner_channels=2)
    with torch.no_grad():
        gate.w_gate.weight.copy_(torch.tensor([1.0, -1.0]).view(2, 1, 1, 1))
        gate.w_skip.weight.copy_(torch.tensor([2.0, 0.5]).view(2, 1, 1, 1))
        gate.psi.weight.copy_(torch.tensor([0.5, 3.0]).view(1, 2, 1, 1))
        for bias, value in ((gate.w_gate.bias, 0.0), (gate.w_skip.bias, 0.0), (gate.psi.bias, -1.0)):
            bias.fill_(value)
        gated = gate(torch.full((1, 1, 1, 1), 0.5), torch.full((1, 1, 1, 1), 1.0))
    # W_g U' + W_x F = (1 + 1, -1 + 0.25) -> ReLU (2, 0) -> psi 0.5 * 2 - 1 = 0 -> sigmoid 0.5; 0.5 * F = 0.25
    assert gated.item() == pytest.approx(0.25)


def test_a_gate_starts_nearly_open() -> None:
    gate = AttentionGate(4, 4, 2)
    skip = torch.ones(1, 4, 8, 8)
    assert gate(skip, torch.zeros(1, 4, 8, 8)).mean().item() == pytest.approx(0.88, abs=0.1)
