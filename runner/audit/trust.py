"""The trust root: what a log must be called, and which keys may sign for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runner.audit import layout
from runner.audit.key_history import KeyHistory
from runner.documents.kinds import Kind
from runner.errors import LogBroken, Refused
from runner.merkle.keys import BadKey, Signer, Verifier
from runner.model.target import LogTrust

PUT_BACK = (
    "purgectl audit verify tells whose it is; a key that left log.keys too early is put back, "
    "ended with purgectl audit key retire, and then removed"
)
"""What to do when the newest checkpoint is by a key that does not stand in ``log.keys``."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a log must be: its origin, its target, and the keys that may sign for it."""

    origin: str
    target: str
    verifiers: tuple[Verifier, ...]

    def require(self, signer: Signer | None) -> Signer:
        """Return the signer once its public key is found to be trusted. Raises ``Refused``."""
        if signer is None:
            raise Refused(
                f"the log of target {self.target} cannot be written without its signing key",
                hint="set AUDIT_SIGNING_KEY in the environment",
            )
        if signer.verifier not in self.verifiers:
            raise Refused(
                f"AUDIT_SIGNING_KEY belongs to {signer.verifier}, which target {self.target} does not trust",
                where=Kind.TARGET.path(self.target),
                hint="use the key whose verifier key stands in log.keys, or add this one by pull request",
            )
        return signer

    def require_valid(self, signer: Signer, old: int, keys: KeyHistory) -> None:
        """Require that a key may sign on top of ``old`` records; ``keys`` are as after what it signs.

        Raises ``Refused``: the signing key is not the one that the log expects.
        """
        term = keys.term(signer.verifier)
        if term is None or term.since >= old:
            raise Refused(
                f"AUDIT_SIGNING_KEY belongs to {signer.verifier}, which the log has not admitted yet",
                where=f"audit/{self.target}",
                hint=f"with the key before it: purgectl audit key add --target {self.target}, then run again",
            )
        if term.until is not None and term.until < old:
            raise Refused(
                f"AUDIT_SIGNING_KEY belongs to {signer.verifier}, which record {term.until} of the log ended",
                where=f"audit/{self.target}",
                hint="put the signing key that came after it into the environment",
            )
        if term.until is not None:
            raise Refused(
                f"AUDIT_SIGNING_KEY belongs to {signer.verifier}, and a key cannot end itself",
                where=f"audit/{self.target}",
                hint="set AUDIT_SIGNING_KEY to the key that goes on, which proves that somebody has it",
            )

    def require_believed(self, signers: Sequence[Verifier]) -> None:
        """Require that one of these, who signed the newest checkpoint, is trusted. Raises ``LogBroken``."""
        if not set(signers) & set(self.verifiers):
            named = ", ".join(map(str, signers))
            raise LogBroken(
                f"no trusted key has signed the newest checkpoint: it is by {named}",
                where=f"{layout.branch(self.target)}, and log.keys in {Kind.TARGET.path(self.target)}",
                hint=PUT_BACK,
            )


def trust_in(target: str, log: LogTrust) -> Trust:
    """Return the trust root that a target's file states. Raises ``Refused`` when it is of no use."""
    where = Kind.TARGET.path(target)
    if not log.keys:
        raise Refused(
            f"target {target} trusts no key yet, so its log cannot have been opened",
            where=where,
            hint="the people who operate purgectl open it, as docs/setup.md says; they begin with "
            f"purgectl audit keygen --target {target} --write",
        )
    try:
        verifiers = tuple(Verifier.parse(key) for key in log.keys)
    except BadKey as error:
        raise Refused(
            f"target {target} has a key in log.keys that cannot be used: {error}", where=where
        ) from None
    for verifier in verifiers:
        if verifier.name != log.origin:
            raise Refused(
                f"target {target} has the origin {log.origin}, but trusts a key of {verifier.name}",
                where=where,
                hint="a key carries the origin of its log: make one with purgectl audit keygen",
            )
    return Trust(log.origin, target, verifiers)
