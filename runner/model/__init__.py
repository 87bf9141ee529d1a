"""The words: frozen dataclasses, no I/O. Import from the module that defines a word."""
