"""Generated scenes as video files, coded as cameras and telephones code them."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from services.heart_rate.generated.scenes import Scene

# Milliseconds would round the intervals of 30 frames a second; this is the usual clock of MP4 and MPEG.
_CLOCK = Fraction(1, 90000)


@dataclass(frozen=True)
class Coding:
    """H.264. ``quality`` is its constant rate factor: 0 keeps every bit, 10 all that is seen, 23 what people look at.

    ``preset`` trades size for time; ``key_frames_s`` is how often the coder starts afresh.
    """

    quality: int = 0
    preset: str = "ultrafast"
    key_frames_s: float = 2.0


def write_video(scene: Scene, path: Path, coding: Coding) -> Path:
    """Render ``scene`` into ``path``, frame by frame; the path."""
    with av.open(path, "w") as container:
        rate = scene.settings.camera.frames_per_second
        stream = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = scene.settings.width, scene.settings.height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = _CLOCK
        stream.codec_context.gop_size = round(coding.key_frames_s * rate)
        stream.options = {"crf": str(coding.quality), "preset": coding.preset, "threads": "1"}
        for time_s, image in zip(scene.times_s, scene.frames(), strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time_s / _CLOCK), _CLOCK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
