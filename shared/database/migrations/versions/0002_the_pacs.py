"""What the PACS bridge remembers.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database.columns import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "pacs_cursors",
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_pacs_cursors")),
    )
    op.create_table(
        "pacs_series",
        sa.Column("orthanc_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("orthanc_study_id", sa.String(length=64), nullable=False),
        sa.Column("study_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("series_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("frame_of_reference_uid", sa.String(length=64), nullable=False),
        sa.Column("acquired_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column("last_instance_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("study_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("job_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("finding_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_pacs_series_patient_id_patients")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_pacs_series_study_id_studies")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_pacs_series_job_id_jobs")),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_pacs_series_finding_id_findings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pacs_series")),
        sa.UniqueConstraint("orthanc_id", "content", name=op.f("uq_pacs_series_orthanc_id_content")),
    )
    with op.batch_alter_table("pacs_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pacs_series_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_pacs_series_orthanc_study_id"), ["orthanc_study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pacs_series_job_id"), ["job_id"], unique=False)

    op.create_table(
        "pacs_objects",
        sa.Column("sop_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("series_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("finding_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_pacs_objects_finding_id_findings")),
        sa.PrimaryKeyConstraint("sop_instance_uid", name=op.f("pk_pacs_objects")),
    )
    with op.batch_alter_table("pacs_objects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pacs_objects_series_instance_uid"), ["series_instance_uid"], unique=False)
        batch_op.create_index(batch_op.f("ix_pacs_objects_finding_id"), ["finding_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("pacs_objects")
    op.drop_table("pacs_series")
    op.drop_table("pacs_cursors")
