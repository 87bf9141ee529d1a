"""The trust root: what a log must be called, and which keys may sign for it."""

from __future__ import annotations

from dataclasses import dataclass

from runner.audit.keys import BadKey, Signer, Verifier
from runner.errors import Refused
from runner.model.target import LogTrust


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
                where=target_path(self.target),
                hint="use the key whose verifier key stands in log.keys, or add this one by pull request",
            )
        return signer


def trust_in(target: str, log: LogTrust) -> Trust:
    """Return the trust root that a target's file states. Raises ``Refused`` when it is of no use."""
    where = target_path(target)
    if not log.keys:
        raise Refused(
            f"target {target} trusts no key yet, so nobody can sign its log",
            where=where,
            hint=f"purgectl audit keygen --target {target} --write",
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


def target_path(name: str) -> str:
    """Return where a target's file lies."""
    return f"policies/targets/{name}.yaml"
