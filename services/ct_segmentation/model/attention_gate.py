"""The attention gate on a skip connection: the decoder decides what of the encoder passes."""

import torch
from torch import Tensor, nn


class AttentionGate(nn.Module):
    """alpha = sigmoid(psi(ReLU(W_g * U' + W_x * F))), F_att = alpha . F  (Eqs. 4 and 5; Oktay et al. 2018)."""

    def __init__(self, skip_channels: int, gate_channels: int, inner_channels: int) -> None:
        super().__init__()
        self.w_gate = nn.Conv2d(gate_channels, inner_channels, 1)
        self.w_skip = nn.Conv2d(skip_channels, inner_channels, 1)
        self.psi = nn.Conv2d(inner_channels, 1, 1)
        # Gates start nearly open (sigmoid(2) = 0.88): a shut gate would starve the encoder of gradient.
        nn.init.constant_(self.psi.bias, 2.0)  # type: ignore[arg-type]  # a Conv2d with bias always has one

    def forward(self, skip: Tensor, upsampled: Tensor) -> Tensor:
        """Skip F (B, C, H, W) and decoder features U' (B, C_g, H, W) -> gated skip (B, C, H, W)."""
        alpha = torch.sigmoid(self.psi(torch.relu(self.w_gate(upsampled) + self.w_skip(skip))))  # (B, 1, H, W)
        return alpha * skip
