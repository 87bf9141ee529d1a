"""Whether the log accounts for all of ``main``, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from runner.model.time import format_instant
from runner.plan.completeness import Account, Completeness, Entry
from runner.reports.findings import counted, harmless

_WORDS: Mapping[Account, str] = {
    Account.ENDED: "it has a final record",
    Account.OPEN: "it is under way",
    Account.AMBIGUOUS: "nobody knows whether it ran; a person must decide",
    Account.BASELINE: "it stood on main when the log was opened, and never runs",
    Account.OBSERVED: "its mode is observe: never submitted",
    Account.NOT_DUE: "its data is not old enough",
    Account.HELD: "a legal hold reaches it",
    Account.REFUSED: "a rule refuses it",
    Account.PENDING: "it may run, and the next run takes it up",
    Account.SUPERSEDED: "a higher revision took its place before it ran",
    Account.WITHDRAWN: "its file was removed or changed before it ran",
    Account.MISSING: "it could have run, and the log says nothing of it",
    Account.UNREADABLE: "the file on main cannot be read as a policy",
    Account.UNMERGED: "the log tells of bytes that never stood on main, as far as this clone knows main",
}


def completeness_text(found: Completeness, target: str, main: str, size: int) -> str:
    """Return the verdict, the gaps, and what became of everything else.

    ``main`` is the commit whose history was read, ``size`` how many records the log has. What has a
    final record is only counted.
    """
    gaps = counted(len(found.gaps), "gap").upper()
    verdict = f"{gaps}: SOMETHING WAS SKIPPED, OR CANNOT BE TOLD" if found.gaps else "nothing was skipped"
    lines = [f"audit/{target} and main: {verdict}", ""]
    for account in sorted(Account, key=lambda account: not account.gap):
        told = [entry for entry in found.entries if entry.account is account]
        lines += _told(account, told) if account is not Account.ENDED else []
    return "\n".join([*lines, *_facts(found, main, size)]) + "\n"


def _told(account: Account, entries: list[Entry]) -> Iterator[str]:
    if entries:
        yield f"  {account.value}: {_WORDS[account]}"
        yield from (f"    {_entry(entry)}" for entry in entries)
        yield ""


def _entry(entry: Entry) -> str:
    revision = "" if entry.revision is None else f" (revision {entry.revision})"
    words = [f"{harmless(entry.policy)}{revision}"]
    words += [", ".join(entry.rules)] if entry.rules else []
    words += [f"recorded {format_instant(entry.since)}"] if entry.since is not None else []
    words += [f"due {format_instant(entry.due)}"] if entry.due is not None else []
    words += [f"merged in {entry.merged[:12]}"] if entry.merged else []
    words += [f"gone in {entry.gone[:12]}"] if entry.gone is not None else []
    return ", ".join(words)


def _facts(found: Completeness, main: str, size: int) -> Iterator[str]:
    states = Counter(
        entry.state.value for entry in found.entries if entry.account is Account.ENDED and entry.state
    )
    ended = "".join(f", {count:,} {state}" for state, count in sorted(states.items()))
    yield f"  revisions   {len(found.entries):,}{ended}"
    yield f"  main        {main[:12]}, its first-parent history"
    yield f"  log         {counted(size, 'record')}, the newest of {format_instant(found.newest_at)}"
    yield f"  as of       {format_instant(found.as_of)}"
