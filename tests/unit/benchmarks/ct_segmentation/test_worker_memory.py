from pathlib import Path

from benchmarks.ct_segmentation.worker_memory import measure_memory
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.studies import small_head_zip


def test_a_worker_of_its_own_analyses_the_study_and_reports_its_peak(tmp_path: Path) -> None:
    study = tmp_path / "study.zip"
    study.write_bytes(small_head_zip())
    memory = measure_memory(study, write_brightness_network(tmp_path / "weights"), threads=1)
    assert 50 < memory["ready_mb"] < memory["peak_mb"]
