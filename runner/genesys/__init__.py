"""Tokens and one file a backend, over ``net``."""
