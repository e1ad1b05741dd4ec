"""Everything about a DICOM series that a reader of its result should know, each under its own code."""

import re
from collections.abc import Iterator

import numpy as np
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from services.ct_segmentation.reading.series_selection import SelectedSeries
from services.ct_segmentation.reading.slice_grid import SliceGrid
from services.ct_segmentation.volume import TILT_NAMED_ABOVE_DEGREES, CtVolume
from shared.contracts.ct import Peculiarity

# "4cc sec 150cc", "C+", "post contrast", "CTA": an injection rate and dose, or a plain word for contrast.
CONTRAST_WORDS = re.compile(r"\d\s*(cc|ml)\b|\bc\+|contrast|angio|\bcta\b|\bcect\b", re.IGNORECASE)
WITHOUT_CONTRAST = re.compile(r"non?[- ]?contrast|without|w/o|\bnect\b|\bncct\b|plain", re.IGNORECASE)
HEAD_PARTS = ("", "HEAD", "BRAIN", "SKULL", "HEADNECK", "HEAD_NECK", "HEAD NECK", "CRANIUM")


def series_peculiarities(
    series: SelectedSeries, grid: SliceGrid, volume: CtVolume, padded_share: float, wrapped_pixels: int
) -> tuple[Peculiarity, ...]:
    """Name what is unusual in the series, from what was left out to how the gantry stood.

    ``padded_share`` is the share of voxels that were padding, ``wrapped_pixels`` the number stored wrapped around.
    """
    return (
        *series.left_out,
        *_storage(series, padded_share, wrapped_pixels),
        *_numbering(series, grid),
        *_slices(series, grid),
        *_orientation(series, volume),
        *_content(series),
    )


def _storage(series: SelectedSeries, padded_share: float, wrapped_pixels: int) -> Iterator[Peculiarity]:
    syntax = UID(series.facts.transfer_syntax_uid)
    if syntax not in (ImplicitVRLittleEndian, ExplicitVRLittleEndian):
        yield Peculiarity(code="transfer_syntax", detail=f"Stored as {syntax.name}.")
    if series.facts.lossy_compressed:
        yield Peculiarity(
            code="lossy_compressed", detail="The images went through lossy compression; fine detail may be lost."
        )
    if padded_share:
        yield Peculiarity(
            code="padding_outside_fov",
            detail=f"{100 * padded_share:.1f} % of the voxels are padding outside the field of view and count as air.",
        )
    if wrapped_pixels:
        yield Peculiarity(
            code="stored_values_wrapped",
            detail=f"{wrapped_pixels} negative values were stored as unsigned and wrapped around; they were restored.",
        )


def _numbering(series: SelectedSeries, grid: SliceGrid) -> Iterator[Peculiarity]:
    numbers = [header.instance_number for header in grid.ordered]
    known = [number for number in numbers if number is not None]
    if len(set(zip(numbers, (header.frame for header in grid.ordered), strict=True))) < len(numbers) or not known:
        yield Peculiarity(
            code="instance_numbers_unusable", detail="InstanceNumber is missing or repeated; it was not needed."
        )
    elif known not in (sorted(known), sorted(known, reverse=True)):
        yield Peculiarity(
            code="instance_numbers_out_of_order",
            detail="InstanceNumber disagrees with the slice positions, which were followed.",
        )
    elif max(known) - min(known) + 1 > len(set(known)) and len(set(known)) > 1:
        missing = max(known) - min(known) + 1 - len(set(known))
        yield Peculiarity(
            code="instance_numbers_missing", detail=f"InstanceNumber skips {missing} number(s) within the series."
        )
    uploaded = [header.number for header in grid.ordered]
    if uploaded not in (sorted(uploaded), sorted(uploaded, reverse=True)):
        yield Peculiarity(
            code="files_out_of_order",
            detail="The files came in another order than the slices, which were sorted by position.",
        )
    if not series.facts.manufacturer:
        yield Peculiarity(code="manufacturer_unknown", detail="The header names no manufacturer.")


def _slices(series: SelectedSeries, grid: SliceGrid) -> Iterator[Peculiarity]:
    spacing = float(np.median(grid.spacings))
    for index, distance in grid.gaps:
        yield Peculiarity(
            code="gap_filled",
            detail=f"Slices {index + 1} and {index + 2} lie {distance:.2f} mm apart where {spacing:.2f} mm is regular; "
            "the gap was interpolated.",
        )
    if grid.spacings and max(grid.spacings) - min(grid.spacings) > 0.1 * spacing:
        yield Peculiarity(
            code="irregular_spacing",
            detail=f"Slice distances vary from {min(grid.spacings):.2f} to {max(grid.spacings):.2f} mm; "
            "the slices were interpolated to even spacing.",
        )
    thickness = series.facts.slice_thickness_mm
    if thickness is not None and abs(thickness - spacing) > 0.005 * spacing:
        yield Peculiarity(
            code="slice_thickness_differs_from_spacing",
            detail=f"SliceThickness is {thickness:g} mm, but the slices lie {spacing:.3f} mm apart, which is used.",
        )


def _orientation(series: SelectedSeries, volume: CtVolume) -> Iterator[Peculiarity]:
    tilt = volume.tilt_degrees
    tag = abs(series.facts.gantry_tilt_degrees or 0.0)
    if abs(tag - tilt) > TILT_NAMED_ABOVE_DEGREES:
        yield Peculiarity(
            code="gantry_tilt_tag_disagrees",
            detail=f"GantryDetectorTilt says {tag:.1f} degrees, the slice positions {tilt:.1f}, which are used.",
        )
    column_mm = volume.spacing_mm[2]
    diameter = series.facts.reconstruction_diameter_mm
    if diameter is not None and abs(diameter - volume.hu.shape[2] * column_mm) > 0.02 * diameter:
        width_mm = volume.hu.shape[2] * column_mm
        yield Peculiarity(
            code="reconstruction_diameter_disagrees",
            detail=f"ReconstructionDiameter is {diameter:g} mm, the slices are {width_mm:.0f} mm wide.",
        )


def _content(series: SelectedSeries) -> Iterator[Peculiarity]:
    facts = series.facts
    if facts.contrast_agent_given:
        yield Peculiarity(
            code="contrast_given", detail="The header names a contrast agent; bright vessels can look like blood."
        )
    elif CONTRAST_WORDS.search(facts.series_description) and not WITHOUT_CONTRAST.search(facts.series_description):
        yield Peculiarity(
            code="contrast_suspected",
            detail="The series description speaks of contrast; bright vessels can look like blood.",
        )
    if facts.burned_in_annotation:
        yield Peculiarity(code="burned_in", detail="The header says that text is burned into the pixels.")
    if "DERIVED" in facts.image_type:
        yield Peculiarity(
            code="derived_images", detail="The images are derived (reformatted or post-processed), not original."
        )
    if facts.body_part not in HEAD_PARTS:
        yield Peculiarity(code="body_part_not_head", detail="BodyPartExamined names another part than the head.")
