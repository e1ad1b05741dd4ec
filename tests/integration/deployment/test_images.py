"""What the images are built from, read from their recipes; tests/compose looks into the built images."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[3]
RECIPES = sorted((REPOSITORY / "deploy/docker").glob("*Dockerfile"))
CONSTRAINTS = (REPOSITORY / "constraints.txt").read_text()


def pinned() -> dict[str, str]:
    lines = [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_recipes_build_with_any_engine() -> None:
    """No syntax line (it pulls a frontend), no linked copies, no heredocs."""
    assert len(RECIPES) == 3
    for recipe in RECIPES:
        text = recipe.read_text()
        assert not re.search(r"^# *syntax=|--link|<<", text, flags=re.MULTILINE), recipe.name


def test_the_final_stage_runs_as_a_fixed_user_without_root() -> None:
    for recipe in RECIPES:
        final = recipe.read_text().split("\nFROM ")[-1]
        assert re.findall(r"^USER (.+)$", final, flags=re.MULTILINE) == ["10001:10001"], recipe.name


def asked_by_serving() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    serving = ["cpu", "cuda", "gateway", *(path.name for path in (REPOSITORY / "services").iterdir() if path.is_dir())]
    asked = project["dependencies"] + [one for extra in serving for one in extras.get(extra, [])]
    return {canonicalize_name(Requirement(one).name) for one in asked}


def asked_by_extra(package: str, extras: dict[str, list[str]]) -> list[str]:
    return [extra for extra, asked in extras.items() if package in {Requirement(one).name for one in asked}]


def test_everything_that_serving_asks_for_is_pinned() -> None:
    assert asked_by_serving() <= set(pinned()), asked_by_serving() - set(pinned())


def test_no_training_library_is_asked_for_by_serving() -> None:
    assert not {"torch", "onnx", "onnxscript", "scikit-learn", "pandas"} & asked_by_serving()


def test_only_heart_rate_draws_while_it_serves() -> None:
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [name for name in asked_by_extra("matplotlib", extras) if name != "train"] == ["heart_rate"]


def test_nothing_but_named_folders_enters_a_build() -> None:
    lines = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    allowed = {line.removeprefix("!").rstrip("/") for line in lines if line.startswith("!")}
    assert allowed == {
        "constraints.txt",
        "pyproject.toml",
        "shared",
        "gateway",
        "services",
        "frontend",
        "deploy/orthanc",
        "deploy/proxy",
    }
