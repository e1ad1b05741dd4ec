"""What the objects say, as codes. SNOMED CT and DCM codes are those that DICOM's own context groups hold (PS3.16)."""

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from shared.contracts.local_codes import ABC_OVER_2, SCHEME, probability_of


def _local(value: str, meaning: str) -> Code:
    return Code(value, SCHEME, meaning)


def probability(haemorrhage_type: str) -> Code:
    """The concept of the probability of a type of bleeding."""
    return _local(*probability_of(haemorrhage_type))


ABNORMALITY = codes.SCT.MorphologicallyAbnormalStructure
BRAIN = codes.SCT.Brain
ARTIFICIAL_INTELLIGENCE = codes.DCM.ArtificialIntelligence
DEVICE = codes.DCM.Device
CT_OF_HEAD = codes.SCT.ComputedTomographyOfHead

VOLUME = codes.SCT.Volume
VOXEL_COUNT = codes.DCM.SumOfSegmentedVoxelMethodForVolume
ABC_HALF = _local(*ABC_OVER_2)
# A is the largest diameter, B the largest across it in the same slice, C the extent across slices.
ABC_AXES = {"a_mm": codes.SCT.LongAxis, "b_mm": codes.SCT.PerpendicularAxis, "c_mm": codes.DCM.Height}
PRESENCE = codes.DCM.PresenceOfProperty
PRESENT, ABSENT = codes.DCM.Present, codes.DCM.Absent
COMMENT = codes.DCM.Comment

MILLILITRE = Code("mL", "UCUM", "mL")
MILLIMETRE = codes.UCUM.Millimeter
UNITY = Code("1", "UCUM", "no units")

HAEMORRHAGE = codes.SCT.IntracranialHemorrhage
LESIONS = {"haematoma": codes.SCT.Hematoma, "oedema": codes.SCT.Edema}
