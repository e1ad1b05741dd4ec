"""A patient's risk in the browser: assessed by the real worker, explained, imagined, and held against what came."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.database.engine import Database
from tests.e2e.conftest import a_viewer, expect_accessible, sign_in
from tests.fixtures.platform import PlatformClient
from tests.fixtures.risk import RiskPatient, a_bleed
from tests.fixtures.servers import wait_until

HEART_RATE, SYSTOLIC, DIASTOLIC, GCS = "8867-4", "8480-6", "8462-4", "9269-2"


def assess(client: PlatformClient, patient: RiskPatient) -> dict[str, Any]:
    """Have the worker assess the patient; the newest assessment then."""
    job = client.http.post(f"/patients/{patient.id}/risks").json()
    assert client.wait_for(job["id"])["state"] == "succeeded"
    return client.risk(client.risks(str(patient.id))[0]["id"])


@pytest.fixture(scope="module")
def bleeding(database: Database, client: PlatformClient) -> RiskPatient:
    """Somebody whose bleed grew from 20 to 31 mL in a day, with a high pressure and a drooping face at present."""
    patient = RiskPatient(database, onset_h_ago=30)
    assert patient.onset_at is not None
    patient.scanned(a_bleed(20.0, patient.onset_at + timedelta(hours=2)))
    assess(client, patient)
    patient.scanned(a_bleed(31.0, patient.onset_at + timedelta(hours=26), oedema_ml=14.0))
    now = datetime.now(UTC)
    readings = [(SYSTOLIC, 230, "mm[Hg]"), (DIASTOLIC, 120, "mm[Hg]"), (HEART_RATE, 96, "/min"), (GCS, 14, "{score}")]
    client.measure(str(patient.id), now, *readings)
    client.see(str(patient.id), "face_droop", now - timedelta(seconds=10), now)
    wait_until(lambda: client.risks(str(patient.id))[0]["level"] == "red", "the level is red", 60)
    return patient


def newest(client: PlatformClient, patient: RiskPatient) -> dict[str, Any]:
    return client.risk(client.risks(str(patient.id))[0]["id"])


def opened(page: Page, patient: RiskPatient, tab: str = "now") -> Locator:
    """The risk panel of the patient's page."""
    page.goto(f"/patients/{patient.id}?risk={tab}")
    return page.get_by_role("region", name="Risk", exact=True)


