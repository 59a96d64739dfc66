"""case summaries as statements, and every reason of a case

Revision: 7c1d0a94be52
After: 2eb75616ffdf
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c1d0a94be52"
down_revision = "2eb75616ffdf"
branch_labels = None
depends_on = None

_cases = sa.table(
    "cases",
    sa.column("id", sa.Integer()),
    sa.column("reason", sa.String()),
    sa.column("written", sa.Text()),
    sa.column("summary", sa.JSON()),
    sa.column("reasons", sa.JSON()),
)


def upgrade() -> None:
    # Not in batch mode: that would drop the table, which its events refer to. These statements both databases know.
    op.execute("ALTER TABLE cases RENAME COLUMN summary TO written")
    for name in ("summary", "reasons"):
        op.add_column("cases", sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_cases.c.id, _cases.c.reason, _cases.c.written)).all():
        # What was written before stays readable as it is.
        said = [{"code": "free_text", "values": {"text": row.written}}] if row.written else []
        change = sa.update(_cases).where(_cases.c.id == row.id).values(summary=said, reasons=[row.reason])
        connection.execute(change)
    op.execute("ALTER TABLE cases DROP COLUMN written")


def downgrade() -> None:
    op.add_column("cases", sa.Column("written", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_cases.c.id, _cases.c.summary)).all():
        # Without its sentences a statement is its values, which for free text is the text.
        text = " ".join(str(value) for said in row.summary for value in said["values"].values())
        connection.execute(sa.update(_cases).where(_cases.c.id == row.id).values(written=text))
    op.execute("ALTER TABLE cases DROP COLUMN summary")
    op.execute("ALTER TABLE cases DROP COLUMN reasons")
    op.execute("ALTER TABLE cases RENAME COLUMN written TO summary")
