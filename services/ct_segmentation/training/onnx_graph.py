"""The trained network as an ONNX graph: calibrated probabilities instead of logits."""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from services.ct_segmentation.training.loop import Network
from services.ct_segmentation.training.type_calibration import TypeCalibration

OPSET = 20
MAX_BATCH = 64


class ServedNetwork(nn.Module):
    """What is exported: slices in, ``masks`` and ``types`` as probabilities out.

    The logits of the types are scaled and shifted as ``calibration`` says.
    """

    scale: Tensor
    bias: Tensor

    def __init__(self, network: Network, calibration: TypeCalibration) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("scale", torch.tensor(calibration.scale))
        self.register_buffer("bias", torch.tensor(calibration.bias))

    def forward(self, slices: Tensor) -> tuple[Tensor, Tensor]:
        """Slices (B, 3, 256, 256) -> masks (B, 2, 256, 256), types (B, 6)."""
        output = self.network(slices)
        return torch.sigmoid(output.masks), torch.sigmoid(self.scale * output.types + self.bias)


def export_onnx(network: ServedNetwork, path: Path) -> None:
    """Write ``network`` to one ONNX file with a dynamic batch axis; input "slices", outputs "masks" and "types"."""
    network.eval()
    config = network.network.config
    example = torch.rand(2, config.slices, config.size, config.size, generator=torch.Generator().manual_seed(0))
    batch = torch.export.Dim("batch", min=1, max=MAX_BATCH)
    with warnings.catch_warnings():
        # torch 2.13 calls an interface of its own that it has deprecated.
        warnings.filterwarnings("ignore", category=FutureWarning, message=".*LeafSpec.*")
        torch.onnx.export(
            network,
            (example,),
            path,
            input_names=["slices"],
            output_names=["masks", "types"],
            dynamic_shapes={"slices": {0: batch}},
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
