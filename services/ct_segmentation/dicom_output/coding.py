"""What the objects say, as codes. SNOMED CT and DCM codes are those that DICOM's own context groups hold (PS3.16)."""

from typing import Final

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

# Where DICOM's context groups have no code: this project's own, which nobody can take for another's.
PRIVATE_SCHEME: Final = "99DHN"

ABNORMALITY = codes.SCT.MorphologicallyAbnormalStructure
BRAIN = codes.SCT.Brain
ARTIFICIAL_INTELLIGENCE = codes.DCM.ArtificialIntelligence
DEVICE = codes.DCM.Device
CT_OF_HEAD = codes.SCT.ComputedTomographyOfHead

VOLUME = codes.SCT.Volume
VOXEL_COUNT = codes.DCM.SumOfSegmentedVoxelMethodForVolume
# Not DCM 126029, the volume of an ellipsoid: ABC/2 rounds its factor of pi/6 = 0.524 to a half (Kothari 1996).
ABC_HALF = Code("ABC2", PRIVATE_SCHEME, "ABC/2 of the largest lesion")
# A is the largest diameter, B the largest across it in the same slice, C the extent across slices.
ABC_AXES = {"a_mm": codes.SCT.LongAxis, "b_mm": codes.SCT.PerpendicularAxis, "c_mm": codes.DCM.Height}
# "The certainty that a device places upon a finding, where 0 equals no certainty and 100 equals certainty".
CERTAINTY = codes.DCM.CertaintyOfFinding
PRESENCE = codes.DCM.PresenceOfProperty
PRESENT, ABSENT = codes.DCM.Present, codes.DCM.Absent
COMMENT = codes.DCM.Comment

MILLILITRE = Code("mL", "UCUM", "mL")
MILLIMETRE = codes.UCUM.Millimeter
PERCENT = codes.UCUM.Percent

LESIONS = {"haematoma": codes.SCT.Hematoma, "oedema": codes.SCT.Edema}

# A type of bleeding is its finding and, where a context group has it, its place.
TYPES: Final[dict[str, tuple[Code, Code | None]]] = {
    "any": (codes.SCT.IntracranialHemorrhage, None),
    "IPH": (codes.SCT.Hemorrhage, codes.SCT.Brain),
    "IVH": (codes.SCT.Hemorrhage, codes.SCT.BrainVentricle),
    "SAH": (codes.SCT.Hemorrhage, codes.SCT.CranialSubarachnoidSpace),
    "SDH": (Code("SDH", PRIVATE_SCHEME, "Subdural haemorrhage"), None),
    "EDH": (Code("EDH", PRIVATE_SCHEME, "Epidural haemorrhage"), None),
}
