"""Labels beside forecasts, of slices or of whole studies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.studies.observation import StudyObservation
from services.ct_segmentation.training.framed_slices import TYPES


@dataclass(frozen=True)
class Cases:
    """N cases of T trained types: ``present`` and ``known`` labels and ``scores``, each (N, T)."""

    present: NDArray[np.bool_]
    known: NDArray[np.bool_]
    scores: NDArray[np.float32]

    def of_type(self, index: int) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Labels and scores of one type, where it is known."""
        known = self.known[:, index]
        return self.present[known, index], self.scores[known, index]

    def with_all_known(self) -> Self:
        """The cases of which every type is known."""
        complete = self.known.all(axis=1)
        return type(self)(self.present[complete], self.known[complete], self.scores[complete])


def slices_of(studies: Sequence[StudyObservation], trained: Sequence[str]) -> Cases:
    """Every slice of ``studies``."""
    columns = [TYPES.index(name) for name in trained]
    return Cases(
        np.concatenate([study.slice_types.present[:, columns] for study in studies]),
        np.concatenate([study.slice_types.known[:, columns] for study in studies]),
        np.concatenate([np.stack([study.scores[name] for name in trained], axis=1) for study in studies]),
    )


def studies_of(studies: Sequence[StudyObservation], trained: Sequence[str]) -> Cases:
    """Each of ``studies`` as one case; its score is the highest of its slices, as the service reports it."""
    columns = [TYPES.index(name) for name in trained]
    return Cases(
        np.stack([study.study_types.present[columns] for study in studies]),
        np.stack([study.study_types.known[columns] for study in studies]),
        np.stack([[study.scores[name].max() for name in trained] for study in studies]),
    )
