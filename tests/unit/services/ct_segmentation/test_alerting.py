from services.ct_segmentation.alerting import alert_for
from shared.contracts.ct import CtGeometry, CtReport, ReviewFlag
from shared.contracts.states import AlertLevel


def _report(haematoma_ml: float = 0.0, suspected: bool = False, flags: tuple[str, ...] = ()) -> CtReport:
    return CtReport(
        haematoma_ml=haematoma_ml,
        oedema_ml=0.0,
        abc_over_2=None,
        components=[],
        largest_lesion_slice=None,
        type_probabilities={},
        haemorrhage_suspected=suspected,
        geometry=CtGeometry(slices=30, rows=512, columns=512, spacing_mm=(5, 0.5, 0.5), tilt_degrees=0),
        peculiarities=[],
        review_flags=[ReviewFlag(code=flag, detail=f"because of {flag}") for flag in flags],
    )


def _call(report: CtReport) -> tuple[AlertLevel, str] | None:
    call = alert_for(report, min_haematoma_ml=0.5)
    return None if call is None else (call.level, call.code)


def test_a_haematoma_is_critical() -> None:
    assert _call(_report(30.0, suspected=True)) == (AlertLevel.CRITICAL, "haemorrhage_suspected")


def test_a_bleed_that_only_the_classifier_sees_is_critical_too() -> None:
    assert _call(_report(0.0, suspected=True)) == (AlertLevel.CRITICAL, "haemorrhage_suspected")


def test_a_doubtful_negative_does_not_look_like_a_negative() -> None:
    assert _call(_report(0.2, flags=("type_mask_disagreement",))) == (AlertLevel.WARNING, "review_needed")


def test_a_clean_negative_calls_nobody() -> None:
    assert _call(_report(0.2)) is None
