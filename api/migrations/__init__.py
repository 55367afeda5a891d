"""How the database came to its shape: Alembic's environment; the steps are in ``versions``."""
