"""What risk scoring remembers.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database.columns import UtcDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ID = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=16), nullable=False, server_default="monitor"))
        batch_op.create_index(
            batch_op.f("ix_vitals_patient_id_measured_at"), ["patient_id", "measured_at"], unique=False
        )

    op.create_table(
        "behaviour_events",
        sa.Column("patient_id", _ID, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_behaviour_events_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_events")),
        sa.UniqueConstraint(
            "patient_id",
            "source",
            "kind",
            "started_at",
            name=op.f("uq_behaviour_events_patient_id_source_kind_started_at"),
        ),
    )
    with op.batch_alter_table("behaviour_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_behaviour_events_patient_id_started_at"), ["patient_id", "started_at"], unique=False
        )

    op.create_table(
        "risk_states",
        sa.Column("patient_id", _ID, nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_risk_states_patient_id_patients")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_risk_states")),
    )

    op.create_table(
        "expansion_outcomes",
        sa.Column("patient_id", _ID, nullable=False),
        sa.Column("risk_id", _ID, nullable=False),
        sa.Column("first_finding_id", _ID, nullable=False),
        sa.Column("later_finding_id", _ID, nullable=False),
        sa.Column("model_name", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=32), nullable=False),
        sa.Column("predicted", sa.Double(), nullable=False),
        sa.Column("expanded", sa.String(length=16), nullable=False),
        sa.Column("growth", sa.JSON(), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_expansion_outcomes_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["risk_id"], ["risks.id"], name=op.f("fk_expansion_outcomes_risk_id_risks")),
        sa.ForeignKeyConstraint(
            ["first_finding_id"], ["findings.id"], name=op.f("fk_expansion_outcomes_first_finding_id_findings")
        ),
        sa.ForeignKeyConstraint(
            ["later_finding_id"], ["findings.id"], name=op.f("fk_expansion_outcomes_later_finding_id_findings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expansion_outcomes")),
        sa.UniqueConstraint(
            "first_finding_id",
            "later_finding_id",
            name=op.f("uq_expansion_outcomes_first_finding_id_later_finding_id"),
        ),
    )
    with op.batch_alter_table("expansion_outcomes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expansion_outcomes_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expansion_outcomes_risk_id"), ["risk_id"], unique=False)

    op.create_table(
        "what_ifs",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_what_ifs_job_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_what_ifs")),
    )
    with op.batch_alter_table("what_ifs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_what_ifs_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in ("what_ifs", "expansion_outcomes", "risk_states", "behaviour_events"):
        op.drop_table(table)
    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vitals_patient_id_measured_at"))
        batch_op.drop_column("source")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_column("due_at")
