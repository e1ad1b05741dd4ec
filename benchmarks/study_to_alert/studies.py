"""Generated studies, each another bleed in the same head."""

from tests.fixtures.dicom_series import DicomOptions, dicom_files, zip_of
from tests.fixtures.head_phantom import Bleed, HeadPhantom


def bleed_of(number: int) -> Bleed:
    """The bleed of a study, 14 to 30 mL: it moves and shrinks with the number, ten in turn."""
    (x, y, z), (a, b, c) = Bleed().centre_mm, Bleed().semi_axes_mm
    shrunk = 1 - 0.025 * (number % 10)
    return Bleed((x + number % 3, y - number % 4, z), (shrunk * a, shrunk * b, shrunk * c))


def bleeding_study(number: int, slices: int) -> bytes:
    """Study ``number`` of 512 x 512 pixels and ``slices`` slices of 5 mm, as a zip of DICOM files."""
    volume = HeadPhantom(slices=slices, subslices=1, bleed=bleed_of(number)).volume
    return zip_of(dicom_files(volume.hu, volume.affine, DicomOptions(seed=number + 1, study_seed=number + 1)))
