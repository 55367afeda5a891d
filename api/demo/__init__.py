"""Demonstrations on real and synthetic input: a folder with a trail that anyone can check."""
