"""Smaller and faster graphs: eight-bit arithmetic, or half-precision storage where eight bits cost accuracy."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

# Under this many elements, storing halves saves nothing worth a Cast node.
_SMALL = 1024


class SliceReader(CalibrationDataReader):  # type: ignore[misc]  # untyped in onnxruntime
    """Feeds framed slices between their neighbours, (N, 3, 256, 256) uint8, to the calibration, one at a time."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self._feeds = self._feed(images)

    @staticmethod
    def _feed(images: NDArray[np.uint8]) -> Iterator[dict[str, NDArray[np.float32]]]:
        for image in images:
            yield {"slices": image[None].astype(np.float32) / np.float32(255.0)}

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next feed, or None at the end."""
        return next(self._feeds, None)


def quantize_int8(source: Path, target: Path, images: NDArray[np.uint8]) -> None:
    """Static quantization with weights per channel; activations calibrated on ``images`` (N, 3, 256, 256).

    What decides at the last step stays in floats: everything at full resolution, whose maps are thin, and both heads.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        graph = onnx.load(prepared).graph
        quantize_static(
            prepared,
            target,
            SliceReader(images),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_kept_in_floats(graph),
        )


def _kept_in_floats(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes behind the last upsampling, of both heads, and of all that is no matrix arithmetic's chain."""
    last_upsampling = max(i for i, node in enumerate(graph.node) if node.op_type == "Resize")
    kept = [node.name for node in graph.node[last_upsampling:]]
    sensitive = {"Sigmoid", "Softmax", "LayerNormalization", "Gelu", "Gemm"}
    return kept + [node.name for node in graph.node[:last_upsampling] if node.op_type in sensitive]


def store_as_halves(source: Path, target: Path) -> None:
    """Keep large weights as fp16 with a Cast to fp32 behind each: half the file, the same arithmetic.

    ONNX Runtime folds the casts when it loads the graph.
    """
    model = onnx.load(source)
    casts = []
    for tensor in list(model.graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < _SMALL:
            continue
        halves = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        stored = f"{tensor.name}.half"
        casts.append(onnx.helper.make_node("Cast", [stored], [tensor.name], to=onnx.TensorProto.FLOAT))
        tensor.CopyFrom(onnx.numpy_helper.from_array(halves, stored))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target)
