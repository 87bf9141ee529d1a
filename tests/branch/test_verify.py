"""Lies of every kind on a real branch: each is found, and named as narrowly as can be."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.auditdrafts import Drafting
from support.faketime import START
from support.forgery import extended, flipped, on_top, record_bytes, rewritten
from support.gitworld import ORIGIN, GitWorld, git

from runner.audit import layout, outbox
from runner.audit.memory import Expectation
from runner.audit.records import encode
from runner.audit.trust import Trust
from runner.branch.derived import frontier_file
from runner.branch.verify import verify
from runner.errors import NotVerified
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash

D = Drafting()
EVENTS = ("purge.intended", "purge.completed")
FORGER = Signer.generate(ORIGIN)
"""A key that nobody trusts."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A log of eight records in six commits, with one notice delivered and one waiting."""
    world = GitWorld.with_log(tmp_path_factory.mktemp("world"))
    store = world.store(events=EVENTS)
    store.append([D.intended()])
    store.append([D.submitted()])
    (first, *_) = store.append([D.ended(), D.verified()]).log.outbox
    store.append([D.delivered(("governance", 1))], settled=[first])
    store.append([Drafting(policy="young").refused(), Drafting(policy="other", intent=7).intended()])
    git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    return world


def problems(world, tip, **options):
    return verify(world.repository(), tip, options.pop("trust", world.trust), **options).problems


def test_the_honest_log_holds(world):
    verification = verify(world.repository(), world.tip(), world.trust)
    assert verification.holds
    assert verification.checkpoint.size == len(verification.records) == 8
    assert (verification.commits, verification.pending) == (6, 2)


def test_an_honest_copy_of_the_branch_holds_as_well(world):
    assert problems(world, rewritten(world, lambda number, changes: None)) == ()


@pytest.mark.parametrize("index", range(8))
def test_a_record_changed_on_top_is_named(world, index):
    path = layout.record_path(index)
    for data in (flipped(record_bytes(world, index)), None):
        (problem,) = problems(world, on_top(world, {path: data}))
        assert (problem.first, problem.last, problem.path) == (index, index, path)
        assert ("deleted" if data is None else "changed") in problem.message


@pytest.mark.parametrize("index", range(8))
def test_a_record_changed_in_a_rewritten_history_is_named(world, index):
    path = layout.record_path(index)

    def tamper(number, changes):
        if path in changes:
            changes[path] = flipped(changes[path], changes[path].index(b'"session":"') + 12)

    found = problems(world, rewritten(world, tamper))
    first = next(problem for problem in found if "match the signed root" in problem.message)
    together = {3: (3, 4), 4: (3, 4), 6: (6, 7), 7: (6, 7)}
    assert (first.first, first.last) == together.get(index, (index, index))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_flipped_byte_of_any_record_is_found_and_named(world, data):
    index = data.draw(st.integers(0, 7))
    original = record_bytes(world, index)
    place, bit = data.draw(st.integers(0, len(original) - 1)), data.draw(st.integers(1, 255))
    path = layout.record_path(index)

    def tamper(number, changes):
        if path in changes:
            changes[path] = flipped(original, place, bit)

    found = problems(world, rewritten(world, tamper))
    assert any(problem.first is not None and problem.first <= index <= problem.last for problem in found)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b",", b",\r\n"),
        lambda data: data.replace(b'{"', b'{ "', 1),
        lambda data: data.replace(b'{"at"', b'{"at":"x","at"', 1),
        lambda data: b"",
        lambda data: b"x" * 100_000,
    ],
)
def test_another_spelling_of_a_record_is_named(world, change):
    path = layout.record_path(2)

    def tamper(number, changes):
        if path in changes:
            changes[path] = change(changes[path])

    found = problems(world, rewritten(world, tamper))
    assert {(problem.first, problem.last) for problem in found if problem.first == 2} == {(2, 2)}
    assert any("record 2 is " in p.message or "record 2 cannot be read" in p.message for p in found)


def test_two_lies_are_both_found(world):
    paths = [layout.record_path(1), layout.record_path(5)]

    def tamper(number, changes):
        for path in paths:
            if path in changes:
                changes[path] = flipped(changes[path], changes[path].index(b'"session":"') + 12)

    roots = [p for p in problems(world, rewritten(world, tamper)) if "signed root" in p.message]
    assert [(problem.first, problem.last) for problem in roots] == [(1, 1), (5, 5)]


