"""Recounting a published poll: numbered checks over a record, all findings listed."""
