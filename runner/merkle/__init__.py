"""Signed Merkle trees: encoding, hashes, proofs, keys and checkpoints, all pure."""
