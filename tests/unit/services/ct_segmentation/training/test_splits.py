from pathlib import Path

from services.ct_segmentation.training.splits import PARTS, read_split, split_patients, write_splits

PATIENTS = [f"{i:04d}" for i in range(30)]


def test_every_patient_is_dealt_once_and_the_order_given_does_not_matter() -> None:
    split = split_patients(PATIENTS, test=6, validation=3, seed=1)
    assert sorted(split["train"] + split["validation"] + split["test"]) == PATIENTS
    assert [len(split[part]) for part in ("train", "validation", "test")] == [21, 3, 6]
    assert split == split_patients(PATIENTS[::-1], test=6, validation=3, seed=1)
    assert split != split_patients(PATIENTS, test=6, validation=3, seed=2)


def test_written_lists_read_back(tmp_path: Path) -> None:
    split = split_patients(PATIENTS, test=6, validation=3, seed=1)
    write_splits(split, tmp_path, "split --seed 1")
    assert {part: read_split(part, tmp_path) for part in PARTS} == split


def test_the_committed_lists_share_no_patient() -> None:
    train, validation, test = (set(read_split(part)) for part in PARTS)
    assert (len(train), len(validation), len(test)) == (68, 8, 19)
    assert len(train | validation | test) == 95
