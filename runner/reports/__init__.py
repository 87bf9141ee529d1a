"""One file a format: pure functions from values to text."""
