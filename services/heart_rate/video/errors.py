"""Why a video is refused: one class per stable code, so that a client can tell every reason apart."""

from shared.errors import InputRefusedError


class VideoUnreadableError(InputRefusedError):
    """The file is no video container that can be opened, or there is no file."""

    code = "video_unreadable"


class AudioOnlyError(InputRefusedError):
    """The file holds sound, and no moving picture."""

    code = "audio_only"


class NoVideoStreamError(InputRefusedError):
    """The container holds no video stream, nor sound."""

    code = "no_video_stream"


class StillImageError(InputRefusedError):
    """The file is a picture, or a video of a single one."""

    code = "still_image"


class CodecUnsupportedError(InputRefusedError):
    """The video is coded in a way that no decoder here reads."""

    code = "codec_unsupported"


class TimestampsUnusableError(InputRefusedError):
    """The frames bear no times, or all the same: no rate can be told from them."""

    code = "timestamps_unusable"


class NotRealTimeError(InputRefusedError):
    """The video plays slower or faster than it was recorded: a slow motion, or a time lapse."""

    code = "not_real_time"


class VideoTooLargeError(InputRefusedError):
    """The frames are larger than one worker may decode."""

    code = "video_too_large"


class NoFramesError(InputRefusedError):
    """The video stream holds no frame."""

    code = "no_frames"


class VideoCorruptError(InputRefusedError):
    """Too much of the video stream cannot be decoded."""

    code = "video_corrupt"


class FrameRateTooLowError(InputRefusedError):
    """Too few frames per second to follow a pulse."""

    code = "frame_rate_too_low"


class VideoTooShortError(InputRefusedError):
    """Too few seconds to count a pulse."""

    code = "video_too_short"


class VideoTooLongError(InputRefusedError):
    """The video, or a leap of its timestamps, is longer than one clip may be."""

    code = "video_too_long"
