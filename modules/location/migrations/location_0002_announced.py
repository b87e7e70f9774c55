"""Places that move or come change what accounts see: every process hears of it."""

from alembic import op

from core.actors import actors_depend_on

revision = "location_0002"
down_revision = "location_0001"
branch_labels = None
depends_on = None

PATH = "id, level, region_id, district_id, ward_id, village_id"


def upgrade() -> None:
    """Watch where places lie; other names and populations change nobody's scope."""
    actors_depend_on("location_location", when=f"INSERT OR UPDATE OF {PATH} OR DELETE")


def downgrade() -> None:
    """Watch it no more."""
    op.execute("DROP TRIGGER core_actors ON location_location")
