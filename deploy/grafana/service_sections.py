"""What single services tell operators: risk scoring, heart rate, the bridge to the PACS."""

from deploy.grafana.panels import RELAY, Panel, Query, Section, quantiles

_SCORING = 'job="risk_scoring"'
RISK = Section(
    "Risk",
    (
        Panel(
            "Assessments",
            "Per minute, by the bedside level that they leave.",
            "none",
            (Query(f"60 * sum by (level) (rate(dhn_risk_assessments_total{{{_SCORING}}}[5m]))", "{{level}}"),),
        ),
        Panel(
            "Calls of the bedside risk",
            "Alerts per hour: raised, escalated to red, reminders. Many of them, and nobody heeds any.",
            "none",
            (Query(f"3600 * sum by (kind) (rate(dhn_risk_calls_total{{{_SCORING}}}[1h]))", "{{kind}}"),),
        ),
        Panel(
            "Assessments without a figure",
            "Share of the assessments in which expansion or outcome could not be computed for want of data.",
            "percentunit",
            (
                Query(
                    f"sum by (part) (rate(dhn_risk_not_computable_total{{{_SCORING}}}[1h])) / on() group_left() "
                    f"sum(rate(dhn_risk_assessments_total{{{_SCORING}}}[1h]))",
                    "{{part}}",
                ),
            ),
        ),
        Panel(
            "Expansion: predicted and seen",
            "Of all predictions that a later CT told the truth of: mean predicted probability, and the share that "
            "expanded with its 95 % interval (Wilson).",
            "percentunit",
            (
                Query(f'max(dhn_expansion_predicted_ratio{{{RELAY}, band="all"}})', "predicted"),
                Query(f'max by (bound) (dhn_expansion_seen_ratio{{{RELAY}, band="all"}})', "seen, {{bound}}"),
            ),
        ),
        Panel(
            "Expansion by predicted probability",
            "The same in bands: what was predicted, and what came. Few patients in a band tell little.",
            "percentunit",
            (
                Query(f'max by (band) (dhn_expansion_predicted_ratio{{{RELAY}, band!="all"}})', "predicted {{band}}"),
                Query(
                    f'max by (band) (dhn_expansion_seen_ratio{{{RELAY}, band!="all", bound="value"}})', "seen {{band}}"
                ),
            ),
        ),
        Panel(
            "Predictions judged",
            "How many predictions a later CT told the truth of, and how many lie within the doubt of the outlines.",
            "none",
            (
                Query(f'max(dhn_expansion_judged{{{RELAY}, band="all"}})', "judged"),
                Query(f'max(dhn_expansion_uncertain{{{RELAY}, band="all"}})', "uncertain"),
            ),
        ),
    ),
)

_READING = 'job="heart_rate"'
HEART_RATE = Section(
    "Heart rate",
    (
        Panel(
            "Videos read",
            "Per hour, by what came of them: 'given', or the reason why no rate is. Files that cannot be read are "
            "refused, and among the attempts above.",
            "none",
            (Query(f"3600 * sum by (outcome) (rate(dhn_heart_rate_readings_total{{{_READING}}}[1h]))", "{{outcome}}"),),
        ),
        Panel(
            "Readings without a rate",
            "Share of the videos read that give no rate. A rise: a camera that moved, a lamp that flickers, a line "
            "that loses frames; the reasons tell which.",
            "percentunit",
            (
                Query(
                    f'sum(rate(dhn_heart_rate_readings_total{{{_READING}, outcome!="given"}}[1h])) '
                    f"/ sum(rate(dhn_heart_rate_readings_total{{{_READING}}}[1h]))",
                    "withheld",
                ),
            ),
        ),
        Panel(
            "Confidence",
            "Calibrated probability that a rate is within 5 bpm, of all readings, those withheld included.",
            "percentunit",
            quantiles("dhn_heart_rate_confidence", "job", _READING),
        ),
        Panel(
            "Work for one second of video",
            "Above 1 s a camera that films all the time is faster than the worker.",
            "s",
            quantiles("dhn_heart_rate_work_ratio", "job", _READING),
            alarm_from=1,
        ),
    ),
)

_BRIDGE = 'job="pacs_bridge"'
PACS = Section(
    "PACS (empty without the profile pacs)",
    (
        Panel(
            "From last slice to finding",
            "From the last instance of a series being received to its finding; Orthanc's StableAge (10 s) is in it.",
            "s",
            quantiles("dhn_pacs_finding_seconds", "job", _BRIDGE),
            alarm_from=120,
        ),
        Panel(
            "Series on their way",
            "arriving: not complete yet. waiting: no first choice, until the rest of the study is there. selected and "
            "answered: the bridge's turn. handed_over: the worker's.",
            "none",
            (Query(f"sum by (state) (dhn_pacs_waiting{{{_BRIDGE}}})", "{{state}}"),),
        ),
        Panel(
            "Oldest series that waits for the bridge",
            "Since the last instance of the oldest series that is to be handed over or answered. Alert: 5 minutes.",
            "s",
            (Query(f"max(dhn_pacs_oldest_waiting_seconds{{{_BRIDGE}}})", "oldest"),),
            alarm_from=300,
        ),
        Panel(
            "Series from the PACS",
            "Per hour, by step. 'passed_over' is nothing to analyse; 'refused' should have been analysed, and was not.",
            "none",
            (Query(f"3600 * sum by (step) (rate(dhn_pacs_series_total{{{_BRIDGE}}}[5m]))", "{{step}}"),),
        ),
        Panel(
            "Results stored back",
            "DICOM objects stored in Orthanc, per hour, by kind.",
            "none",
            (Query(f"3600 * sum by (role) (rate(dhn_pacs_objects_stored_total{{{_BRIDGE}}}[5m]))", "{{role}}"),),
        ),
        Panel(
            "Steps tried again",
            "Per minute: Orthanc, the gateway or the database did not answer, or the queue is full.",
            "none",
            (Query(f"60 * sum by (step) (rate(dhn_pacs_failures_total{{{_BRIDGE}}}[5m]))", "{{step}}"),),
        ),
    ),
)
