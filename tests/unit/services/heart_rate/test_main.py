import json
from pathlib import Path

import pytest

from services.heart_rate.__main__ import COMMANDS, main
from services.heart_rate.face.weights import detector_file
from tests.fixtures.face_videos import a_face_video, a_person, a_scene
from tests.fixtures.heart_rate_datasets import a_subject, write_ubfc_2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "default" in capsys.readouterr().out


def test_estimate_prints_a_rate_or_null_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alive = a_face_video(tmp_path / "alive.mp4", a_scene(a_person(84.0, pulsation=0.01), duration_s=14.0))
    assert main(["estimate", str(alive), "--json", "--plots", str(tmp_path / "plots")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["bpm"] == pytest.approx(84.0, abs=1)
    assert said["reason"] is None
    assert 0.5 < said["confidence"] <= 1
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"pulse.png", "spectrum.png", "trend.png"}

    photograph = a_face_video(tmp_path / "photograph.mp4", a_scene(a_person(pulsation=0.0), duration_s=14.0))
    assert main(["estimate", str(photograph), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["bpm"] is None
    assert said["reason"]
    assert main(["estimate", str(photograph)]) == 0
    assert "withheld" in capsys.readouterr().out


def test_a_refusal_is_an_exit_code_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["estimate", str(tmp_path / "nothing.mp4")]) == 2
    assert json.loads(capsys.readouterr().err.strip().splitlines()[-1])["code"] == "video_unreadable"


def test_evaluate_reports_on_the_generated_suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--each", "1", "--seconds", "12", "--condition", "skin_light", "photograph", "--cases"]
    report, pictures = tmp_path / "report.json", tmp_path / "pictures"
    assert main(["evaluate", *options, "--report", str(report), "--figures", str(pictures)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["data"]["recordings"] == 2
    assert [case["condition"] for case in printed["cases"]] == ["skin_light", "photograph"]
    assert printed["cases"][1]["true_bpm"] is None
    assert "no clinical accuracy" in printed["notes"][0]
    assert json.loads(report.read_text())["metrics"] == printed["metrics"]
    assert list(pictures.glob("*.png"))


def test_evaluate_reads_a_data_set_from_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_ubfc_2(tmp_path, "subject1", a_subject(84.0))
    assert main(["evaluate", "--dataset", "ubfc", "--data", str(tmp_path), "--cases"]) == 0
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert case["name"] == "subject1"
    assert case["candidate"] == pytest.approx(case["true_bpm"], abs=2)
    assert main(["evaluate", "--dataset", "ubfc"]) == 2
    assert main(["evaluate", "--data", str(tmp_path)]) == 2


def test_fetch_models_says_what_lies_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = tmp_path / "models"
    into.mkdir()
    (into / detector_file().name).write_bytes(detector_file().read_bytes())
    assert main(["fetch-models", "--into", str(into)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["licence"].startswith("MIT")
    assert Path(said["file"]).parent == into
