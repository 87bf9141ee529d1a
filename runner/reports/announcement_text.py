"""What was written on the forge, for the log of a job."""

from __future__ import annotations

from collections.abc import Sequence

from runner.forge.postings import Close, Edit, Open, Posting, Renew, Say
from runner.model.text import printable


def announcement_text(target: str, done: Sequence[Posting]) -> str:
    """Return a line for each thing that was written, or that nothing had to be."""
    if not done:
        return f"{target}: everything that the log says is told already\n"
    return "".join(f"{target}: {_line(posting)}\n" for posting in done)


def _line(posting: Posting) -> str:
    match posting:
        case Say(number, _):
            return f"commented on #{number}"
        case Edit(comment, _):
            return f"renewed comment {comment}"
        case Open(title, _):
            return f"opened an issue: {printable(title)}"
        case Renew(number, _):
            return f"renewed issue #{number}"
        case Close(number):
            return f"closed issue #{number}"
