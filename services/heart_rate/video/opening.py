"""Opening a video, and refusing from its header what must not be decoded at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from services.heart_rate.video.errors import (
    AudioOnlyError,
    CodecUnsupportedError,
    NotRealTimeError,
    NoVideoStreamError,
    StillImageError,
    VideoTooLargeError,
    VideoUnreadableError,
)

# Cinema 4K; an 8K frame takes 150 MB on its way through the decoder, and tells no more of a pulse.
MAX_PIXELS = 4096 * 2304
# Containers that hold one recording and the times of its frames. A playlist (HLS, concat) would have other files of
# this machine read, and a bare stream (.h264, .mjpeg) has no times: FFmpeg takes 25 frames a second for granted, with
# which 84 bpm filmed at 30 read as 70, for certain. Sound and pictures are opened for their names only.
_CONTAINERS = ("mov", "matroska", "avi", "mpegts", "mpeg", "flv", "asf", "mxf", "nut", "ogg")
_SOUND = ("wav", "mp3", "aac", "flac", "aiff", "amr", "caf")
_PICTURES = ("png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe")
# Where Android notes how many frames a second it took. In dim light a camera may give half of what was asked for;
# slow motions play four and eight times slower, time lapses as much faster.
_TAKEN = "com.android.capture.fps"
_MOST_STRETCHED = 3.0
_READ = {"format_whitelist": ",".join(_CONTAINERS + _SOUND + _PICTURES), "protocol_whitelist": "file"}


@dataclass(frozen=True)
class OpenVideo:
    """A container and the video stream to read in it."""

    container: InputContainer
    stream: VideoStream


@contextmanager
def open_video(path: Path, threads: int = 2) -> Iterator[OpenVideo]:
    """Open the first moving picture of ``path``; ``threads`` decode it.

    Raises VideoUnreadableError, StillImageError, AudioOnlyError, NoVideoStreamError, CodecUnsupportedError,
    NotRealTimeError or VideoTooLargeError.
    """
    with _open_container(path) as container:
        stream = _moving_picture(container)
        if stream.codec_context is None:
            raise CodecUnsupportedError("No decoder here reads the video's coding; send H.264, H.265, VP9 or AV1.")
        _refuse_stretched_time(container, stream)
        refuse_larger_than_allowed(stream.codec_context.width, stream.codec_context.height)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = threads
        yield OpenVideo(container, stream)


def refuse_larger_than_allowed(width: int, height: int) -> None:
    """Raise VideoTooLargeError for frames of more than ``MAX_PIXELS``."""
    if width * height > MAX_PIXELS:
        raise VideoTooLargeError(
            f"The video's frames have {width} x {height} pixels, more than 4096 x 2304; send it in 4K or smaller."
        )


def _open_container(path: Path) -> InputContainer:
    if not path.is_file() or not path.stat().st_size:
        raise VideoUnreadableError("There is no video file at the given path, or it is empty; send a video file.")
    try:
        return av.open(path, mode="r", options=_READ)
    except (av.FFmpegError, OSError) as error:
        raise VideoUnreadableError(
            "The file's header is not that of a video container with timestamps, or the file was cut off; send it "
            "again, as MP4, MOV, MKV, WebM or AVI."
        ) from error


def _moving_picture(container: InputContainer) -> VideoStream:
    if container.format.name in _PICTURES:
        raise StillImageError("The file is a picture; send a video of the face, 15 s or longer.")
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:  # the cover of a song is no video
            return stream
    if not container.streams:
        raise VideoUnreadableError("The file was cut off before its list of streams; send the whole file again.")
    if container.streams.audio:
        raise AudioOnlyError("The file holds sound alone; send a recording with a picture of the face.")
    raise NoVideoStreamError("The file holds no video stream; send a recording with a picture of the face.")


def _refuse_stretched_time(container: InputContainer, stream: VideoStream) -> None:
    """Raise NotRealTimeError where the telephone says that it took the frames at quite another rate."""
    try:
        taken = float(container.metadata.get(_TAKEN, "0"))
    except ValueError:  # a note that nobody can read says nothing
        return
    played = float(stream.average_rate or 0)
    if taken > 0 and played > 0 and max(taken / played, played / taken) >= _MOST_STRETCHED:
        raise NotRealTimeError(
            f"The video was taken at {taken:.0f} frames a second and plays at {played:.0f}; record at normal speed."
        )
