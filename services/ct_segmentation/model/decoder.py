"""The decoder: five steps up, each with a gated skip, light where the maps are large."""

import torch
from torch import Tensor, nn

from services.ct_segmentation.model.attention_gate import AttentionGate


class ConvNorm(nn.Sequential):
    """3x3 convolution, batch norm, ReLU."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        )


class UpStep(nn.Module):
    """Upsample by two, gate the skip with what came up (or pass it whole), join both and convolve."""

    def __init__(self, channels_in: int, skip_channels: int, channels: int, gated: bool = True) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels_in, channels, 1)  # before upsampling: a quarter of the work
        self.gate = AttentionGate(skip_channels, channels, max(channels // 2, 8)) if gated else None
        self.fuse = nn.Sequential(ConvNorm(channels + skip_channels, channels), ConvNorm(channels, channels))

    def forward(self, below: Tensor, skip: Tensor) -> Tensor:
        """(B, C_in, H, W) and skip (B, C_s, 2H, 2W) -> (B, C, 2H, 2W)."""
        up = nn.functional.interpolate(self.reduce(below), scale_factor=2.0, mode="bilinear", align_corners=False)
        passed = skip if self.gate is None else self.gate(skip, up)
        fused: Tensor = self.fuse(torch.cat([up, passed], dim=1))
        return fused


class Decoder(nn.Module):
    """From the transformer's features back to full resolution."""

    def __init__(
        self, channels: int, pyramid: tuple[int, ...], widths: tuple[int, ...], full_width: int, gated: bool = True
    ) -> None:
        """``channels`` of the input, ``pyramid`` those of stem, F1, F2, F3, F4; ``widths`` one width per step up."""
        super().__init__()
        steps, channels_in = [], pyramid[-1]
        for skip_channels, width in zip(reversed(pyramid[:-1]), widths, strict=True):
            steps.append(UpStep(channels_in, skip_channels, width, gated))
            channels_in = width
        self.steps = nn.ModuleList(steps)
        # The input slice itself is the last skip: thin oedema keeps its pixels without a full-resolution encoder.
        self.full = ConvNorm(channels_in + channels, full_width)

    def forward(self, slices: Tensor, pyramid: list[Tensor], deepest: Tensor) -> tuple[Tensor, Tensor]:
        """Slices (B, C, H, W), the encoder's pyramid and deepest (B, 512, H/32, W/32).

        -> features at half the resolution (B, widths[-1], H/2, W/2), and at the whole (B, full_width, H, W).
        """
        features = deepest
        for step, skip in zip(self.steps, reversed(pyramid[:-1]), strict=True):
            features = step(features, skip)  # H/16, H/8, H/4, H/2
        up = nn.functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
        return features, self.full(torch.cat([up, slices], dim=1))
