"""The rule catalogue, one file a family: pure functions over values."""
