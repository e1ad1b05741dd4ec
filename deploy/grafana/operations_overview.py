"""The dashboard "Operations overview": ``python -m deploy.grafana.operations_overview`` writes its JSON."""

import json
import sys
from pathlib import Path

from deploy.grafana.panels import RELAY, Panel, Query, Section, dashboard, quantiles
from deploy.grafana.service_sections import HEART_RATE, PACS, RISK

PATH = Path(__file__).parent / "dashboards" / "operations_overview.json"

# Health checks and scrapes are many and quick, and would hide what people get.
_BY_PEOPLE = 'route!~"/health/.*|/metrics"'
_WORKERS = 'job=~"ct_segmentation.*|heart_rate|risk_scoring"'


_NOW = Section(
    "Now",
    (
        Panel(
            "Parts that answer",
            "Share of all scraped processes that answer Prometheus. Below 100 %: see the alert TargetDown.",
            "percentunit",
            (Query("avg(up)"),),
            stat=True,
            width=4,
            height=4,
        ),
        Panel(
            "Workers that work",
            "Workers that pass their own liveness check: a worker may run and yet consume nothing.",
            "none",
            (Query(f"sum(dhn_worker_live{{{_WORKERS}}})"),),
            stat=True,
            width=4,
            height=4,
        ),
        Panel(
            "Oldest waiting acute CT",
            "Age of the oldest study in queue ct.stat. From one minute on, read the images by eye.",
            "s",
            (Query(f'max(dhn_jobs_oldest_waiting_seconds{{{RELAY}, queue="ct.stat"}})'),),
            stat=True,
            width=4,
            height=4,
            warn_from=30,
            alarm_from=60,
        ),
        Panel(
            "Dead letters",
            "Jobs that used up their attempts and that nobody has resolved. Each is a study without a result.",
            "none",
            (Query(f"max(dhn_dead_letters{{{RELAY}}})"),),
            stat=True,
            width=4,
            height=4,
            alarm_from=1,
        ),
        Panel(
            "Open clinical alerts",
            "Alerts that nobody has acknowledged, by level.",
            "none",
            (Query(f"max by (level) (dhn_alerts_open{{{RELAY}}})", "{{level}}"),),
            stat=True,
            width=4,
            height=4,
            warn_from=1,
        ),
        Panel(
            "Firing operational alerts",
            "Prometheus' own alerts, the always-firing watchdog left out.",
            "none",
            (Query('count(ALERTS{alertstate="firing", severity=~"warning|critical"}) or vector(0)'),),
            stat=True,
            width=4,
            height=4,
            warn_from=1,
        ),
    ),
)

_JOBS = Section(
    "Jobs",
    (
        Panel(
            "Jobs waiting",
            "Jobs in each queue that no worker has taken yet.",
            "none",
            (Query(f"max by (queue) (dhn_jobs_waiting{{{RELAY}}})", "{{queue}}"),),
        ),
        Panel(
            "Age of the oldest waiting job",
            "Rises while nothing is taken, falls when the queue drains. Alerts: 1 minute for ct.stat, 10 for others.",
            "s",
            (Query(f"max by (queue) (dhn_jobs_oldest_waiting_seconds{{{RELAY}}})", "{{queue}}"),),
            alarm_from=600,
        ),
        Panel(
            "Jobs under way",
            "Attempts that workers are busy with at the moment.",
            "none",
            (Query(f"sum by (job, kind) (dhn_jobs_running{{{_WORKERS}}})", "{{job}} {{kind}}"),),
        ),
        Panel(
            "Time of one attempt",
            "From a worker taking the job to its end: half of the attempts are below p50, one in twenty above p95.",
            "s",
            quantiles("dhn_job_seconds", "kind"),
        ),
        Panel(
            "Time until a worker begins",
            "From the study's arrival to its first attempt.",
            "s",
            quantiles("dhn_job_wait_seconds", "kind"),
        ),
        Panel(
            "Attempts by outcome",
            "Per minute. 'refused' is a result (the input cannot be processed); 'failed' is tried again; "
            "'nothing_to_do' is a message delivered twice, which has no effect.",
            "none",
            (Query("60 * sum by (kind, outcome) (rate(dhn_job_attempts_total[5m]))", "{{kind}} {{outcome}}"),),
        ),
    ),
)