def card(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("region", name=name, exact=True)


def percent(share: float) -> str:
    """As the page writes shares that are neither below 1 % nor above 99 %."""
    return f"{int(share * 100 + 0.5)} %"


def signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def test_who_was_never_assessed_is_not_called_safe_and_is_assessed_on_request(
    page: Page, database: Database, client: PlatformClient
) -> None:
    patient = RiskPatient(database, onset_h_ago=None, birth_date=None, sex="unknown", history={})
    panel = opened(page, patient)
    expect(panel.get_by_text("Not assessed yet.")).to_be_visible()
    panel.get_by_role("button", name="Assess now").click()
    expect(panel.get_by_role("status").filter(has_text="Assessed.")).to_be_visible()
    bedside = card(panel, "At the bedside")
    # Nothing was seen: a green that must not look like an all-clear.
    expect(bedside).to_contain_text("Green, little seen")
    expect(bedside).to_contain_text("No all-clear")
    expect(bedside).to_contain_text("Not seen: behaviour, heart rate, blood pressure")
    for name in ("Haematoma expansion", "Outcome at 90 days"):
        expect(card(panel, name)).to_contain_text("Not computable. This is no low risk")
        expect(card(panel, name)).to_contain_text("hours from onset to the first CT, age")
    assert len(client.risks(str(patient.id))) == 1


def test_the_panel_says_how_grave_it_is_how_sure_and_why(
    page: Page, client: PlatformClient, bleeding: RiskPatient
) -> None:
    panel = opened(page, bleeding)
    report = newest(client, bleeding)["report"]
    bedside, found = card(panel, "At the bedside"), report["bedside"]
    expect(bedside).to_contain_text("Red")
    expect(bedside).to_contain_text(f"{found['score']:.0f} of 100")
    expect(bedside).to_contain_text(f"{percent(found['confidence'])} of a complete picture")
    for part in found["contributions"][:3]:
        bar = bedside.get_by_role("listitem").filter(has_text=part["label"])
        expect(bar).to_contain_text(signed(part["contribution"], 1))
        expect(bar).to_contain_text(part["reason"])
    expect(bedside).to_contain_text("Not seen: oxygen saturation, respirations, temperature.")

    expansion = card(panel, "Haematoma expansion")
    expect(expansion).to_contain_text(percent(report["expansion"]["probability"]))
    strongest = report["expansion"]["contributions"][0]
    bar = expansion.get_by_role("listitem").filter(has_text=strongest["label"])
    expect(bar).to_contain_text(signed(strongest["contribution"], 2))
    unknown = [part["label"] for part in report["expansion"]["contributions"] if not part["known"]]
    assert unknown
    expect(expansion).to_contain_text(f"so adding nothing: {', '.join(unknown)}")

    outcome = card(panel, "Outcome at 90 days")
    expect(outcome).to_contain_text(f"{percent(report['outcome']['probability_disabled'])} for mRS 3 to 6")
    shares = outcome.get_by_role("table").get_by_role("cell")
    expect(shares).to_have_text([percent(share) for share in report["outcome"]["probabilities"]])
    expect_accessible(page)


def test_scores_growth_and_oedema_are_shown_with_their_doubts(
    page: Page, client: PlatformClient, bleeding: RiskPatient
) -> None:
    panel = opened(page, bleeding)
    report = newest(client, bleeding)["report"]
    row = card(panel, "Clinical scores").get_by_role("row").filter(has_text="FUNC score")
    expect(row).to_contain_text("Not computable")
    expect(row).to_contain_text("Not known: location, Glasgow Coma Scale, cognitive impairment before.")

    grown = card(panel, "Growth between CTs").get_by_role("row").nth(1)
    low, high = report["growth"][0]["growth_ml_range"]
    expect(grown).to_contain_text(f"+11.0 mL ({signed(low, 1)} to {signed(high, 1)}), +55 %")
    expect(grown).to_contain_text("Expanded")

    oedema = card(panel, "Course of the oedema")
    expect(oedema.get_by_role("img", name="Oedema measured: 5.0 mL at 2 h, 14.0 mL at 26 h")).to_be_visible()
    oedema.get_by_label("Cohort’s cubic and quartic").check()
    expect(oedema.get_by_role("listitem").filter(has_text="Cohort, quartic")).to_be_visible()
    oedema.get_by_text("Figures").click()
    last = report["oedema_course"]["expected"][-1]
    expect(oedema.get_by_role("row").last).to_contain_text(f"{last['median_ml']:.1f} mL expected")
    expect_accessible(page)


def test_a_sign_of_stroke_turns_the_level_while_one_watches(
    page: Page, database: Database, client: PlatformClient
) -> None:
    patient = RiskPatient(database, onset_h_ago=None)
    assess(client, patient)
    panel = opened(page, patient)
    expect(card(panel, "At the bedside")).to_contain_text("Green, little seen")
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    now = datetime.now(UTC)
    for sign in ("face_droop", "arm_drift"):
        client.see(str(patient.id), sign, now - timedelta(seconds=10), now)
    # No reload: the assessment arrives through the event stream.
    expect(card(panel, "At the bedside")).to_contain_text("See the patient now")
    expect(page.get_by_role("link", name="Risk: Red")).to_be_visible()


def test_the_course_is_drawn_and_leads_to_each_assessment(
    page: Page, client: PlatformClient, bleeding: RiskPatient
) -> None:
    panel = opened(page, bleeding, "history")
    risks = client.risks(str(bleeding.id))
    first, last = risks[-1]["score"], risks[0]["score"]
    expect(panel.get_by_role("img", name=re.compile(rf"^Bedside score from {first:.0f} to {last:.0f}"))).to_be_visible()
    expect(panel.get_by_role("img", name=re.compile("^Probability of haematoma expansion from"))).to_be_visible()
    rows = panel.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(len(risks) + 1)
    expect(rows.nth(1)).to_contain_text("Red")
    expect_accessible(page)
    rows.last.get_by_role("link").click()
    page.wait_for_url(f"**/risks/{risks[-1]['id']}")
    expect(page.get_by_role("region", name="At the bedside")).to_contain_text(f"{first:.0f} of 100")
    # The prediction of the first CT, and what the second told of it.
    judged = next(risk for risk in map(client.risk, (line["id"] for line in risks)) if risk["outcomes"])
    page.goto(f"/risks/{judged['id']}")
    predicted = percent(judged["outcomes"][0]["predicted"])
    expect(page.get_by_text(f"expansion was predicted with {predicted}. Expanded: +11.0 mL")).to_be_visible()


def test_what_is_imagined_stands_beside_what_is_known_and_is_stored_nowhere(
    page: Page, client: PlatformClient, bleeding: RiskPatient
) -> None:
    panel = opened(page, bleeding, "what-if")
    known = len(client.risks(str(bleeding.id)))
    form = panel.get_by_role("form", name="What if")
    form.get_by_label("Haematoma volume (mL)").fill("-90")
    form.get_by_label("Diastolic pressure (mmHg)").fill("300")
    form.get_by_role("button", name="Ask what if").click()
    expect(form.get_by_role("alert")).to_contain_text("These fields were not accepted; nothing was computed.")
    for field, why in (("Haematoma volume (mL)", "greater than or equal to 0"), ("Diastolic pressure (mmHg)", "250")):
        expect(form.get_by_label(field)).to_have_attribute("aria-invalid", "true")
        expect(form.get_by_label(field)).to_have_accessible_description(re.compile(re.escape(why)))
    expect(panel.get_by_role("heading", name="Imagined, not stored")).to_have_count(0)

    form.get_by_label("Haematoma volume (mL)").fill("90")
    form.get_by_label("Diastolic pressure (mmHg)").fill("")
    form.get_by_label("Location").select_option("infratentorial")
    form.get_by_label("Glasgow Coma Scale: as if not known").check()
    form.get_by_role("button", name="Ask what if").click()
    imagined = panel.get_by_role("region", name="Imagined, not stored")
    facts = {"haematoma_ml": 90, "location": "infratentorial", "gcs": None}
    answer = client.http.post(f"/patients/{bleeding.id}/risks/what-if", json={"facts": facts}).json()
    real = newest(client, bleeding)["report"]
    expansion = imagined.get_by_role("row").filter(has_text="Haematoma expansion").get_by_role("cell")
    probabilities = [report["expansion"]["probability"] for report in (real, answer)]
    change = signed(100 * (probabilities[1] - probabilities[0]), 1) + " points"
    expect(expansion).to_have_text([*map(percent, probabilities), change])
    assert answer["expansion"]["probability"] != real["expansion"]["probability"]
    expect_accessible(page)
    assert len(client.risks(str(bleeding.id))) in (known, known + 1)  # one that was due may have come meanwhile


def test_a_number_that_is_none_and_a_question_that_asks_nothing_are_told_so(page: Page, bleeding: RiskPatient) -> None:
    form = opened(page, bleeding, "what-if").get_by_role("form", name="What if")
    form.get_by_role("button", name="Ask what if").click()
    expect(form.get_by_role("alert")).to_contain_text("Nothing differs from what is known")
    form.get_by_label("Age (years)").fill("eighty")
    form.get_by_role("button", name="Ask what if").click()
    expect(form.get_by_label("Age (years)")).to_have_accessible_description(re.compile("This is no number"))


def test_the_report_is_opened_to_be_printed(page: Page, bleeding: RiskPatient) -> None:
    panel = opened(page, bleeding)
    expect(panel.get_by_text("Research use only — no medical device.")).to_be_visible()
    with page.context.expect_page() as printed:
        panel.get_by_role("link", name="Printable report").click()
    expect(printed.value.get_by_role("heading", name="Risk assessment")).to_be_visible()
    expect(printed.value.get_by_text("Phantom, Test")).to_be_visible()


def test_an_assessment_that_is_not_taken_says_why_by_name(
    page: Page, database: Database, client: PlatformClient
) -> None:
    patient = RiskPatient(database)
    # The page goes on with what it knew: it asks again once its event stream is open, and would take the button away.
    known = client.http.get(f"/patients/{patient.id}").json()
    page.route(f"**/api/v1/patients/{patient.id}", lambda route: route.fulfill(json=known))
    assert client.http.delete(f"/patients/{patient.id}").status_code == 204
    panel = opened(page, patient)
    panel.get_by_role("button", name="Assess now").click()
    refusal = panel.get_by_role("alert").filter(has_text="No assessment was asked for")
    expect(refusal).to_contain_text("Code patient_archived")


def test_predictions_are_held_against_what_came(page: Page, client: PlatformClient, bleeding: RiskPatient) -> None:
    assert newest(client, bleeding)["report"]["growth"][0]["expanded"] == "yes"
    page.goto("/patients")
    page.get_by_role("link", name="Calibration").click()
    page.get_by_role("heading", name="Calibration of haematoma expansion").wait_for()
    found = client.http.get("/risks/calibration").json()
    assert found["overall"]["count"] == 1
    band = next(band for band in found["bands"] if band["count"])
    row = page.get_by_role("row").filter(has_text=f"{band['low'] * 100:.0f} to {band['high'] * 100:.0f} %").first
    expect(row).to_contain_text(f"100 % ({percent(band['seen']['low'])} to 100 %)")
    said = re.compile(rf"predicted {percent(band['predicted_mean'])}, expanded 100 %")
    expect(page.get_by_role("img", name=said)).to_be_visible()
    expect_accessible(page)
    page.get_by_role("link", name="oedema in the cohort").click()
    page.get_by_role("heading", name="Oedema in the cohort").wait_for()
    expect(page.get_by_role("row").filter(has_text="Mixed model (shape), median")).to_be_visible()
    expect_accessible(page)


def test_a_viewer_reads_the_risk_but_is_offered_neither_to_assess_nor_to_imagine(
    visitor: Page, client: PlatformClient, bleeding: RiskPatient
) -> None:
    visitor.goto(f"/patients/{bleeding.id}?risk=what-if")
    sign_in(visitor, *a_viewer(client))
    panel = visitor.get_by_role("region", name="Risk", exact=True)
    expect(card(panel, "At the bedside")).to_contain_text("Red")
    expect(panel.get_by_role("button", name="Assess now")).to_have_count(0)
    expect(panel.get_by_role("link", name="What if")).to_have_count(0)
