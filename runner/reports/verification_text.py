"""What a verification of the log came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runner.audit.key_history import Term
from runner.audit.problem import Problem
from runner.branch.verify import Verification
from runner.merkle.encoding import to_text
from runner.model.text import printable

_KEYS_SHOWN = 3


def verification_text(verification: Verification, ref: str, keys_from: str) -> str:
    """Return the verdict, the facts behind it, and one line for every problem.

    ``keys_from`` says where the trusted keys came from. Checkpoints that no valid key has signed
    share one line, because they mostly have one cause.
    """
    lines = [f"audit/{verification.target}: {_verdict(verification)}", ""]
    lines += [printable(f"  {sentence}") for sentence in _sentences(verification)]
    lines += [""] if verification.problems or verification.unproven else []
    return "\n".join([*lines, *_facts(verification, ref, keys_from)]) + "\n"


def _verdict(verification: Verification) -> str:
    if verification.problems:
        return "THE LOG DOES NOT VERIFY"
    if verification.unproven:
        return "NOT PROVEN: the log is whole, but some of its records are vouched for by a stolen key alone"
    return "the log is whole"


def _sentences(verification: Verification) -> Iterator[str]:
    for message, alike in _grouped(verification.problems):
        first = alike[0]
        place = f"{first.path}: " if first.path else ""
        commit = f" (commit {first.commit[:12]})" if first.commit else ""
        more = f", and {_count(len(alike) - 1, 'checkpoint')} more" if len(alike) > 1 else ""
        yield f"{place}{message}{_signed_by(alike)}{commit}{more}"
    for found in verification.unproven:
        keys = ", ".join(map(str, found.keys))
        yield (
            f"{_records(found.first, found.last)}: unproven, because only {keys} vouches for them, which was "
            f"compromised by then; give an --expect of {found.last + 1} records or more"
        )


def _grouped(problems: Sequence[Problem]) -> Iterator[tuple[str, list[Problem]]]:
    """Put problems of signatures together that have the same message; others stay alone."""
    alike: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.strangers:
            alike.setdefault(problem.message, []).append(problem)
    for problem in problems:
        if not problem.strangers:
            yield problem.message, [problem]
        elif problem is alike[problem.message][0]:
            yield problem.message, alike[problem.message]


def _signed_by(problems: Sequence[Problem]) -> str:
    ids = list(dict.fromkeys(key_id for problem in problems for key_id in problem.strangers))
    if not ids:
        return ""
    return f", but by key id {', '.join(ids[:_KEYS_SHOWN])}" + (", …" if len(ids) > _KEYS_SHOWN else "")


def _records(first: int, last: int) -> str:
    return f"record {first}" if first == last else f"records {first} to {last}"


def _facts(verification: Verification, ref: str, keys_from: str) -> Iterator[str]:
    checkpoint = verification.checkpoint
    read = _count(verification.commits, "commit")
    yield f"  branch      {printable(ref)} at {verification.tip[:12]}, {read} read"
    if checkpoint is not None:
        root = to_text(checkpoint.root)
        yield f"  checkpoint  {_count(checkpoint.size, 'record')}, root {root}"
        yield f"  trust       keys from {keys_from}, and those that the log admits through them"
        yield f"  origin      {printable(checkpoint.origin)}"
    for term in verification.keys.terms:
        yield f"  key         {printable(str(term.key))}: {_term(term)}"
    yield f"  outbox      {_count(verification.pending, 'notice')} waiting"
    if verification.since is not None:
        count = _count(verification.since.size, "record")
        yield f"  since       {verification.since}: the first {count} were taken as given, not checked again"
    for expected in verification.expectations:
        root = to_text(expected.root)
        yield f"  expected    {expected.size}:{root} was compared"


def _term(term: Term) -> str:
    if term.trusted_size is not None:
        return f"compromised from {_count(term.trusted_size, 'record')} on, says record {term.until}"
    ended = "" if term.until is None else f", retired by record {term.until}"
    return f"admitted by record {term.since}{ended}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
