"""The school that a row names beside a pupil is evidence of who it is."""

from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Mentions of before learn their schools from their rows' facts; `hub link run` then writes their keys and decides anew."""
    for table in ("mention", "mention_history"):
        op.execute(f"alter table {table} add column school bigint")
    for fact in ("enrolment", "absence_spell", "signal", "graduation"):
        op.execute(
            f"""update mention m set school = f.school from {fact} f
                 where m.school is null and f.division = m.division and f.mention = m.id and f.valid && m.valid and f.school is not null"""
        )