_MESSAGES = Section(
    "Messages",
    (
        Panel(
            "Outbox",
            "Messages that are due and have not reached Redis. Many, and for long: Redis is away.",
            "none",
            (Query(f"max(dhn_outbox_waiting{{{RELAY}}})", "waiting"),),
            alarm_from=10,
        ),
        Panel(
            "Messages sent and not taken",
            "Per minute: handed to Redis, by queue, and times that Redis did not take one.",
            "none",
            (
                Query("60 * sum by (queue) (rate(dhn_outbox_sent_total[5m]))", "sent {{queue}}"),
                Query("60 * sum(rate(dhn_outbox_failures_total[5m]))", "not taken"),
            ),
        ),
        Panel(
            "Jobs put back",
            "Per hour: taken back from a worker that fell silent, or sent again because nobody took the message.",
            "none",
            (Query("3600 * sum by (reason) (rate(dhn_jobs_requeued_total[5m]))", "{{reason}}"),),
        ),
    ),
)

_REQUESTS = Section(
    "Gateway",
    (
        Panel(
            "Requests",
            "Answered requests by status, health checks and scrapes left out.",
            "reqps",
            (Query(f"sum by (status) (rate(dhn_http_requests_total{{{_BY_PEOPLE}}}[5m]))", "{{status}}"),),
        ),
        Panel(
            "Server errors",
            "Share of the requests that end with a status of 500 or more.",
            "percentunit",
            (Query("dhn:http_errors:ratio_5m", "errors"),),
            alarm_from=0.05,
        ),
        Panel(
            "Time to answer",
            "To the first byte, uploads left out (they take as long as the sender's line needs).",
            "s",
            quantiles("dhn_http_request_seconds", "job", f'{_BY_PEOPLE}, route!~".*/(studies|videos)"'),
            alarm_from=1,
        ),
        Panel(
            "Slowest routes",
            "The five routes with the longest p95.",
            "s",
            (
                Query(
                    "topk(5, histogram_quantile(0.95, sum by (le, method, route) "
                    f"(rate(dhn_http_request_seconds_bucket{{{_BY_PEOPLE}}}[5m]))))",
                    "{{method}} {{route}}",
                ),
            ),
        ),
        Panel(
            "Uploads",
            "Bytes received as studies and videos, per second.",
            "Bps",
            (Query("sum(rate(dhn_uploaded_bytes_total[5m]))", "received"),),
        ),
        Panel(
            "Turned away",
            "Studies answered with 429, per minute.",
            "none",
            (Query("60 * sum by (priority) (rate(dhn_admission_refused_total[5m]))", "{{priority}}"),),
        ),
        Panel(
            "Live pages",
            "Browsers that listen to events.",
            "none",
            (Query(f"sum(dhn_event_streams{{{RELAY}}})", "streams"),),
        ),
        Panel(
            "Attempts to sign in",
            "Per minute, by outcome. A rise of 'wrong' or 'unknown_user' may be somebody guessing.",
            "none",
            (Query("60 * sum by (outcome) (rate(dhn_sign_ins_total[5m]))", "{{outcome}}"),),
        ),
    ),
)

_PROCESSES = Section(
    "Processes",
    (
        Panel(
            "Memory",
            "Resident memory of each process. Limits: gateway and heart rate 1 GiB, CT DHN_WORKER_MEMORY (4 GiB).",
            "bytes",
            (
                Query(
                    f"process_resident_memory_bytes{{{RELAY}}} or process_resident_memory_bytes{{{_WORKERS}}}",
                    "{{job}} {{instance}}",
                ),
            ),
            width=6,
        ),
        Panel(
            "Processor",
            "Cores in use by each process.",
            "none",
            (Query("rate(process_cpu_seconds_total[1m])", "{{job}} {{instance}}"),),
            width=6,
        ),
        Panel(
            "Free disk",
            "Free share of the disk that holds the studies. Alerts below 15 % and 5 %.",
            "percentunit",
            (Query(f"min(dhn_artifacts_free_ratio{{{RELAY}}})", "free"),),
            width=6,
        ),
        Panel(
            "Time since start",
            "Falls to zero when a process starts again.",
            "s",
            (Query("time() - process_start_time_seconds", "{{job}} {{instance}}"),),
            width=6,
        ),
    ),
)


def operations_overview() -> dict[str, object]:
    """The dashboard in Grafana's JSON model."""
    return dashboard(
        "dhn-operations",
        "Operations overview",
        "Does the platform take, work on and answer? From the metrics in shared/observability/metrics.py.",
        (_NOW, _JOBS, _MESSAGES, RISK, HEART_RATE, PACS, _REQUESTS, _PROCESSES),
    )


def main() -> int:
    """Write the JSON that Grafana reads."""
    PATH.write_text(json.dumps(operations_overview(), indent=2) + "\n")
    sys.stdout.write(f"{PATH}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
