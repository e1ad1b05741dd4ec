"""The memory of the command `estimate` on a long video: 1080p, made of twenty seconds whose packets are repeated."""

import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np

from benchmarks.machine import peak_memory_mb
from services.heart_rate.__main__ import main
from services.heart_rate.generated.person import PersonSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.scenes import Scene, SceneSettings

WIDTH, HEIGHT = 1920, 1080
SEGMENT_S = 20


def memory_of_a_long_video(minutes: float) -> dict[str, float]:
    """Peak resident memory in MB of a fresh process that reads ``minutes`` of 1080p, and the seconds it read."""
    with TemporaryDirectory(prefix="long-video-") as directory:
        path = _long_video(Path(directory), max(1, round(60 * minutes / SEGMENT_S)))
        command = [sys.executable, "-m", "benchmarks.heart_rate.memory", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    measured: dict[str, float] = json.loads(done.stdout)
    return {"minutes": minutes, **measured}


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


def _estimate(path: str) -> dict[str, float]:
    """In a process of its own: run the command on the video at ``path``."""
    said = StringIO()
    with redirect_stdout(said):
        if main(["estimate", path, "--json"]):
            raise SystemExit(2)
    seconds = json.loads(said.getvalue())["quality"]["duration_s"]
    return {"seconds": round(seconds, 1), "peak_memory_mb": peak_memory_mb()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_estimate(sys.argv[1])) + "\n")
