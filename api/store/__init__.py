"""Where things are kept: one store an aggregate."""