def test_where_the_frontier_lies_as_well_nothing_after_it_is_judged(world):
    def tamper(number, changes):
        path = layout.record_path(1)
        if path in changes:
            changes[path] = flipped(changes[path], changes[path].index(b'"session":"') + 12)
            leaves = [leaf_hash(record_bytes(world, 0)), leaf_hash(changes[path])]
            changes[layout.FRONTIER] = frontier_file(Tree(leaves))

    (problem,) = problems(world, rewritten(world, tamper))
    assert (problem.message, problem.first) == ("record 1 does not match the signed root", 1)


def test_records_swapped_in_a_rewritten_history_are_named(world):
    def tamper(number, changes):
        if number == 3:
            a, b = layout.record_path(3), layout.record_path(4)
            changes[a], changes[b] = changes[b], changes[a]

    assert any((p.first, p.last) == (3, 4) for p in problems(world, rewritten(world, tamper)))


def test_a_record_left_out_or_slipped_in_is_named(world):
    def left_out(number, changes):
        changes.pop(layout.record_path(2), None)

    (problem, *_) = problems(world, rewritten(world, left_out))
    assert (problem.message, problem.first) == ("record 2 is missing", 2)
    (problem, *_) = problems(world, on_top(world, {layout.record_path(8): record_bytes(world, 7)}))
    assert "without a checkpoint" in problem.message
    assert problem.first == 8


def test_records_signed_by_another_key_are_named(world):
    found = problems(world, extended(world, [encode(D.halted())], FORGER))
    assert [(p.message, p.first, p.path) for p in found][:1] == [
        ("no key that the log trusts has signed the checkpoint", 8, "checkpoint")
    ]


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (D.submitted(), "has the id of record 2"),
        (replace(D, runner={**D.runner, "session": "x"}).verified("FAIL"), "has the id of record 4"),
        (Drafting(policy="new").submitted(), "never announced"),
        (replace(D.halted(), id=Drafting(policy="z").halted().id), "not the one of its event"),
        (Drafting(policy="other", intent=7).ended(), "is intended"),
    ],
)
def test_a_record_that_the_rules_of_a_log_forbid_is_named_even_under_a_good_signature(world, draft, says):
    (problem,) = problems(world, extended(world, [encode(draft)]))
    assert says in problem.message
    assert (problem.first, problem.path) == (8, "records/000/000/008.json")


def test_a_record_outside_the_schema_is_named_even_under_a_good_signature(world):
    (problem,) = problems(world, extended(world, [b'{"type":"purge.imagined","v":1}']))
    assert "closed schema" in problem.message
    assert problem.first == 8


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"stated": 12}, "record 9 is missing"),
        ({"stated": 3}, "goes back from 8 to 3 records"),
        ({"stated": 8}, "record 8 is not covered"),
        ({"stated": 10**15}, "record 9 is missing"),
        ({"root": b"\1" * 32}, "record 8 does not match the signed root"),
    ],
)
def test_a_checkpoint_that_signs_something_else_is_found(world, options, says):
    draft = encode(Drafting(policy="more").refused())
    assert says in problems(world, extended(world, [draft], **options))[0].message


def test_a_merge_is_no_log(world):
    tree = git(world.clone, "rev-parse", f"{world.tip()}^{{tree}}")
    merge = git(
        world.clone,
        "commit-tree",
        tree,
        "-p",
        world.tip(),
        "-p",
        git(world.clone, "rev-parse", "main"),
        "-m",
        "m",
    )
    (problem,) = problems(world, merge)
    assert "a merge stands" in problem.message


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("checkpoint", "not a signed note"),
        ("state/frontier", "not what the records make it"),
        ("state/notices/governance.json", "not what the records make it"),
        (".gitattributes", "not what the records make it"),
        ("outbox/governance/000000003.json", "outbox entry is"),
    ],
)
def test_every_other_file_is_compared_too(world, path, says):
    for changes in ({path: b"garbage"}, {path: None}):
        found = problems(world, on_top(world, changes))
        assert found, path
        if changes[path] is not None:
            assert any(says in problem.message for problem in found)
        assert any(problem.path == path for problem in found)


@pytest.mark.parametrize(
    "path", ["extra", "records/8.json", "records/000/000/8.json", "state/other", "outbox/x.json", "README"]
)
def test_what_does_not_belong_there_is_found(world, path):
    (problem,) = problems(world, on_top(world, {path: b"x"}))
    assert (problem.message, problem.path) == (f"{path} is no part of a log", path)


