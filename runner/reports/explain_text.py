"""A policy in plain English, for the person who writes or approves it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.model.finding import Finding, Severity
from runner.model.policy import InteractionType, Mode, PurgePolicy, PurgeType
from runner.model.purge import Purge
from runner.model.regulation import Regulation
from runner.model.rule import Phase, Rule
from runner.model.settings import Settings
from runner.model.target import Approvals, Target
from runner.model.time import format_instant
from runner.reports.findings import harmless
from runner.reports.findings_text import sentence
from runner.reports.orders import conditions
from runner.reports.proposal import who
from runner.rules.approvals import asked
from runner.rules.dates import allowed_from
from runner.rules.holds import HLD_004
from runner.rules.overlap import filtered
from runner.rules.ratchet import REG_004
from runner.rules.regulation import REG_005, REG_006

_WIDTH = 100
_COMMAND = re.compile(r"^(\s*):(?=:)")
_OF_OTHER_DOCUMENTS = frozenset({HLD_004.id, REG_004.id, REG_005.id, REG_006.id})
"""Rules of review that judge another document than a policy."""
_SENSITIVE = {
    True: "Recordings that the platform marks as sensitive go too.",
    False: "Recordings that the platform marks as sensitive stay.",
    None: "Recordings that the platform marks as sensitive stay, because nobody says that they go.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A policy, and all that is known about it at an instant.

    ``file`` is how a person knows it. ``target`` is ``None`` when it has no valid file, ``purge``
    when the log knows none of this revision. ``entries`` are the laws that govern the policy,
    ``findings`` those at its file, ``rules`` the catalogue and ``settings`` its numbers.
    """

    file: str
    policy: PurgePolicy
    target: Target | None
    purge: Purge | None
    entries: Sequence[Regulation]
    findings: Sequence[Finding]
    rules: Mapping[str, Rule]
    settings: Settings
    now: datetime

    @property
    def closed(self) -> bool:
        """Whether this revision has ended."""
        return self.purge is not None and self.purge.state.terminal


def explain_text(known: Explained) -> str:
    """Return what a policy deletes, since when, on which grounds, and what is missing until it may run."""
    lines = [f"{harmless(known.file)}, judged at {format_instant(known.now)}"]
    for title, section in (
        ("What it deletes", _selected(known)),
        ("Since when it is allowed", _since(known)),
        ("What limits it", _limits(known.policy)),
        ("On which grounds", _grounds(known)),
        ("What stands against it now", _against(known)),
        ("What is missing until it may run", _missing(known)),
        ("Which rules it answers to", _rules(known)),
    ):
        lines += ["", title, *section]
    return "\n".join(map(_disarmed, lines)) + "\n"


def _disarmed(line: str) -> str:
    """A CI runner obeys a line that begins, after spaces, with two colons."""
    return _COMMAND.sub(r"\1\\x3a", line)


def _selected(known: Explained) -> Iterator[str]:
    policy = known.policy
    selection = policy.selection
    span = selection.date_range
    yield from _prose(
        f"{_types(selection.interaction_type)} on {_where(known)} that took place "
        f"from {span.start_text} to {span.end_text}, both included, "
        + ("and match all of these:" if selection.narrowed else "whatever attributes they carry.")
    )
    for name, value in conditions(selection.attributes, selection.dimensions):
        yield f"    {harmless(name)}: {harmless(value)}"
    if known.target is not None and known.target.backend.takes_whole_conversations:
        yield from _prose(
            "Each conversation goes as a whole: all recordings of it, of whatever type, queue or person."
        )
        yield from _prose(_SENSITIVE[policy.include_sensitive])
    if policy.mode is Mode.OBSERVE:
        yield from _prose("It is only observed: it is counted, and nothing is deleted.")
    elif policy.purge_type is PurgeType.PERMANENT:
        yield from _prose("They are deleted for good: nobody can bring them back.")
    else:
        grace = "an unstated time" if policy.grace_days is None else _days(policy.grace_days)
        yield from _prose(f"They are deleted so that they can be restored for {grace}.")


def _types(kind: InteractionType) -> str:
    every = "Interactions of every type"
    return every if kind is InteractionType.ANY else f"{kind.value.capitalize()} interactions"


def _where(known: Explained) -> str:
    target = known.target
    if target is None:
        return f"target {harmless(known.policy.target)}, which is not known here,"
    if target.is_sandbox:
        return f"target {target.name} (a simulator on this machine)"
    return f"target {target.name} (Genesys Cloud organisation {target.organization_id} in {target.region})"


