"""Frames in the order of their presentation times, which strictly rise, whatever the file claims."""

import heapq
from collections.abc import Iterable, Iterator
from typing import TypeVar

# A muxer that swaps frames swaps neighbours; what comes later than this is dropped.
REORDERED = 4
# Two frames closer than this are one: those of the fastest camera, of 240 frames a second, are 4.2 ms apart.
CLOSEST_S = 0.002

Image = TypeVar("Image")


def in_order(frames: Iterable[tuple[float | None, Image]], usual_interval_s: float) -> Iterator[tuple[float, Image]]:
    """``frames`` as (time in s from the first, image), by strictly rising time, holding back ``REORDERED`` of them.

    A frame without a time follows the one that was decoded before it by ``usual_interval_s``. Of frames at the same
    time the first decoded stays, and one that comes after its time has passed is dropped.
    """
    first, last = None, -float("inf")
    for time_s, image in _nearly_sorted(frames, usual_interval_s):
        if time_s - last < CLOSEST_S:
            continue
        first = time_s if first is None else first
        last = time_s
        yield time_s - first, image


def _nearly_sorted(
    frames: Iterable[tuple[float | None, Image]], usual_interval_s: float
) -> Iterator[tuple[float, Image]]:
    held: list[tuple[float, int, Image]] = []  # the count decides between equal times
    decoded_at = -usual_interval_s
    for count, (time_s, image) in enumerate(frames):
        decoded_at = decoded_at + usual_interval_s if time_s is None else time_s
        heapq.heappush(held, (decoded_at, count, image))
        if len(held) > REORDERED:
            due = heapq.heappop(held)
            yield due[0], due[2]
    for time, _, image in sorted(held, key=lambda entry: entry[:2]):
        yield time, image
