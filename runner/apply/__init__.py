"""The decision (pure) beside the loop that carries its steps out through ports."""
