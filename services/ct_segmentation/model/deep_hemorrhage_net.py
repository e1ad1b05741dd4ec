"""DeepHemorrhageNet (section 2 of the paper): ResNet-34, Vision Transformer, gated decoder, two heads.

Beyond the paper's text, two skips at H/2 (the stem before pooling, gated like the others) and at H (the slice itself)
serve lesions a few pixels wide; the paper's F0 and F1 share one resolution, so one gated skip serves both. The paper
tells types from [cls] alone. Ours also sees where each type's blood would lie: [cls] is 8 x 8 patches coarse, on which
a thin crescent or a filled sulcus leaves next to nothing.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from services.ct_segmentation.model.decoder import ConvNorm, Decoder
from services.ct_segmentation.model.resnet import ResNet34
from services.ct_segmentation.model.transformer import VisionTransformer


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes of the network; the paper fixes 256x256 input, ResNet-34 and d = 512 and leaves the rest open."""

    size: int = 256
    slices: int = 3  # the slice between its neighbours
    width: int = 512  # d, the channels of F4 and of a token
    layers: int = 4  # L
    heads: int = 8
    expansion: int = 2
    dropout: float = 0.1
    decoder_widths: tuple[int, ...] = (192, 96, 48, 32)  # at H/16, H/8, H/4, H/2
    full_width: int = 16  # at H
    masks: tuple[str, ...] = ("haematoma", "oedema")
    types: tuple[str, ...] = ("any", "IPH", "IVH", "SAH", "SDH", "EDH")


@dataclass(frozen=True)
class NetworkOutput:
    """Logits of the heads: ``masks`` (B, 2, H, W), ``types`` (B, 6) and each type's own blood, ``type_masks``.

    ``type_masks`` (B, 5, H/2, W/2) is None in a network without them. ``embedding`` (B, E) is what the type head reads.
    """

    masks: Tensor
    types: Tensor
    embedding: Tensor
    type_masks: Tensor | None = None


class DeepHemorrhageNet(nn.Module):
    """Slices in [0, 1] (0..80 HU), each between its neighbours, to lesion masks and haemorrhage types."""

    def __init__(self, config: NetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or NetworkConfig()
        self.encoder = ResNet34(config.slices)
        self.transformer = VisionTransformer(
            config.width, config.size // 32, config.layers, config.heads, config.expansion, config.dropout
        )
        self.decoder = Decoder(
            config.slices, (64, 64, 128, 256, config.width), config.decoder_widths, config.full_width
        )
        self.mask_head = nn.Conv2d(config.full_width, len(config.masks), 1)
        bleeds = len(config.types) - 1  # "any" is no type of blood
        half = config.decoder_widths[-1]
        # Width of its own: the 16 channels at full resolution tell blood from brain, and nothing of SAH from SDH.
        self.type_mask_head = nn.Sequential(ConvNorm(half, half), nn.Conv2d(half, bleeds, 1))
        self.type_head = nn.Linear(config.width + bleeds, len(config.types))
        # Lesions are rare: start from their rarity instead of from 50 %, which would cost the first hundred steps.
        for head in (self.mask_head, self.type_mask_head[-1]):
            nn.init.constant_(head.bias, -3.0)  # type: ignore[arg-type]  # a Conv2d with bias always has one

    def forward(self, slices: Tensor) -> NetworkOutput:
        """Slices with their neighbours below and above (B, 3, 256, 256), the slice itself in the middle -> logits."""
        pyramid = self.encoder(slices)  # stem (B, 64, 128, 128), F1 (B, 64, 64, 64) ... F4 (B, 512, 8, 8)
        context, cls = self.transformer(pyramid[-1])  # (B, 512, 8, 8), (B, 512)
        half, full = self.decoder(slices, pyramid, context)  # (B, 32, 128, 128), (B, 16, 256, 256)
        type_masks = self.type_mask_head(half)  # (B, 5, 128, 128)
        embedding = torch.cat([cls, smooth_maximum(type_masks)], dim=1)  # (B, 517)
        return NetworkOutput(self.mask_head(full), self.type_head(embedding), embedding, type_masks)


def smooth_maximum(logits: Tensor, sharpness: float = 2.0) -> Tensor:
    """log(mean(exp(r x))) / r over the pixels of (B, C, H, W): (B, C), log-sum-exp pooling (Pinheiro, CVPR 2015).

    Between mean and maximum: one bright pixel is not enough, and a small bleed is not averaged away. In float32.
    """
    scaled = sharpness * logits.float().flatten(2)
    return (torch.logsumexp(scaled, dim=2) - math.log(scaled.shape[2])) / sharpness
