"""A target: one Genesys Cloud organisation, and how much of it the runner may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from runner.model.json import JsonObject

SANDBOX_REGION = "sandbox"


class Backend(StrEnum):
    """Which API carries a purge out."""

    INTERACTIONS_PURGE = "interactions-purge"
    RECORDING_JOBS = "recording-jobs"

    @property
    def takes_whole_conversations(self) -> bool:
        """Whether a purge takes all of a conversation, of which only a part was selected."""
        return self is Backend.RECORDING_JOBS

    @property
    def tells_of_itself(self) -> bool:
        """Whether it tells whose credential it is, how far its data is complete, and when all had ended."""
        return self is Backend.RECORDING_JOBS


class Counts(StrEnum):
    """Whether a selection can be counted. ``unavailable`` is a reviewed admission."""

    REQUIRED = "required"
    UNAVAILABLE = "unavailable"


class Approvals(StrEnum):
    """Where evidence of approval is read. ``none`` is legal on the sandbox only."""

    GITHUB = "github"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A governance endpoint by id; its URL and secret come from the environment.

    ``allow_private`` are the networks inside the house in which it may stand; without any, its name
    must lead to public addresses only.
    """

    id: str
    events: frozenset[str]
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()


@dataclass(frozen=True, slots=True)
class LogTrust:
    """The verifier's trust root: the log's origin and the keys that may sign its checkpoints."""

    origin: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One valid Target document (``docs/formats.md`` section 1).

    ``poll_deadline`` is in seconds, counted from the submission; ``rate_per_minute`` counts
    requests.
    """

    name: str
    region: str
    organization_id: str | None
    backend: Backend
    approvals: Approvals
    counts: Counts
    webhooks: tuple[Webhook, ...]
    log: LogTrust
    go_live: date | None
    rate_per_minute: int
    poll_deadline: int
    suspended: bool
    body: JsonObject

    @property
    def is_sandbox(self) -> bool:
        """Whether this target can only ever be a server on loopback."""
        return self.region == SANDBOX_REGION

    @property
    def asks_for_approval(self) -> bool:
        """Whether nothing runs here without evidence of approval from the forge."""
        return self.approvals is not Approvals.NONE or not self.is_sandbox


def variable_for(name: str, whose: str) -> str:
    """Return the environment variable that one target or endpoint has for itself: ``NAME_BANK_EU``."""
    return f"{name}_{whose.upper().replace('-', '_')}"
