"""What changed in the keys of a log, for a person."""

from __future__ import annotations

from collections.abc import Mapping

from runner.merkle.encoding import to_text
from runner.model.fields import text
from runner.model.log import Appended, Draft, RecordType
from runner.model.text import printable

_NEXT: Mapping[RecordType, tuple[str, str]] = {
    RecordType.KEY_ADDED: (
        "From here on this key may sign as well:",
        (
            "Next: put its signing key into AUDIT_SIGNING_KEY of the runner's environment. With that, end\n"
            "the old one: purgectl audit key retire --target {target}"
        ),
    ),
    RecordType.KEY_RETIRED: (
        "From here on this key signs no more:",
        "Next: remove it from log.keys of target {target} by pull request, and delete its signing key.",
    ),
    RecordType.KEY_COMPROMISED: (
        "From here on this key signs no more, and what it alone vouched for is unproven:",
        (
            "Next: remove it from log.keys of target {target} by pull request. Then see which records\n"
            "need somebody who remembers them: purgectl audit verify --target {target}"
        ),
    ),
}


def key_text(target: str, appended: Appended, draft: Draft) -> str:
    """Return what was written, the checkpoint to note, and the next step."""
    done, following = _NEXT[draft.type]
    stated = appended.log.checkpoint
    lines = [
        done,
        f"  {printable(text(draft.fields, 'key'))}",
        "",
        f"The log has {stated.size} records. Note its checkpoint outside the repository:",
        f"  {stated.size}:{to_text(stated.root)}",
        "",
        following.format(target=target),
    ]
    return "\n".join(lines) + "\n"
