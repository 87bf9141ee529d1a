"""The certificate: it says what its records say, and nothing of it can be bent."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting, records
from support.gitworld import ORIGIN, RUNNER

from runner.audit.certificate import MAX_CERTIFICATE, BadCertificate, examine, issue
from runner.audit.disposition import RESTORABLE, NothingToCertify, disposition
from runner.audit.records import canonical, opened
from runner.audit.trail import trails
from runner.documents import schema
from runner.merkle import checkpoint
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Checkpoint, RecordType

SIGNER = Signer(ORIGIN, bytes(range(32)))
KEYS = (SIGNER.verifier,)
D = Drafting()
OTHER = Drafting(policy="sales", intent=2)
OPENED = opened(ORIGIN, "sandbox", [str(SIGNER.verifier)], [], RUNNER, D.at)
FAILED = D.ended(RecordType.FAILED)
LIVES = {
    "intended": [D.intended()],
    "submitted": [D.intended(), D.submitted()],
    "completed": [D.intended(), D.submitted(), D.ended()],
    "failed": [D.intended(), D.submitted(), FAILED],
    "cancelled": [D.intended(), D.submitted(), D.ended(RecordType.CANCELLED)],
    "halted": [D.intended(), D.halted()],
    "ambiguous": [D.intended(), D.ambiguous()],
    "resolved-ran": [D.intended(), D.ambiguous(), D.resolved()],
    "resolved-not-run": [D.intended(), D.ambiguous(), D.resolved("not-run")],
    "refused": [D.intended(), D.refused("submission")],
}
VERIFIED = [*LIVES["completed"], D.verified()]


def log(*drafts):
    """The trails, tree and signed checkpoint of a log of these drafts."""
    every = records(OPENED, *drafts)
    tree = Tree(leaf_hash(record.data) for record in every)
    note = checkpoint.sign(Checkpoint(ORIGIN, tree.size, tree.root()), SIGNER)
    return trails(ORIGIN, every), tree, note


def certificate(*drafts, purge_id=D.purge_id):
    found, tree, note = log(*drafts)
    return issue(ORIGIN, found[purge_id], tree, note)


def content(*drafts):
    return disposition(ORIGIN, log(*drafts)[0][D.purge_id])


def spelled(document):
    return json.dumps(document).encode()


@pytest.mark.parametrize("status", LIVES)
def test_every_purge_that_was_announced_has_a_certificate_that_holds(status):
    issued = certificate(*LIVES[status])
    assert schema.check("certificate", issued) == ()
    held = examine(spelled(issued), KEYS)
    assert held.content == issued["certificate"]
    assert held.content["status"] == status
    assert held.content["verdict"] != "PASS"
    assert len(held.records) == len(LIVES[status])


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *(
            (status, "UNKNOWN")
            for status in ("intended", "submitted", "completed", "ambiguous", "resolved-ran")
        ),
        *((status, "FAIL") for status in ("failed", "cancelled", "halted", "resolved-not-run", "refused")),
    ],
)
def test_without_a_second_count_nothing_passes(status, verdict):
    assert content(*LIVES[status])["verdict"] == verdict


@pytest.mark.parametrize("verdict", ["PASS", "FAIL", "UNKNOWN"])
def test_the_verdict_is_the_recorded_one(verdict):
    assert content(*LIVES["completed"], D.verified(verdict))["verdict"] == verdict


@pytest.mark.parametrize("remaining", [None, 1])
def test_a_recorded_pass_without_a_count_of_nothing_is_not_one(remaining):
    draft = D.verified()
    forged = D.draft(RecordType.VERIFIED, {**draft.fields, "remaining": remaining})
    assert content(*LIVES["completed"], forged)["verdict"] == "UNKNOWN"


def test_what_no_record_says_is_null_and_what_one_says_is_there():
    made = content(*VERIFIED)
    assert made["quantity"] == {
        "matched": 1482,
        "limit": 5000,
        "purged": 1482,
        "remaining": 0,
        "lookedAt": None,
        "recordings": None,
        "skipped": None,
        "failed": None,
        "byArtefact": None,
        "bytes": None,
    }
    assert made["authority"]["regulations"] is None
    assert made["authority"]["reason"] == "Seven-year period has ended. Ticket REC-412."
    assert made["eligibility"]["eligibleFrom"] == "2026-01-01T00:00:00.000Z"
    assert made["holds"]["compared"] == [{"name": "matter-1", "blob": "b" * 40}]
    assert made["people"]["resolvedBy"] is None
    assert made["people"]["announcedBy"]["run"] is None
    assert made["times"]["endedAt"] == "2026-11-23T09:00:35.250Z"
    assert made["verification"]["recounted"] is True
    assert made["validation"] is None


def test_the_figures_of_a_recording_job_and_of_a_look_at_single_conversations_stand_in_it():
    job = {"id": "job-1", "deletes_at": "2026-12-24T00:00:00Z"}
    counts = {"matched": 1482, "recordings": 1500}
    ended, looked = D.ended(), D.verified("FAIL")
    said = {"total": 1500, "processed": 1496, "skipped": 3, "failed": 1}
    made = content(
        D.intended(job=job, counts=counts),
        D.submitted(),
        D.draft(RecordType.COMPLETED, {**ended.fields, "recordings": said}),
        D.draft(RecordType.VERIFIED, {**looked.fields, "remaining": 4, "looked_at": 100}),
    )
    figures = {name: made["quantity"][name] for name in ("recordings", "skipped", "failed", "lookedAt")}
    assert figures == {"recordings": 1500, "skipped": 3, "failed": 1, "lookedAt": 100}
    assert made["quantity"]["remaining"] == 4
    assert made["times"]["deletesAt"] == "2026-12-24T00:00:00Z"


def test_a_person_stands_in_it_by_number_and_a_halt_by_its_rules():
    resolved = content(*LIVES["resolved-ran"])
    assert resolved["people"]["resolvedBy"] == "4711"
    assert resolved["verification"]["evidence"] == "job-seen"
    assert content(*LIVES["halted"])["holds"]["haltedBy"] == ["HLD-001"]


def test_a_soft_purge_says_that_it_can_be_taken_back():
    policy = D.intended().fields["policy"]
    soft = D.intended(policy={**policy, "body": {**policy["body"], "purgeType": "soft", "graceDays": 30}})
    assert RESTORABLE in content(soft)["residuals"]
    assert RESTORABLE not in content(D.intended())["residuals"]


def test_of_several_attempts_the_newest_counts():
    again = Drafting(attempt=2, intent=3)
    made = content(D.intended(), D.refused("submission"), again.intended(), again.submitted())
    assert (made["status"], made["method"]["attempts"]) == ("submitted", 2)


def test_what_was_refused_and_never_announced_has_none():
    with pytest.raises(NothingToCertify):
        certificate(D.refused())


def test_the_same_log_gives_the_same_bytes():
    assert canonical(certificate(*VERIFIED)) == canonical(certificate(*VERIFIED))


def test_it_holds_in_any_spelling_and_beside_other_purges():
    drafts = [D.intended(), OTHER.intended(), D.halted(), OTHER.halted()]
    issued = certificate(*drafts, purge_id=OTHER.purge_id)
    for data in (canonical(issued), json.dumps(issued, indent=3, sort_keys=True).encode()):
        assert examine(data, KEYS).content["authority"]["policy"] == "sales"


def leaves(value, path=()):
    """Every path to a value that is no container."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


