"""From stored values to Hounsfield units, slice by slice, with the traps of real headers named."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.utils import pixel_array

from services.ct_segmentation.errors import DicomTruncatedError, DicomUnreadableError
from services.ct_segmentation.reading.slice_headers import SliceHeader
from services.ct_segmentation.volume import AIR_HU

MAX_HU = np.iinfo(np.int16).max
# A declared padding value is believed when it is far from tissue; at 0 HU it would punch holes into the ventricles.
TISSUE_HU = (-500, 3000)
# Unsigned values without an offset cannot hold air (-1000 HU): such files store it wrapped around.
WRAPPED_ABOVE_INTERCEPT = -100


@dataclass(frozen=True)
class DecodedSlice:
    """One slice in Hounsfield units, int16 (H, W), and what had to be done to get there."""

    hu: NDArray[np.int16]
    padded_pixels: int
    wrapped_pixels: int


def decode_slice(dataset: Dataset, header: SliceHeader) -> DecodedSlice:
    """HU = stored value x slope + intercept of this very slice; padding and everything below air becomes ``AIR_HU``.

    Raises DicomTruncatedError when pixel data is missing, DicomUnreadableError when it cannot be decoded.
    """
    stored = _stored_values(dataset, header)
    padding = _padding(stored, dataset, header)
    values = _clean_values(stored, dataset)
    wrapped = _wrapped(values, dataset, header)
    values[wrapped] -= 1 << int(dataset.BitsStored)
    hu = _rescale(values, header)
    padding |= hu < AIR_HU
    hu[padding] = AIR_HU
    return DecodedSlice(
        hu=np.clip(hu, AIR_HU, MAX_HU).astype(np.int16),
        padded_pixels=int(np.count_nonzero(padding)),
        wrapped_pixels=int(np.count_nonzero(wrapped)),
    )


def _stored_values(dataset: Dataset, header: SliceHeader) -> NDArray[np.integer]:
    where = f"slice in file {header.number} of the upload"
    if not dataset.file_meta.TransferSyntaxUID.is_compressed:
        expected = (
            int(dataset.get("NumberOfFrames") or 1) * header.rows * header.columns * int(dataset.BitsAllocated) // 8
        )
        if len(dataset.PixelData) < expected:
            raise DicomTruncatedError(
                f"The {where} has {len(dataset.PixelData)} of {expected} bytes of pixel data; export the series again."
            )
    try:
        # The spare bits are kept: a padding value may lie in them.
        stored = pixel_array(dataset, index=header.frame, correct_unused_bits=False)
    except Exception as error:  # each decoder raises its own
        raise DicomUnreadableError(
            f"The pixels of the {where} cannot be decoded ({dataset.file_meta.TransferSyntaxUID.name}, "
            f"{type(error).__name__}); export the series again, uncompressed."
        ) from error
    if stored.shape != (header.rows, header.columns) or not np.issubdtype(stored.dtype, np.integer):
        raise DicomUnreadableError(f"The pixels of the {where} are not one plane of whole numbers; send CT images.")
    return stored


def _clean_values(stored: NDArray[np.integer], dataset: Dataset) -> NDArray[np.int32]:
    """The stored values with what lies outside BitsStored removed and the sign bit extended, as int32.

    Some scanners put overlays into the spare high bits, and some leave the sign bit at BitsStored unextended.
    """
    allocated, bits = int(dataset.BitsAllocated), int(dataset.BitsStored)
    shift = 0 if dataset.file_meta.TransferSyntaxUID.is_compressed else max(0, int(dataset.HighBit) + 1 - bits)
    pattern = (stored.astype(np.int64) & ((1 << allocated) - 1)) >> shift
    values = pattern & ((1 << bits) - 1)
    if int(dataset.PixelRepresentation) == 1:
        sign = 1 << (bits - 1)
        values = (values ^ sign) - sign
    return values.astype(np.int32)


def _padding(stored: NDArray[np.integer], dataset: Dataset, header: SliceHeader) -> NDArray[np.bool_]:
    """Where the slice holds its declared padding value, looked up before masking: it may not fit into BitsStored."""
    first = dataset.get("PixelPaddingValue")
    if not isinstance(first, int):
        return np.zeros(stored.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    last = limit if isinstance(limit, int) else first
    signed = int(dataset.PixelRepresentation) == 1
    dtype = np.dtype(f"{'i' if signed else 'u'}{int(dataset.BitsAllocated) // 8}")
    # The element's own sign may differ from the pixels': 63536 and -2000 are the same 16 bits.
    low, high = sorted(int(np.array(v & ((1 << (8 * dtype.itemsize)) - 1)).astype(dtype)) for v in (first, last))
    if all(TISSUE_HU[0] < v * header.slope + header.intercept < TISSUE_HU[1] for v in (low, high)):
        return np.zeros(stored.shape, bool)
    return (stored >= low) & (stored <= high)


def _wrapped(values: NDArray[np.int32], dataset: Dataset, header: SliceHeader) -> NDArray[np.bool_]:
    """Where a negative value was stored as unsigned and wrapped around, as in some files of the RSNA 2019 set.

    There, 12 unsigned bits with an intercept near 0 hold air as 3096 = 4096 - 1000.
    """
    bits = int(dataset.BitsStored)
    if int(dataset.PixelRepresentation) == 1 or bits >= 16 or header.intercept < WRAPPED_ABOVE_INTERCEPT:
        return np.zeros(values.shape, bool)
    return values >= (1 << bits) + AIR_HU


def _rescale(values: NDArray[np.int32], header: SliceHeader) -> NDArray[np.int32]:
    if header.slope.is_integer() and header.intercept.is_integer():
        hu = values.astype(np.int64) * int(header.slope) + int(header.intercept)
    else:
        hu = np.rint(values * header.slope + header.intercept)
    return np.clip(hu, -(2**30), 2**30).astype(np.int32)
