"""What every reader offers: studies by patient, read one at a time, with an account of what is left out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import ClassVar

from services.ct_segmentation.training.datasets.errors import StudyUnknownError
from services.ct_segmentation.training.datasets.labelled_study import LabelledStudy, LeftOut
from shared.errors import InputRefusedError

# A study with fewer slices says nothing about a head.
MIN_SLICES = 5


class LabelledDataset(ABC):
    """An opened data set.

    Opening reads tables and lists files; voxels are read study by study. ``left_out`` is what was found missing or
    unusable while opening: rows without an image, images without labels.
    """

    name: ClassVar[str]

    def __init__(self, studies: Mapping[str, str], left_out: Collection[LeftOut]) -> None:
        """``studies`` maps each study to its patient."""
        self.studies = dict(sorted(studies.items()))
        self.left_out = tuple(left_out)

    @property
    def patients(self) -> list[str]:
        """Patient ids, sorted: what ``training.splits.split_patients`` deals."""
        return sorted(set(self.studies.values()))

    def read(self, study: str) -> LabelledStudy:
        """One study. Raises StudyUnknownError, or the InputRefusedError that says why it cannot be used."""
        if study not in self.studies:
            raise StudyUnknownError(f"{self.name} has no study {study}; choose one of its {len(self.studies)} studies.")
        return self._read(study)

    def of(self, patients: Collection[str]) -> list[str]:
        """The studies of some patients."""
        wanted = set(patients)
        return [study for study, patient in self.studies.items() if patient in wanted]

    def iterate(
        self, leave_out: Callable[[LeftOut], None], studies: Iterable[str] | None = None
    ) -> Iterator[LabelledStudy]:
        """Read ``studies`` (all where None), one at a time.

        A study that cannot be used is passed to ``leave_out`` and skipped: one broken file does not end a training,
        and nothing is dropped in silence.
        """
        for study in self.studies if studies is None else studies:
            try:
                yield self.read(study)
            except InputRefusedError as error:
                leave_out(LeftOut(study, error.code, error.detail))

    @abstractmethod
    def _read(self, study: str) -> LabelledStudy:
        """Read a study that is known to be in the set."""
