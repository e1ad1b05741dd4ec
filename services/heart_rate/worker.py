"""Heart rate from video as a service: which queue it drains and what it does with a message."""

from functools import lru_cache, partial

from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.pipeline import DRAWN, read_video
from services.heart_rate.writing import write_reading
from shared.contracts.names import JobKind, Queue
from shared.database.tables import Video
from shared.queueing.runner import RunningJob, WriteResult
from shared.queueing.worker import Service


@lru_cache(maxsize=1)
def detector() -> FaceDetector:
    """The face detector of this process, loaded once. Raises FaceModelMissingError until it was fetched."""
    return FaceDetector.load()


def estimate_heart_rate(running: RunningJob) -> WriteResult:
    """Read the video of one job; the returned function writes what it says."""
    with running.database.reading() as session:
        video = session.get_one(Video, running.job.video_id)
    with running.artifacts.as_file(video.digest) as path:
        reading = read_video(path, detector(), running.report, running.settings.inference_threads)
    running.report(DRAWN, "storing")
    pictures = {
        role: running.artifacts.put_bytes(picture.content, picture.media_type)
        for role, picture in reading.pictures.items()
    }
    return partial(write_reading, running=running, video=video, reading=reading, pictures=pictures)


def service() -> Service:
    """The service."""
    return Service(
        "heart_rate", (Queue.HEART_RATE,), {JobKind.HEART_RATE_ESTIMATE: estimate_heart_rate}, warm_up=detector
    )