ISSUED = json.loads(canonical(certificate(*VERIFIED)))
PATHS = list(leaves(ISSUED))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join(map(str, path)))
def test_no_value_in_it_can_be_changed(path):
    changed = deepcopy(ISSUED)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    value = inner[path[-1]]
    inner[path[-1]] = value + 1 if isinstance(value, int) and not isinstance(value, bool) else f"{value}x"
    with pytest.raises(BadCertificate):
        examine(spelled(changed), KEYS)


@given(st.data())
def test_no_byte_of_it_can_be_changed_to_another_meaning(data):
    original = canonical(ISSUED)
    place = data.draw(st.integers(0, len(original) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != original[place]))
    changed = original[:place] + bytes([other]) + original[place + 1 :]
    try:
        held = examine(changed, KEYS)
    except BadCertificate:
        return
    assert held.content == ISSUED["certificate"]  # another spelling of the same value


def without(document, *places):
    changed = deepcopy(document)
    changed["evidence"] = [item for place, item in enumerate(changed["evidence"]) if place not in places]
    return changed


def test_a_bad_end_cannot_be_left_out():
    failed = json.loads(canonical(certificate(*LIVES["completed"], D.verified("FAIL"))))
    with pytest.raises(BadCertificate, match=r"says in .*verdict"):
        examine(spelled(without(failed, 3)), KEYS)
    for place in range(3):
        with pytest.raises(BadCertificate):
            examine(spelled(without(failed, place)), KEYS)


def test_records_are_there_once_in_order_and_about_one_purge():
    swapped, doubled = deepcopy(ISSUED), deepcopy(ISSUED)
    swapped["evidence"].reverse()
    doubled["evidence"].append(doubled["evidence"][-1])
    found, tree, note = log(D.intended(), OTHER.intended())
    mixed = json.loads(canonical(issue(ORIGIN, found[D.purge_id], tree, note)))
    other = json.loads(canonical(issue(ORIGIN, found[OTHER.purge_id], tree, note)))
    mixed["evidence"] += other["evidence"]
    for document in (swapped, doubled, mixed, {**ISSUED, "evidence": []}):
        with pytest.raises(BadCertificate):
            examine(spelled(document), KEYS)


def test_evidence_of_another_day_cannot_be_mixed_in():
    later = json.loads(canonical(certificate(*VERIFIED, D.delivered(("governance", 3)))))
    assert examine(spelled(later), KEYS).content == ISSUED["certificate"]
    mixed = deepcopy(ISSUED)
    mixed["evidence"][0] = later["evidence"][0]
    with pytest.raises(BadCertificate, match="more than one checkpoint"):
        examine(spelled(mixed), KEYS)


def test_another_key_proves_nothing():
    with pytest.raises(BadCertificate, match="no trusted key"):
        examine(spelled(ISSUED), (Signer.generate(ORIGIN).verifier,))
    with pytest.raises(BadCertificate):
        examine(spelled(ISSUED), (Signer.generate("other.example/log").verifier,))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"version":1,"version":1}',
        b'{"version":1.0}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"version":1,"certificate":{},"evidence":[{"record":{},"proof":"\\ud800"}]}',
        b" " * (MAX_CERTIFICATE + 1),
    ],
    ids=range(10),
)
def test_whatever_the_bytes_are_it_says_no(data):
    with pytest.raises(BadCertificate):
        examine(data, KEYS)


def test_nothing_can_be_added_to_it():
    for document in (
        {**ISSUED, "note": "x"},
        {**ISSUED, "certificate": {**ISSUED["certificate"], "note": "x"}},
        {**ISSUED, "evidence": [{**item, "note": "x"} for item in ISSUED["evidence"]]},
        {**ISSUED, "version": 2},
        {**ISSUED, "version": True},
    ):
        with pytest.raises(BadCertificate):
            examine(spelled(document), KEYS)
