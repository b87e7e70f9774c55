"""What people's names sound like, by which those who may be registered twice are found."""

import sqlalchemy as sa
from alembic import op

from core.history import drop_history, keep_history
from modules.insuree.rules import person_sounds_like

revision = "insuree_0003"
down_revision = "insuree_0002"
branch_labels = None
depends_on = None

INDEX = "ix_insuree_insuree_district_id_sounds_like"
CHUNK = 10_000
NEXT = sa.text("SELECT id, last_name, other_names FROM insuree_insuree WHERE id > :after ORDER BY id LIMIT :most")
FILL = sa.text(
    "UPDATE insuree_insuree SET sounds_like = named.key "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[])) AS named (id, key) WHERE insuree_insuree.id = named.id"
)


def upgrade() -> None:
    """Add the column and fill it. It follows from the names, whose changes the history has."""
    drop_history("insuree_insuree")
    op.add_column("insuree_insuree", sa.Column("sounds_like", sa.String(60)))
    op.create_index(INDEX, "insuree_insuree", ["district_id", "sounds_like"])
    _fill(op.get_bind())
    keep_history("insuree_insuree", secret=("sounds_like",))


def downgrade() -> None:
    """Drop it."""
    drop_history("insuree_insuree")
    op.drop_index(INDEX, "insuree_insuree")
    op.drop_column("insuree_insuree", "sounds_like")
    keep_history("insuree_insuree")


def _fill(connection: sa.Connection) -> None:
    after = "00000000-0000-0000-0000-000000000000"
    while people := connection.execute(NEXT, {"after": after, "most": CHUNK}).all():
        keys = [person_sounds_like(person.last_name, person.other_names) for person in people]
        connection.execute(FILL, {"ids": [person.id for person in people], "keys": keys})
        after = people[-1].id
