"""What operators see of the running service: a journal in JSON, and measures. Nobody's data."""
