"""Everything that differs between deployments, read from the environment (prefix ``DHN_``) or from mounted secrets."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_DIRECTORY = Path("/run/dhn-secrets")


class Settings(BaseSettings):
    """Defaults are those of the embedded mode; compose changes the URLs only.

    A value may also come from a file named like the variable (lower case, with the prefix) in ``/run/dhn-secrets``,
    so that generated passwords never appear in an environment listing.
    """

    model_config = SettingsConfigDict(
        env_prefix="DHN_",
        secrets_dir=SECRETS_DIRECTORY if SECRETS_DIRECTORY.is_dir() else None,
        extra="ignore",
    )

    data_directory: Path = Path("data")
    database_url: SecretStr | None = Field(None, description="SQLAlchemy URL; default: SQLite in data_directory")
    broker_url: SecretStr = SecretStr("memory://")
    artifacts_url: str | None = Field(None, description="fsspec URL; default: a directory in data_directory")
    models_directory: Path | None = Field(None, description="Model files that are fetched; default: in data_directory")
    accelerator: Literal["cpu", "cuda"] = "cpu"
    inference_threads: int = Field(2, ge=1, description="Threads of one ONNX Runtime session, or that decode one video")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_host: str = Field("127.0.0.1", description="In a container 0.0.0.0: its networks decide who may ask")
    metrics_port: int = Field(9100, description="Where a worker serves /metrics and /health")

    # Jobs. A lease is the time a worker may stay silent before its job is given to another.
    job_max_attempts: int = Field(3, ge=1)
    job_lease_s: float = Field(30.0, gt=0)
    job_deadline_s: float = Field(600.0, gt=0, description="A job running longer ends as an attempt that failed")
    job_retry_delay_s: float = Field(5.0, ge=0)
    job_resend_after_s: float = Field(60.0, gt=0, description="A message neither taken nor lost for sure is sent again")
    worker_stall_s: float = Field(120.0, gt=0, description="Liveness fails when due work is left this long untouched")

    # Admission control.
    queue_limit: int = Field(200, ge=1, description="Jobs waiting per kind before new ones are answered with 429")
    queue_reserve_stat: int = Field(50, ge=0, description="Part of queue_limit that only acute studies may use")

    # Uploads.
    upload_max_bytes: int = Field(2 * 1024**3, ge=1)
    upload_max_files: int = Field(4000, ge=1)
    video_max_bytes: int = Field(2 * 1024**3, ge=1, description="Holds ten minutes at 28 Mbit/s")
    unpacked_max_bytes: int = Field(8 * 1024**3, ge=1)

    # Alert rule of a CT finding.
    alert_min_haematoma_ml: float = Field(0.1, ge=0, description="Below this a mask alone raises no alert")

    # Risk scoring.
    risk_pause_s: float = Field(60.0, ge=0, description="Least time between assessments that only vital signs ask for")

    # PACS bridge: off unless there is a PACS to watch.
    pacs_url: str | None = Field(None, description="Address of the Orthanc to watch, such as http://orthanc:8042")
    pacs_username: str = "pacs-bridge"
    pacs_password: SecretStr = SecretStr("")
    pacs_gateway_url: str = "http://127.0.0.1:8000"
    pacs_account: str = Field("pacs-bridge", description="User of the platform that sends the studies")
    pacs_account_password: SecretStr = SecretStr("")
    pacs_poll_s: float = Field(1.0, gt=0, description="Pause between two looks at the PACS")
    pacs_patience_s: float = Field(30.0, gt=0, description="A series not announced as complete by then is asked after")
    pacs_max_age_hours: float = Field(24.0, gt=0, description="What was received longer ago is archive, not analysed")
    pacs_head_words: re.Pattern[str] = Field(
        re.compile(
            r"(?i)HEAD|BRAIN|SKULL|CRANI|CEREB|NEURO|STROKE|KOPF|SCH(AE|Ä)DEL|CRÂNE|CABEZA|TESTA|ENC[EÉ]F|ENC[EÉ]PH"
        ),
        description="What names a head in body part, descriptions or protocol",
    )
    pacs_priority: Literal["order", "stat", "routine"] = Field("order", description="order: as the images say")
    pacs_stat_words: re.Pattern[str] = Field(
        re.compile(r"(?i)\b(STAT|STROKE|EMERGENCY|TRAUMA|ACUTE|ICH|CODE)\b"),
        description="What names an acute study in the words of its order",
    )
    pacs_stat_callers: str = Field("", description="Calling AE titles whose studies are acute, separated by commas")
    pacs_store_back: bool = Field(True, description="Whether the DICOM results of a finding go back to the PACS")

    session_life_hours: float = Field(12.0, gt=0)
    secure_cookies: bool = Field(False, description="Set where the page is served over https")
    sign_in_max_failures: int = Field(10, ge=1)
    sign_in_lock_s: float = Field(300.0, ge=0)

    @property
    def resolved_database_url(self) -> str:
        """The database to use: the configured one, else SQLite beside the artifacts."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_directory.resolve() / 'platform.sqlite3'}"

    @property
    def resolved_artifacts_url(self) -> str:
        """The artifact store to use: the configured one, else a directory."""
        return self.artifacts_url or f"file://{self.data_directory.resolve() / 'artifacts'}"

    @property
    def resolved_models_directory(self) -> Path:
        """Where fetched model files lie: the configured directory, else one beside the artifacts."""
        return self.models_directory or self.data_directory.resolve() / "models"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
