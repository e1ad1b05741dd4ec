"""This project's own codes, for what no terminology has a concept of: the same in DICOM, FHIR and HL7 v2."""

from typing import Final

# Names that begin with 99 are local by rule, in DICOM as in HL7 v2.
SCHEME: Final = "99DHN"
# An identifier under 2.25 is made of a random UUID and needs no registration (ITU-T X.667).
SCHEME_UID: Final = "2.25.92915684292996542877935428594929564"

# Code and meaning. DICOM's method for the volume of an ellipsoid (DCM 126029) is not meant: ABC/2 rounds its factor of
# pi/6 = 0.524 to a half (Kothari 1996).
ABC_OVER_2: Final = ("ABC2", "ABC/2 of the largest lesion")

_TYPES: Final = {
    "any": "any intracranial haemorrhage",
    "IPH": "intraparenchymal haemorrhage",
    "IVH": "intraventricular haemorrhage",
    "SAH": "subarachnoid haemorrhage",
    "SDH": "subdural haemorrhage",
    "EDH": "epidural haemorrhage",
}


def probability_of(haemorrhage_type: str) -> tuple[str, str]:
    """Code and meaning of the probability of a type of bleeding ("any", "IPH", ...).

    No diagnosis code takes its place: to state the disease would be more than a probability says.
    """
    return f"probability-{haemorrhage_type}", f"Probability of {_TYPES.get(haemorrhage_type, haemorrhage_type)}"