def test_a_size_for_an_endpoint_that_was_never_told_anything_is_found(world):
    (problem,) = problems(world, on_top(world, {"state/notices/other.json": b'{"size":3}'}))
    assert "never told anything" in problem.message


def test_a_record_that_was_deleted_cannot_be_slipped_in_again(world):
    path, repository = layout.record_path(2), world.repository()
    gone = on_top(world, {path: None})
    back = repository.commit(gone, {path: record_bytes(world, 2)}, "back", START)
    assert {problem.first for problem in problems(world, back)} == {2}


def test_the_readme_may_change(world):
    assert problems(world, on_top(world, {"README.md": b"better words"})) == ()


def test_a_link_in_the_place_of_a_file_is_found(world):
    blob = git(world.clone, "hash-object", "-w", "--stdin", stdin=b"elsewhere")
    for mode, path in (("120000", "checkpoint"), ("100755", "state/frontier"), ("120000", "README.md")):
        index = {"GIT_INDEX_FILE": str(world.root / "index")}
        git(world.clone, "read-tree", world.tip(), **index)
        git(world.clone, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", **index)
        tree = git(world.clone, "write-tree", **index)
        tip = git(world.clone, "commit-tree", tree, "-p", world.tip(), "-m", "link")
        assert any(problem.message == f"{path} is no regular file" for problem in problems(world, tip))


def entry(world, index):
    return world.repository().blob(world.tip(), layout.outbox_path("governance", index))


def test_a_notice_cannot_be_taken_away_changed_or_invented(world):
    path = layout.outbox_path("governance", 3)
    (problem,) = problems(world, on_top(world, {path: None}))
    assert (problem.message, problem.first) == (
        "a notice left the outbox, but no record says that it was delivered or given up",
        3,
    )
    other = layout.outbox_path("governance", 2)
    found = problems(world, on_top(world, {other: entry(world, 3)}))
    assert "without its record" in found[0].message
    moved = problems(world, on_top(world, {path: entry(world, 7)}))
    assert "about another record or endpoint" in moved[0].message
    body = problems(world, rewritten(world, forged_body))
    assert [(p.message, p.first) for p in body] == [
        ("the outbox entry has another body than the one it was made with", 3)
    ]


def forged_body(number, changes):
    path = layout.outbox_path("governance", 3)
    if path in changes:
        notice = outbox.read_entry(changes[path])
        changes[path] = outbox.entry(replace(notice, body=notice.body.replace(b"1482", b"1481")))


def test_what_somebody_outside_remembers_must_be_a_prefix(world):
    tree = Tree(leaf_hash(record_bytes(world, index)) for index in range(8))
    good = [Expectation(size, tree.root(size)) for size in range(1, 9)]
    assert problems(world, world.tip(), expectations=good) == ()
    (longer,) = problems(world, world.tip(), expectations=[Expectation(9, tree.root(8))])
    assert (longer.first, longer.last) == (8, 8)
    assert "once had 9 records and now has 8" in longer.message
    (other,) = problems(world, world.tip(), expectations=[Expectation(4, tree.root(3))])
    assert (other.first, other.last) == (0, 3)


def test_a_rollback_shows_by_outside_memory_alone(world):
    older = git(world.clone, "rev-parse", f"{world.tip()}~2")
    tree = Tree(leaf_hash(record_bytes(world, index)) for index in range(8))
    assert problems(world, older) == ()
    (problem,) = problems(world, older, expectations=[Expectation(8, tree.root(8))])
    assert "it was cut" in problem.message


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"origin": "other.example/log"}, "origin differs"),
        ({"target": "elsewhere"}, "another origin or target"),
        ({"verifiers": (FORGER.verifier,)}, "signed by a key that was given"),
    ],
)
def test_the_log_of_somebody_else_does_not_hold(world, changes, says):
    assert any(says in p.message for p in problems(world, world.tip(), trust=replace(world.trust, **changes)))


def test_a_branch_that_is_no_log_at_all(world):
    found = problems(world, git(world.clone, "rev-parse", "main"))
    assert "the branch holds no checkpoint of this log" in [problem.message for problem in found]


def test_what_git_cannot_read_is_not_verified(world):
    with pytest.raises(NotVerified, match="cannot be read"):
        verify(world.repository(), "1" * 40, world.trust)


def test_several_trusted_keys_any_of_which_may_sign(world):
    trust = Trust(ORIGIN, "sandbox", (FORGER.verifier, world.signer.verifier))
    assert problems(world, world.tip(), trust=trust) == ()
