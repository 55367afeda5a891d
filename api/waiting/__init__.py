"""Waiting for neighbours: bounded in time, in number, and given up while one is silent."""
