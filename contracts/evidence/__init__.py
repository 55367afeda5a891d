"""Evidence: encodings, Merkle trees, checkpoints, receipts and the trust snapshot. No I/O."""
