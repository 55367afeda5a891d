"""A contest and a poll that everyone can recount."""
