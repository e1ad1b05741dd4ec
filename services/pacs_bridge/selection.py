"""Which series of a CT study is the head to analyse, by what its tags say; the worker judges the pixels.

A wrong tag alone must not keep a bleed from being found. So a series is ranked rather than refused: what is no first
choice waits for the rest of its study, and where nothing better comes, the best of a head study is handed over all the
same, so that the worker's refusal is stored, shown and alerted like any other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final

from services.pacs_bridge.orthanc import Instance, Tags
from shared.contracts.names import Priority
from shared.settings import Settings

# CT Image, Enhanced CT Image, Legacy Converted Enhanced CT Image Storage (PS3.4, B.5): never a report, a segmentation
# or a capture, whatever modality they name.
CT_SOP_CLASSES: Final = frozenset(
    {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"}
)
MIN_SLICES: Final = 5  # as the worker asks
# cos 45°: gantries tilt by up to 30°.
_MIN_AXIAL: Final = 0.7
# Perfusion scans each place dozens of times; a doubled slice is the worker's to refuse.
_MAX_IMAGES_PER_POSITION: Final = 4
_OTHER_PART: Final = re.compile(
    r"CHEST|THORA|LUNG|HEART|CARDI|CORON|ABDO|PELVI|LIVER|SPINE|WIRBEL|LUMB|CERVI|NECK|HALS|KNEE|HIP|SHOULDER|FOOT|HAND",
    re.IGNORECASE,
)
# Reconstructions for bone and lung: noise that outshouts blood. "H60s", "Hr68", "J70h", "BONE", "EDGE", "FC30", "YD".
_SHARP_KERNEL: Final = re.compile(r"(?i:BONE|EDGE|LUNG|SHARP)|^[A-Z][a-z]?[6-9]\d|^FC(3\d|8\d)$|^Y[C-E]$")
_PROJECTIONS: Final = {"MIP", "MAX_IP", "MINIP", "MIN_IP", "VRT", "3D", "VOLUME RENDERING"}
_DESCRIPTIONS: Final = ("SeriesDescription", "ProtocolName", "StudyDescription", "RequestedProcedureDescription")
_ORDER_WORDS: Final = (
    *("StudyDescription", "RequestedProcedureDescription", "ReasonForTheRequestedProcedure"),
    *("AdmittingDiagnosesDescription", "RequestedProcedureComments"),
)
_URGENT: Final = {"STAT", "HIGH"}  # Requested Procedure Priority (0040,1003)


class Choice(IntEnum):
    """How well a series is suited; smaller is better."""

    FIRST = 1  # handed over at once
    SECOND = 2  # handed over when its study is complete, unless the same scan is there as a first choice
    LAST = 3  # handed over, to be refused for all to see, when its study has nothing better
    NEVER = 4


@dataclass(frozen=True)
class Verdict:
    """What is thought of a series; ``reason`` is a code, empty for the first choice."""

    choice: Choice
    reason: str = ""


def is_ct(tags: Tags) -> bool:
    """Whether the instance is a CT image at all."""
    return _text(tags, "SOPClassUID") in CT_SOP_CLASSES and _text(tags, "Modality") == "CT"


def judge(tags: Tags, instances: Sequence[Instance], head_words: re.Pattern[str]) -> Verdict:
    """Rank a CT series by the ``tags`` of one of its slices and by where its ``instances`` lie."""
    image_type = {part.strip().upper() for part in _text(tags, "ImageType").split("\\")}
    if "LOCALIZER" in image_type:
        return Verdict(Choice.NEVER, "localizer")
    if not shows_head(tags, head_words):
        return Verdict(Choice.NEVER, "another_body_part")
    positions = {one.position for one in instances}
    if max(len(instances), _frames(tags)) < MIN_SLICES:
        return Verdict(Choice.LAST, "too_few_slices")
    if len(instances) > _MAX_IMAGES_PER_POSITION * len(positions):
        return Verdict(Choice.LAST, "repeated_positions")
    if image_type & _PROJECTIONS:
        return Verdict(Choice.LAST, "projection")
    if not _is_axial(tags):
        return Verdict(Choice.LAST, "not_axial")
    if _SHARP_KERNEL.search(_text(tags, "ConvolutionKernel")):
        return Verdict(Choice.SECOND, "sharp_kernel")
    if image_type & {"DERIVED", "SECONDARY"}:
        return Verdict(Choice.SECOND, "derived")
    return Verdict(Choice.FIRST)


def shows_head(tags: Tags, head_words: re.Pattern[str]) -> bool:
    """Whether the tags speak of a head, or at least of nothing else."""
    part = _text(tags, "BodyPartExamined")
    described = " ".join(_text(tags, keyword) for keyword in _DESCRIPTIONS)
    if head_words.search(part) or head_words.search(described):
        return True
    return not part and not _OTHER_PART.search(described)


def priority_of(tags: Tags, caller: str, settings: Settings) -> Priority:
    """How urgent the study is: as configured, else by its order's priority or words, or by who sends it."""
    if settings.pacs_priority != "order":
        return Priority(settings.pacs_priority)
    urgent_callers = {name.strip() for name in settings.pacs_stat_callers.split(",") if name.strip()}
    if caller in urgent_callers:
        return Priority.STAT
    for order in (tags, *_items(tags, "RequestAttributesSequence")):
        if _text(order, "RequestedProcedurePriority").upper() in _URGENT:
            return Priority.STAT
        if settings.pacs_stat_words.search(" ".join(_text(order, keyword) for keyword in _ORDER_WORDS)):
            return Priority.STAT
    return Priority.ROUTINE


def acquired_at(tags: Tags) -> datetime | None:
    """When the slice was scanned, by the scanner's clock (its zone is unknown: only differences mean something)."""
    written = _text(tags, "AcquisitionDateTime") or _text(tags, "AcquisitionDate") + _text(tags, "AcquisitionTime")
    found = re.match(r"\d{14}", written)
    if found is None:
        return None
    try:
        return datetime.strptime(found[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_axial(tags: Tags) -> bool:
    """Whether the slices' normal points along the body; True where the orientation is not to be seen (multi-frame)."""
    try:
        rx, ry, _, cx, cy, _ = (float(value) for value in _text(tags, "ImageOrientationPatient").split("\\"))
    except ValueError:
        return True
    return abs(rx * cy - ry * cx) >= _MIN_AXIAL


def _frames(tags: Tags) -> int:
    frames = _text(tags, "NumberOfFrames")
    return int(frames) if frames.isdecimal() else 0


def _items(tags: Tags, keyword: str) -> Iterable[Tags]:
    items = tags.get(keyword)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _text(tags: Tags, keyword: str) -> str:
    value = tags.get(keyword)
    return value.strip() if isinstance(value, str) else ""
