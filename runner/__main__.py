"""``python -m runner`` is ``purgectl``."""

from runner.cli.main import main

main()
