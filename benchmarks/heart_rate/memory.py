"""The memory of reading a long video: ten minutes of 1080p, made of a few seconds whose packets are repeated."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.machine import peak_memory_mb
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.generated.person import PersonSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.scenes import Scene, SceneSettings
from services.heart_rate.sessions import traces_of

WIDTH, HEIGHT = 1920, 1080
SEGMENT_S = 5


def memory_of_a_long_video(minutes: float) -> dict[str, float]:
    """Peak resident memory in MB of a process that reads ``minutes`` of 1080p, and how many frames those are."""
    with TemporaryDirectory(prefix="long-video-") as directory:
        path = _long_video(Path(directory), round(60 * minutes / SEGMENT_S))
        command = [sys.executable, "-m", "benchmarks.heart_rate.memory", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    peak_mb, frames = done.stdout.split()
    return {"minutes": minutes, "frames": int(frames), "peak_memory_mb": float(peak_mb)}


def _long_video(folder: Path, repeats: int) -> Path:
    """The segment's packets, ``repeats`` times, each after the last."""
    segment, path = _segment(folder / "segment.mp4"), folder / "long.mp4"
    with av.open(path, "w") as written:
        with av.open(segment) as first:
            stream = written.add_stream_from_template(first.streams.video[0])
            length = first.streams.video[0].duration or 0
        for repeat in range(repeats):
            with av.open(segment) as read:
                for packet in read.demux(read.streams.video[0]):
                    if packet.dts is None or packet.pts is None:  # the empty packet at the end
                        continue
                    packet.pts, packet.dts = packet.pts + repeat * length, packet.dts + repeat * length
                    packet.stream = stream
                    written.mux(packet)
    return path


def _segment(path: Path) -> Path:
    person = PersonSettings(PulseSettings(72.0), at=(240.0, 135.0))
    scene = Scene.stage(SceneSettings((person,), duration_s=SEGMENT_S, width=WIDTH // 4, height=HEIGHT // 4), 0)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for image in scene.frames():
            large = np.asarray(cv2.resize(image, (WIDTH, HEIGHT)), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(large, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def _read(path: Path) -> None:
    """In a process of its own: read the video at ``path``, and print the peak memory in MB and the number of frames."""
    with tqdm(total=1.0, desc="reading", bar_format="{l_bar}{bar}| {elapsed}") as bar:
        traces = traces_of(path, FaceDetector.load(), lambda share: bar.update(share - bar.n))
    sys.stdout.write(f"{peak_memory_mb()} {len(traces)}\n")


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
