"""JSON routes. No SQL and no business rule lives here."""
