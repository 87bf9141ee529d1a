"""``python -m runner`` is ``purgectl``."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while it starts, Ctrl-C ends it without a traceback

from runner.cli.main import main

if __name__ == "__main__":
    main()
