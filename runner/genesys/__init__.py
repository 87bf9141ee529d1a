"""Genesys Cloud: every call that can be made, the token, and the two backends, over ``net``."""
