"""Generated studies, each another bleed in the same head."""

from tests.fixtures.dicom_series import DicomOptions, dicom_files, zip_of
from tests.fixtures.head_phantom import Bleed, HeadPhantom


def bleeding_study(number: int, slices: int) -> bytes:
    """Study ``number`` of 512 x 512 pixels and ``slices`` slices of 5 mm, as a zip of DICOM files.

    The bleed of about 14 to 30 mL moves and shrinks with the number, so that no study is another's copy.
    """
    (x, y, z), (a, b, c) = Bleed().centre_mm, Bleed().semi_axes_mm
    shrunk = 1 - 0.025 * (number % 10)
    bleed = Bleed((x + number % 3, y - number % 4, z), (shrunk * a, shrunk * b, shrunk * c))
    volume = HeadPhantom(slices=slices, subslices=1, bleed=bleed).volume
    return zip_of(dicom_files(volume.hu, volume.affine, DicomOptions(seed=number + 1, study_seed=number + 1)))
