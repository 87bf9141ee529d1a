"""One file a format: pure functions from findings and plans to text."""
