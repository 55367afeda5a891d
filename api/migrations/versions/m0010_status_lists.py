"""Several status lists an agency, with prepared orders of places; copies say which list is theirs.

An agency that has issued gets its one list entered as number 1, with the places that no copy has in
a random order. Agencies without copies get theirs when the worker starts.
"""

import secrets

import sqlalchemy as sa
from alembic import op

from api.store.place_orders import order_rows
from verifier.credential.places import shuffle_places

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ENTRIES = 1 << 17
_OLD_UNIQUE = "uq_credential_copy_agency_status_index"
_NEW_UNIQUE = "uq_credential_copy_agency_status_list_status_index"
_MARKED = sa.text("status != 0")


def upgrade() -> None:
    """Make the step."""
    _make_tables()
    with op.batch_alter_table("credential_copy") as table:
        table.add_column(
            sa.Column("status_list", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )
        table.drop_constraint(_OLD_UNIQUE, type_="unique")
        table.create_unique_constraint(_NEW_UNIQUE, ["agency", "status_list", "status_index"])
    with op.batch_alter_table("credential_copy") as table:
        table.alter_column("status_list", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_credential_copy_agency_expires", "credential_copy", ["agency", "expires"])
    op.create_index(
        "ix_credential_copy_marked",
        "credential_copy",
        ["agency", "status_list"],
        sqlite_where=_MARKED,
        postgresql_where=_MARKED,
    )
    op.add_column("status_release", sa.Column("anchored", sa.DateTime(timezone=True)))
    op.execute("UPDATE status_release SET anchored = made")
    _enter_lists()


def downgrade() -> None:
    """Take it back; copies of further lists are lost, which the older shape cannot hold."""
    op.execute("DELETE FROM credential_copy WHERE status_list <> 1")
    op.drop_index("ix_credential_copy_marked", table_name="credential_copy")
    op.drop_index("ix_credential_copy_agency_expires", table_name="credential_copy")
    with op.batch_alter_table("credential_copy") as table:
        table.drop_constraint(_NEW_UNIQUE, type_="unique")
        table.drop_column("status_list")
        table.create_unique_constraint(_OLD_UNIQUE, ["agency", "status_index"])
    with op.batch_alter_table("status_release") as table:
        table.drop_column("anchored")
    op.drop_table("status_list")
    op.drop_table("place_order")


def _make_tables() -> None:
    op.create_table(
        "place_order",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "chunk", name="pk_place_order"),
    )
    op.create_table(
        "status_list",
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True)),
        sa.Column("ends", sa.DateTime(timezone=True)),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "number", name="pk_status_list"),
    )


def _enter_lists() -> None:
    """Enter the list of each agency that has issued: its taken places come first, as drawn."""
    connection = op.get_bind()
    copies = sa.table(
        "credential_copy",
        sa.column("agency"),
        sa.column("status_index"),
        sa.column("expires", sa.DateTime(timezone=True)),
    )
    lists = sa.table(
        "status_list",
        *map(sa.column, ("agency", "number", "entries", "drawn", "changes", "published")),
        sa.column("opened", sa.DateTime(timezone=True)),
        sa.column("ends", sa.DateTime(timezone=True)),
    )
    orders = sa.table("place_order", *map(sa.column, ("name", "chunk", "places")))
    found = sa.select(copies.c.agency, sa.func.max(copies.c.expires).label("ends"))
    issued = sa.func.min(copies.c.expires).label("first")
    for row in connection.execute(found.add_columns(issued).group_by(copies.c.agency)).all():
        query = sa.select(copies.c.status_index).where(copies.c.agency == row.agency)
        taken = list(connection.scalars(query))
        free = sorted(set(range(ENTRIES)).difference(taken))
        order = [*taken, *shuffle_places(free, secrets.token_bytes)]
        connection.execute(sa.insert(orders), order_rows(f"status/{row.agency}/1", order))
        connection.execute(
            sa.insert(lists),
            {
                "agency": row.agency,
                "number": 1,
                "entries": ENTRIES,
                "drawn": len(taken),
                "opened": row.first,
                "ends": row.ends,
                "changes": 1,
                "published": 0,
            },
        )
