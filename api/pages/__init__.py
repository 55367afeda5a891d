"""HTML by audience. No SQL and no business rule lives here."""
