"""Networks as plug-ins: an ONNX file in, a pulse out; and a state that no other recording can ever meet.

A model's first input is ``frames`` (T, ...), as many or as few dimensions as it likes; its first output is ``pulse``
(T,), which rises when blood flows in. Every further input ``x`` is state: its shape is fixed, a recording begins with
zeros, and the output ``next_x`` is what the following frames get. The state lives in a ``NeuralSession``, of which
every recording gets its own, and never in the method, which is shared.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.errors import PlatformError
from shared.inference.manifest import ModelManifest, read_manifest, verified_file


class NeuralModelError(PlatformError):
    """An ONNX file is not a pulse model as this module describes one."""

    code = "pulse_model_invalid"


@dataclass(frozen=True)
class NeuralMethod:
    """A loaded model. It holds weights and no state: any number of sessions may run on it, in any order."""

    name: str
    model: Any

    def begin(self) -> "NeuralSession":
        """A session for one recording, its state at zero."""
        return NeuralSession(self)


def load(folder: Path) -> NeuralMethod:
    """The model that ``folder/manifest.json`` names, after its checksum was compared.

    ONNX Runtime is imported here and not before: without a network nothing of it is needed. Raises NeuralModelError
    where its inputs and outputs do not fit, and the errors of ``shared.inference.manifest``.
    """
    from shared.inference.session import open_session

    manifest = read_manifest(folder, ModelManifest)
    model = open_session(verified_file(folder, manifest))
    inputs, outputs = model.get_inputs(), model.get_outputs()
    if not inputs or inputs[0].name != "frames" or not outputs or outputs[0].name != "pulse":
        raise NeuralModelError(f"{manifest.file} must begin with an input frames and an output pulse; export it so.")
    produced = {output.name for output in outputs}
    for state in inputs[1:]:
        if f"next_{state.name}" not in produced or not all(isinstance(size, int) for size in state.shape):
            raise NeuralModelError(
                f"{manifest.file}: state {state.name} needs a fixed shape and an output next_{state.name}."
            )
    return NeuralMethod(manifest.name, model)


class NeuralSession:
    """One recording's way through a model, chunk by chunk."""

    def __init__(self, method: NeuralMethod) -> None:
        self._model = method.model
        self._state = {state.name: np.zeros(state.shape, np.float32) for state in self._model.get_inputs()[1:]}

    def pulse(self, frames: NDArray[np.float32]) -> NDArray[np.float64]:
        """The pulse (N,) of ``frames`` (N, ...), which follow those given before.

        Raises NeuralModelError where the model answers with another number of samples.
        """
        names = ["pulse", *(f"next_{name}" for name in self._state)]
        pulse, *following = self._model.run(names, {"frames": np.asarray(frames, np.float32), **self._state})
        if pulse.shape != (len(frames),):
            raise NeuralModelError(
                f"{len(frames)} frames gave a pulse of shape {pulse.shape}; one sample a frame is due."
            )
        self._state = dict(zip(self._state, following, strict=True))
        return np.asarray(pulse, np.float64)
