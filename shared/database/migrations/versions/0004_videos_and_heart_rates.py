"""Videos, the heart rates read from them, and the clocks of devices.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database.columns import UtcDateTime

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ID = sa.Uuid(native_uuid=False)
_OLD_KEY = "uq_vitals_patient_id_device_kind_measured_at"
_NEW_KEY = "uq_vitals_patient_id_device_kind_device_time"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "videos",
        sa.Column("patient_id", _ID, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("uploaded_by", _ID, nullable=True),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_videos_patient_id_patients")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_videos_uploaded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_videos")),
    )
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_videos_patient_id_created_at"), ["patient_id", "created_at"], unique=False)

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("video_id", _ID, nullable=True))
        batch_op.create_foreign_key(op.f("fk_jobs_video_id_videos"), "videos", ["video_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_jobs_video_id_created_at"), ["video_id", "created_at"], unique=False)

    op.create_table(
        "heart_rate_readings",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("patient_id", _ID, nullable=False),
        sa.Column("video_id", _ID, nullable=False),
        sa.Column("model_name", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=32), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("artifacts", sa.JSON(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_heart_rate_readings_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_heart_rate_readings_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_heart_rate_readings_video_id_videos")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heart_rate_readings")),
        sa.UniqueConstraint("job_id", name=op.f("uq_heart_rate_readings_job_id")),
    )
    with op.batch_alter_table("heart_rate_readings", schema=None) as batch_op:
        for of in ("patient_id", "video_id"):
            name = batch_op.f(f"ix_heart_rate_readings_{of}_created_at")
            batch_op.create_index(name, [of, "created_at"], unique=False)

    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_time", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("clock_skew_s", sa.Double(), nullable=True))
    # Until now the device's clock was taken for the platform's.
    vitals = sa.table("vitals", sa.column("device_time"), sa.column("measured_at"))
    op.execute(vitals.update().values(device_time=vitals.c.measured_at))
    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.alter_column("device_time", existing_type=UtcDateTime(), nullable=False)
        # The new key first: MySQL needs one of them for the foreign key to patients.
        batch_op.create_unique_constraint(op.f(_NEW_KEY), ["patient_id", "device", "kind", "device_time"])
        batch_op.drop_constraint(op.f(_OLD_KEY), type_="unique")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.create_unique_constraint(op.f(_OLD_KEY), ["patient_id", "device", "kind", "measured_at"])
        batch_op.drop_constraint(op.f(_NEW_KEY), type_="unique")
        batch_op.drop_column("clock_skew_s")
        batch_op.drop_column("device_time")
    op.drop_table("heart_rate_readings")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_jobs_video_id_videos"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_jobs_video_id_created_at"))
        batch_op.drop_column("video_id")
    op.drop_table("videos")
