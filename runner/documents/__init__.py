"""Bytes to typed documents, with the source position of every value."""
