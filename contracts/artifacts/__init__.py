"""Compiled contracts, one JSON file each, checked in and reproduced by a test."""
