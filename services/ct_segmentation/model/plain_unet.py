"""The peer to measure against: the same encoder and decoder widths without transformer and gates (a plain U-Net)."""

from torch import Tensor, nn

from services.ct_segmentation.model.decoder import Decoder
from services.ct_segmentation.model.deep_hemorrhage_net import NetworkConfig, NetworkOutput
from services.ct_segmentation.model.resnet import ResNet34


class PlainUNet(nn.Module):
    """ResNet-34 U-Net (Ronneberger et al. 2015); its type head reads the mean of F4 where ours reads [cls]."""

    def __init__(self, config: NetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or NetworkConfig()
        self.encoder = ResNet34(config.slices)
        pyramid = (64, 64, 128, 256, config.width)
        self.decoder = Decoder(config.slices, pyramid, config.decoder_widths, config.full_width, gated=False)
        self.mask_head = nn.Conv2d(config.full_width, len(config.masks), 1)
        self.type_head = nn.Linear(config.width, len(config.types))
        nn.init.constant_(self.mask_head.bias, -3.0)  # type: ignore[arg-type]  # a Conv2d with bias always has one

    def forward(self, slices: Tensor) -> NetworkOutput:
        """Slices (B, 3, H, W) -> logits, as ``DeepHemorrhageNet`` gives them."""
        pyramid = self.encoder(slices)
        _, features = self.decoder(slices, pyramid, pyramid[-1])  # (B, 16, H, W)
        embedding = pyramid[-1].mean(dim=(2, 3))  # (B, 512)
        return NetworkOutput(self.mask_head(features), self.type_head(embedding), embedding)
