"""The trained network as an ONNX graph: probabilities instead of logits, and true instead of sampled prevalence."""

import math
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet

OPSET = 20
MAX_BATCH = 64


class ServedNetwork(nn.Module):
    """What is exported: slices in, ``masks`` and ``types`` as probabilities out.

    Training shows lesion slices more often than they occur, which inflates P(any). The logits are shifted by the
    difference of the log odds, so that they are calibrated to the ``prevalence`` of the training patients
    (Saerens et al. 2002).
    """

    def __init__(self, network: DeepHemorrhageNet, sampled: float, prevalence: float) -> None:
        super().__init__()
        self.network = network
        self.shift = math.log(prevalence / (1 - prevalence)) - math.log(sampled / (1 - sampled))

    def forward(self, slices: Tensor) -> tuple[Tensor, Tensor]:
        """Slices (B, 1, 256, 256) -> masks (B, 2, 256, 256), types (B, 6)."""
        output = self.network(slices)
        return torch.sigmoid(output.masks), torch.sigmoid(output.types + self.shift)


def export_onnx(network: ServedNetwork, path: Path) -> None:
    """Write ``network`` to one ONNX file with a dynamic batch axis; input "slices", outputs "masks" and "types"."""
    network.eval()
    size = network.network.config.size
    example = torch.rand(2, 1, size, size, generator=torch.Generator().manual_seed(0))
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
