"""One file that decides a run, beside data and code: read with names and ranges checked."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.losses import LossConfig
from services.ct_segmentation.training.phe_sich import DatasetError
from services.ct_segmentation.training.sampling import SamplingConfig

CONFIGS_FOLDER = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides the result, beside data and code."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    network: Literal["deep_hemorrhage_net", "plain_unet"] = "deep_hemorrhage_net"
    steps: int = 3000
    size: int = 256  # pixels; the network's own, but for short comparisons of trainings
    small_size: int = 192  # 0.6 of the time that 256 take, and most of what is to be learnt
    small_share: float = 0.6  # of the steps
    learning_rate: float = 6e-4
    warm_up: int = 100
    weight_decay: float = 0.02
    gradient_norm: float = 1.0
    averaging: float = 0.997
    seed: int = 2026
    threads: int = 2
    device: str = "cpu"
    validate_every: int = 500
    checkpoint_every: int = 200
    max_minutes: float | None = None
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    imbalance: ImbalanceConfig = field(default_factory=ImbalanceConfig)


def read_config(path: Path) -> TrainingConfig:
    """The configuration in a TOML file; what it leaves out keeps its default.

    Raises DatasetError where the file is missing, is no TOML, or holds an unknown name or an impossible value.
    """
    try:
        content = tomllib.loads(path.read_text())
        return TypeAdapter(TrainingConfig).validate_python(content)
    except FileNotFoundError as error:
        raise DatasetError(f"No configuration at {path}; give a TOML file such as configs/default.toml.") from error
    except tomllib.TOMLDecodeError as error:
        raise DatasetError(f"{path} is no TOML ({error}); correct it.") from error
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DatasetError(f"{path} does not describe a training: {found}.") from error
