"""The contests of 2020 and 2023: published facts, synthetic rest, decided and anchored."""
