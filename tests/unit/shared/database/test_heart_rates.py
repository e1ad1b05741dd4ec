"""Heart rates that contradict each other: one call for a person, not one a minute."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from shared.contracts.states import AlertLevel, AlertState, EventType
from shared.contracts.vitals import VitalKind, VitalSource
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.heart_rates import measured_since, note_disagreement
from shared.database.tables import Alert, Event, Vital
from tests.fixtures.care import add_patient


class Ward:
    """One patient, on whom devices measure."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.patient: UUID = add_patient(database)

    def measured(self, *rates: tuple[VitalSource, float], minutes_ago: float = 1, **told: Any) -> None:
        """What the devices measured in one minute, and the look at it."""
        # Within one minute, whatever the time now is.
        at = (now() - timedelta(minutes=minutes_ago)).replace(second=30, microsecond=0)

        def write(session: Any) -> None:
            for source, bpm in rates:
                row = {"kind": VitalKind.HEART_RATE, "value": bpm, "unit": "/min", **told}
                times = {"measured_at": at, "device_time": at}
                session.add(Vital(patient_id=self.patient, device=f"{source} 1", source=source, **row, **times))
            note_disagreement(session, self.patient)

        self.database.write(write)

    def alerts(self) -> list[Alert]:
        with self.database.reading() as session:
            return list(session.scalars(select(Alert).where(Alert.patient_id == self.patient)))

    def events(self) -> list[Event]:
        with self.database.reading() as session:
            return list(session.scalars(select(Event).where(Event.type == EventType.HEART_RATES_DISAGREE)))

    def close(self, hours_after_opening: float) -> None:
        opened = now() - timedelta(hours=hours_after_opening)
        changed = update(Alert).values(state=AlertState.CLOSED, created_at=opened)
        self.database.write(lambda session: session.execute(changed))


@pytest.fixture
def ward(database: Database) -> Ward:
    return Ward(database)


def both(monitor: float, video: float) -> tuple[tuple[VitalSource, float], ...]:
    return (VitalSource.MONITOR, monitor), (VitalSource.RPPG, video)


def test_a_contradiction_is_told_with_both_values_and_calls_for_a_person(ward: Ward) -> None:
    ward.measured(*both(80, 104))
    [alert], [event] = ward.alerts(), ward.events()
    assert (alert.level, alert.code, alert.state) == (AlertLevel.WARNING, "heart_rates_disagree", AlertState.OPEN)
    assert alert.message.startswith("Heart rates differ by 24 bpm: monitor monitor 1 says 80, camera rppg 1 says 104.")
    assert event.patient_id == ward.patient
    assert event.payload["difference_bpm"] == 24
    assert [(s["source"], s["bpm"]) for s in event.payload["sources"]] == [("monitor", 80), ("rppg", 104)]


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        (both(80, 90), "ten apart is within what meters may err by"),
        ([(VitalSource.MONITOR, 80.0)], "one device contradicts nobody"),
    ],
)
def test_what_agrees_calls_nobody(ward: Ward, rates: Any, why: str) -> None:
    ward.measured(*rates)
    assert (ward.alerts(), ward.events()) == ([], []), why


def test_a_contradiction_that_goes_on_calls_once(ward: Ward) -> None:
    for minute in (4, 3, 2, 1):
        ward.measured(*both(80, 104), minutes_ago=minute)
    assert (len(ward.alerts()), len(ward.events())) == (1, 1)


def test_one_that_flickers_about_the_bound_calls_once(ward: Ward) -> None:
    for minute, video in enumerate((91, 89, 91, 89, 91)):
        ward.measured(*both(80, video), minutes_ago=6 - minute)
    assert len(ward.alerts()) == 1


def test_one_that_was_over_before_it_was_looked_at_calls_nobody(ward: Ward) -> None:
    ward.measured((VitalSource.MONITOR, 80), minutes_ago=5)
    ward.measured(*both(80, 82), minutes_ago=2)
    ward.measured((VitalSource.RPPG, 120), minutes_ago=5)  # read late, of an earlier minute
    assert ward.alerts() == []


def test_whoever_closes_the_alert_is_called_again_after_an_hour_and_not_before(ward: Ward) -> None:
    ward.measured(*both(80, 104), minutes_ago=3)
    ward.close(hours_after_opening=0.9)
    ward.measured(*both(80, 104), minutes_ago=2)
    assert len(ward.alerts()) == 1
    ward.close(hours_after_opening=1.1)
    ward.measured(*both(80, 104), minutes_ago=1)
    assert [alert.state for alert in sorted(ward.alerts(), key=lambda a: a.created_at)] == ["closed", "open"]


def test_an_alert_that_nobody_closed_goes_on_calling_by_itself(ward: Ward) -> None:
    ward.measured(*both(80, 104), minutes_ago=2)
    yesterday = update(Alert).values(created_at=now() - timedelta(days=1))
    ward.database.write(lambda session: session.execute(yesterday))
    ward.measured(*both(80, 104), minutes_ago=1)
    assert len(ward.alerts()) == 1


def test_what_was_measured_long_ago_calls_nobody(ward: Ward) -> None:
    ward.measured(*both(80, 104), minutes_ago=45)
    assert ward.alerts() == []


def test_a_device_that_does_not_believe_itself_contradicts_nobody(ward: Ward) -> None:
    ward.measured((VitalSource.MONITOR, 80.0))
    ward.measured((VitalSource.WEARABLE, 104.0), quality=0.2)  # σ = 1.5^0.2 × 24^0.8 = 13.8 bpm
    assert ward.alerts() == []


def test_every_patient_has_their_own(ward: Ward, database: Database) -> None:
    ward.measured(*both(80, 104))
    other = Ward(database)
    other.measured(*both(60, 90))
    assert (len(ward.alerts()), len(other.alerts())) == (1, 1)


def test_heart_rates_are_read_in_the_order_of_time_without_other_kinds(ward: Ward) -> None:
    ward.measured((VitalSource.MONITOR, 81.0), minutes_ago=1)
    ward.measured((VitalSource.MONITOR, 83.0), minutes_ago=9)
    ward.measured((VitalSource.MONITOR, 85.0), minutes_ago=30)
    ward.measured((VitalSource.MONITOR, 97.0), kind=VitalKind.SPO2)
    with ward.database.reading() as session:
        found = list(measured_since(session, ward.patient, now() - timedelta(minutes=20)))
    assert [(m.bpm, m.source, m.device) for m in found] == [
        (83, VitalSource.MONITOR, "monitor 1"),
        (81, VitalSource.MONITOR, "monitor 1"),
    ]
