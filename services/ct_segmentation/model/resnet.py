"""ResNet-34 (He et al. 2016) for slices with their neighbours, giving its whole pyramid."""

import torch
from torch import Tensor, nn

STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))  # channels, blocks


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C_in, H, W) -> (B, C, H / stride, W / stride)."""
        residual = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
        return torch.relu(residual + self.shortcut(x))


class ResNet34(nn.Module):
    """Stem and four stages."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        self.norm = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(3, 2, 1)
        stages, channels_in = [], 64
        for index, (width, blocks) in enumerate(STAGES):
            first = BasicBlock(channels_in, width, 1 if index == 0 else 2)
            stages.append(nn.Sequential(first, *(BasicBlock(width, width, 1) for _ in range(blocks - 1))))
            channels_in = width
        self.stages = nn.ModuleList(stages)
        self.apply(_initialise)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Slices (B, C, H, W) -> the stem at H/2, then F1 at H/4 to F4 at H/32.

        The pooled stem is the paper's F0 (Eq. 1); it enters F1 and is not returned: both have one resolution.
        """
        stem = torch.relu(self.norm(self.conv(x)))  # (B, 64, H/2, W/2)
        features = self.pool(stem)  # F0: (B, 64, H/4, W/4)
        pyramid = [stem]
        for stage in self.stages:
            features = stage(features)
            pyramid.append(features)
        return pyramid  # (B, 64, H/2), (B, 64, H/4), (B, 128, H/8), (B, 256, H/16), (B, 512, H/32)


def _initialise(module: nn.Module) -> None:
    """He initialisation, and a small last scale, so that every residual block starts near its shortcut."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, BasicBlock):
        nn.init.constant_(module.norm2.weight, 0.2)