def _since(known: Explained) -> Iterator[str]:
    policy = known.policy
    allowed = allowed_from(known.settings, policy)
    event = policy.retention_trigger
    after = (
        "the last of them"
        if event is None
        else f"the last of them and {harmless(event.event)} of {event.date}"
    )
    days = (allowed.date() - known.now.date()).days
    distance = f"in {_days(days)}" if days > 0 else f"{_days(-days)} ago" if days else "today"
    yield from _prose(f"{format_instant(allowed)}, {distance}: {_days(policy.retention_days)} after {after}.")


def _days(count: int) -> str:
    return f"{count:,} day" + ("" if count == 1 else "s")


def _limits(policy: PurgePolicy) -> Iterator[str]:
    yield from _prose(f"At most {policy.max_interactions:,} interactions; if more match, nothing is deleted.")
    if policy.expected is not None:
        yield from _prose(
            f"Reviewers expect {policy.expected.count:,}; if the count differs by more than "
            f"{policy.expected.tolerance_percent} percent, nothing is deleted."
        )
    yield from _prose(f"It runs once, as revision {policy.revision}.")


def _grounds(known: Explained) -> Iterator[str]:
    policy = known.policy
    yield from _prose(f"Reason: {harmless(policy.reason)}")
    laws = policy.body.get("jurisdictions")
    under = f", under the law of {harmless(', '.join(map(str, laws)))}" if isinstance(laws, list) else ""
    yield from _prose(
        f"Class of the data: {policy.classification.value}{under}. It answers to team {policy.owner}."
    )
    for entry in known.entries:
        yield from _prose(
            f"{harmless(entry.id)}: {harmless(entry.title)}{_period(entry)} [{harmless(entry.citation)}]"
        )
    if not known.entries:
        yield from _prose("No entry of a regulation pack applies to it.")


def _period(entry: Regulation) -> str:
    least, most = entry.minimum_days, entry.maximum_days
    words = ([f"at least {_days(least)}"] if least is not None else []) + (
        [f"at most {_days(most)}"] if most is not None else []
    )
    return f", kept {' and '.join(words)}" if words else ""


def _rules(known: Explained) -> Iterator[str]:
    if known.closed:
        yield from _prose("It has ended, so it answers for its form only, and for never being changed.")
        return
    broken = {finding.rule for finding in known.findings if finding.severity is Severity.ERROR}
    for rule in known.rules.values():
        of_policies = rule.phase is Phase.REVIEW and rule.id not in _OF_OTHER_DOCUMENTS
        if of_policies and rule.severity is Severity.ERROR:
            verdict = "not met" if rule.id in broken else "met"
            yield from _prose(f"{rule.id} {verdict}: {rule.title} [{rule.basis}]")


def _against(known: Explained) -> Iterator[str]:
    for finding in known.findings:
        yield f"  {sentence(finding)}"
    if not known.findings:
        yield from _prose("Nothing.")


def _missing(known: Explained) -> Iterator[str]:
    if known.purge is not None and known.purge.begun:
        yield from _prose(f"Nothing: its purge has begun and is {known.purge.state.value}.")
        return
    if any(finding.severity is Severity.ERROR for finding in known.findings):
        yield from _prose("- What stands against it is gone.")
    yield from _prose("- Its pull request is approved and merged into main.")
    target = known.target
    if target is not None:
        yield from _missing_on(target, known)
    yield from _prose(
        "- Right before it is submitted, every rule is asked again on the newest main, the count is "
        "taken again, and those who operate purgectl have purging switched on (PURGE_ENABLED)."
    )


def _missing_on(target: Target, known: Explained) -> Iterator[str]:
    policy = known.policy
    if target.approvals is Approvals.GITHUB:
        quorum = asked(
            known.settings,
            known.entries,
            policy.classification.value,
            unfiltered=not filtered(policy.selection),
        )
        yield from _prose(
            f"- GitHub shows that these approved exactly these bytes: {', '.join(who(quorum))}."
        )
    if policy.expected is None and not target.is_sandbox:
        yield from _prose(
            "- `expected` holds the count, as purgectl plan --write writes it for those who may read."
        )
    if not target.log.keys:
        yield from _prose(
            f"- The people who operate purgectl have opened the log of {target.name} (docs/setup.md)."
        )
    if target.suspended:
        yield from _prose(f"- Target {target.name} is not suspended any more.")


def _prose(text: str) -> Iterator[str]:
    hanging = "    " if text.startswith("- ") else "  "
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent=hanging, break_on_hyphens=False
    )
