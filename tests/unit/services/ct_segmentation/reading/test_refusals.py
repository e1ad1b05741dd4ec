from collections.abc import Callable

import pytest

from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.reading.study_files import StudyFile
from shared.errors import InputRefusedError
from tests.fixtures.bad_studies import BAD_STUDIES, head

# pydicom warns of elements that are cut short, then hands over what it has.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


@pytest.mark.parametrize(("build", "code"), BAD_STUDIES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_study_is_refused_with_its_own_code(build: Callable[[], list[StudyFile]], code: str) -> None:
    with pytest.raises(InputRefusedError) as refusal:
        read_study(build())

    assert refusal.value.code == code
    assert not refusal.value.retryable


@pytest.mark.parametrize("build", BAD_STUDIES, ids=lambda build: build.__name__)
def test_a_refusal_is_one_sentence_that_says_what_to_do_and_names_no_file_or_patient(
    build: Callable[[], list[StudyFile]],
) -> None:
    files = build()
    with pytest.raises(InputRefusedError) as refusal:
        read_study(files)

    detail = refusal.value.detail
    assert detail.endswith(".")
    assert ";" in detail or ":" in detail, "what to do follows what is wrong"
    assert not any(file.name in detail for file in files)
    assert "PHANTOM" not in detail
    assert "Phantom" not in detail


def test_the_study_that_the_bad_ones_were_made_from_is_accepted() -> None:
    assert read_study(head()).hu.shape == (16, 64, 64)


def test_an_upload_without_files_is_refused() -> None:
    with pytest.raises(InputRefusedError) as refusal:
        read_study([])

    assert refusal.value.code == "file_empty"
