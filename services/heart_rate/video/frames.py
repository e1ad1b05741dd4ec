"""The frames of one video, one at a time: upright, small, RGB, at their presentation times."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.traces import VideoFacts
from services.heart_rate.video.errors import (
    FrameRateTooLowError,
    NoFramesError,
    StillImageError,
    TimestampsUnusableError,
    VideoCorruptError,
    VideoTooLongError,
    VideoTooShortError,
)
from services.heart_rate.video.opening import OpenVideo, refuse_larger_than_allowed
from services.heart_rate.video.timing import in_order

# A face that fills a quarter of the picture is then 160 pixels wide: the mean of its skin is as good as of 1080p, since
# shrinking by area averages already, and every step after it costs a ninth.
WORKING_SIDE = 640
MIN_FRAMES_PER_SECOND = 8.0  # half of it is 240 bpm, the highest rate that is looked for
MIN_DURATION_S = 5.0  # less than four beats of a slow heart
MAX_DURATION_S = 2 * 3600.0  # beyond it timestamps are wrong, or the work is not one clip's
# Broken packets cost the frames until the next key frame; with more than these the rest is not to be trusted either.
MAX_BROKEN_SHARE = 0.1
# A frame without a time is taken to follow at the usual interval. With more of these the rate would be a guess.
MAX_UNTIMED_SHARE = 0.1
GAP = 1.5  # intervals, as VideoFacts has it


@dataclass(frozen=True)
class Frame:
    """One upright picture: ``image`` (H, W, 3) RGB, ``scale`` of its pixels to those of the video (at least 1)."""

    time_s: float
    image: NDArray[np.uint8]
    scale: float


@dataclass
class FrameReader:
    """Reads one video once, front to back, and knows its facts when it is through.

    A frame that equals the one before is a camera's or an encoder's stopgap: it is counted and left out, since it would
    put the light of an earlier moment at its time.
    """

    video: OpenVideo
    _times_s: list[float] = field(default_factory=list)
    _repeated: int = 0
    _coded_bytes: int = 0
    _packets: int = 0
    _broken: int = 0
    _decoded: int = 0
    _untimed: int = 0
    _size: tuple[int, int] = (0, 0)

    def __iter__(self) -> Iterator[Frame]:
        """Every frame that shows something new.

        Raises NoFramesError, StillImageError, VideoCorruptError, TimestampsUnusableError, FrameRateTooLowError and
        VideoTooShortError once it is through, VideoTooLargeError at a frame that is larger than the header said, and
        VideoTooLongError at one that is later.
        """
        before: NDArray[np.uint8] | None = None
        for time_s, frame in in_order(self._decode(), 1.0 / self._nominal_rate()):
            if time_s > MAX_DURATION_S:
                raise VideoTooLongError(
                    f"The video's timestamps reach beyond {MAX_DURATION_S / 3600:.0f} hours; send a shorter clip."
                )
            image = self._shrunk(frame)
            self._times_s.append(time_s)
            if before is not None and before.shape == image.shape and np.array_equal(before, image):
                self._repeated += 1
                continue
            before = image
            yield Frame(time_s, image, max(self._size) / max(image.shape[:2]))
        self._refuse_what_shows_too_little()

    def seconds(self) -> float | None:
        """How long the header says that the video is; None where it is silent."""
        stream = self.video.stream
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        container = self.video.container
        return container.duration / 1e6 if container.duration else None  # in microseconds

    def facts(self) -> VideoFacts:
        """What was seen of container and decoder; whole once the frames are through."""
        times = np.array(self._times_s)
        intervals = np.diff(times)
        usual = float(np.median(intervals)) if len(intervals) else 0.0
        width, height = self._size
        pixels = width * height * self._decoded
        return VideoFacts(
            width=width,
            height=height,
            codec=self.video.stream.codec_context.name,
            duration_s=float(times[-1] - times[0]) + usual if len(times) else 0.0,
            frames=len(times),
            frames_per_second=1.0 / usual if usual else 0.0,
            frames_repeated=self._repeated,
            gaps=int((intervals > GAP * usual).sum()),
            bits_per_pixel=8.0 * self._coded_bytes / pixels if pixels and self._coded_bytes else None,
        )

    def _decode(self) -> Iterator[tuple[float | None, av.VideoFrame]]:
        """Decoded frames with the times that the file gives them; broken ones are counted and left out."""
        try:
            for packet in self.video.container.demux(self.video.stream):
                self._coded_bytes += packet.size
                self._packets += 1
                try:
                    decoded = packet.decode()
                except av.FFmpegError:
                    self._broken += 1
                    continue
                for frame in decoded:
                    if frame.is_corrupt:
                        self._broken += 1
                        continue
                    self._decoded += 1
                    self._untimed += frame.time is None
                    yield frame.time, frame
        except av.FFmpegError:  # the container itself ends in disorder; what was read so far is judged as it is
            self._broken += 1

    def _shrunk(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        refuse_larger_than_allowed(frame.width, frame.height)
        ratio = min(1.0, WORKING_SIDE / max(frame.width, frame.height))
        # Even sides, as chroma has half of them.
        width, height = (max(2, 2 * round(side * ratio / 2)) for side in (frame.width, frame.height))
        image = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA")
        turns = round(frame.rotation / 90) % 4  # counter-clockwise, like np.rot90
        self._size = (frame.height, frame.width) if turns % 2 else (frame.width, frame.height)
        return np.ascontiguousarray(np.rot90(image, turns))

    def _nominal_rate(self) -> float:
        rate: Fraction | None = self.video.stream.average_rate or self.video.stream.guessed_rate
        return float(rate) if rate else 30.0

    def _refuse_what_shows_too_little(self) -> None:
        if self._broken > MAX_BROKEN_SHARE * max(self._packets, 1):
            raise VideoCorruptError(
                f"{self._broken} of the video's {self._packets} packets cannot be decoded; send the original again."
            )
        if not self._times_s:
            raise NoFramesError("The video stream holds no frame; record again, and check that the file was closed.")
        if self._decoded == 1:
            raise StillImageError("The video holds a single picture; send a video of the face, 15 s or longer.")
        if len(self._times_s) == 1 or self._untimed > MAX_UNTIMED_SHARE * self._decoded:
            raise TimestampsUnusableError(
                "The video's frames bear no times, or all the same; send the file as the camera wrote it."
            )
        facts = self.facts()
        if facts.frames_per_second < MIN_FRAMES_PER_SECOND:
            raise FrameRateTooLowError(
                f"The video has {facts.frames_per_second:.1f} frames a second, a pulse needs at least "
                f"{MIN_FRAMES_PER_SECOND:.0f}; record with 25 or more."
            )
        if facts.duration_s < MIN_DURATION_S:
            raise VideoTooShortError(
                f"The video lasts {facts.duration_s:.1f} s, a pulse needs at least {MIN_DURATION_S:.0f} s; record 15 s "
                "or longer."
            )
