"""The git program: objects, refs, compare-and-swap push."""
