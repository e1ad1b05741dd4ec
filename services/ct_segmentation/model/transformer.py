"""The global context of the deepest features: a small Vision Transformer encoder with a class token."""

import torch
from torch import Tensor, nn


class TransformerBlock(nn.Module):
    """One pre-norm encoder layer: Z <- Z + MSA(LN(Z)); Z <- Z + MLP(LN(Z))  (Eq. 3)."""

    def __init__(self, width: int, heads: int, expansion: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, expansion * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(expansion * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, z: Tensor) -> Tensor:
        """(B, N, d) -> (B, N, d)."""
        z = z + self.dropout(self._attend(self.norm1(z)))
        refined: Tensor = self.dropout(self.mlp(self.norm2(z)))
        return z + refined

    def _attend(self, z: Tensor) -> Tensor:
        batch, tokens, width = z.shape
        qkv = self.qkv(z).reshape(batch, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each (B, heads, N, d / heads)
        attended = nn.functional.scaled_dot_product_attention(q, k, v)
        projected: Tensor = self.project(attended.transpose(1, 2).reshape(batch, tokens, width))
        return projected


class VisionTransformer(nn.Module):
    """[cls] token, learnable positions, L encoder layers over the tokens of one feature map."""

    def __init__(self, width: int, side: int, layers: int, heads: int, expansion: int, dropout: float) -> None:
        """``side`` is h = w of the map that the positions are learnt for; other sizes get them interpolated."""
        super().__init__()
        self.side = side
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, side * side + 1, width))  # E_pos, (hw + 1, d)
        nn.init.trunc_normal_(self.cls, std=0.02)
        nn.init.trunc_normal_(self.positions, std=0.02)
        self.blocks = nn.ModuleList(TransformerBlock(width, heads, expansion, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """F4 (B, d, h, w) -> its features in global context (B, d, h, w) and the class token (B, d)."""
        tokens = features.flatten(2).transpose(1, 2)  # (B, hw, d)
        z = torch.cat([self.cls.expand(tokens.shape[0], -1, -1), tokens], dim=1) + self._positions(
            features
        )  # Z_0 (Eq. 2)
        for block in self.blocks:
            z = block(z)
        z = self.norm(z)
        return z[:, 1:].transpose(1, 2).reshape(features.shape), z[:, 0]

    def _positions(self, features: Tensor) -> Tensor:
        """E_pos for the size of ``features``: training starts on smaller slices than it ends on."""
        height, width = features.shape[-2:]
        if (height, width) == (self.side, self.side):
            return self.positions
        cls, grid = self.positions[:, :1], self.positions[:, 1:]
        grid = grid.transpose(1, 2).reshape(1, -1, self.side, self.side)
        grid = nn.functional.interpolate(grid, (height, width), mode="bicubic", align_corners=False)
        return torch.cat([cls, grid.flatten(2).transpose(1, 2)], dim=1)
