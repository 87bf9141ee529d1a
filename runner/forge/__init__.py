"""Evidence of approval, and the pure decision over it."""
