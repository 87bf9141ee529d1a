"""Evidence of approval."""
