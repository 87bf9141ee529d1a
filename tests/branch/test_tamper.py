"""The tamper matrix: every byte of a small log, and every way to rearrange it, by full check and by load.

``audit verify`` reads the whole history; a runner stands on the tip, with the newest snapshot. Whatever
is changed must be found, and named: the record, or the smallest range between two checkpoints that hold.
"""

import pytest
from support.auditdrafts import Drafting
from support.branchinmemory import BranchInMemory
from support.gitworld import ORIGIN, GitWorld, git

from runner.audit import layout, outbox, snapshot
from runner.audit.memory import Expectation
from runner.audit.records import canonical, encode, opened, strict_json
from runner.branch.derived import frontier_file
from runner.branch.replay import Replay
from runner.branch.verify import verify
from runner.merkle import checkpoint
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, consistency_holds, leaf_hash
from runner.model.log import Checkpoint

D = Drafting()
EVENTS = ("purge.intended", "purge.completed")
FORGER = Signer.generate(ORIGIN)


SNAPSHOT_EVERY = {"plain": 1000, "with snapshots": 3}
plain = pytest.mark.parametrize("world", ["plain"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=SNAPSHOT_EVERY)
def world(tmp_path_factory, request):
    """A log with records that came alone and together, a notice that was delivered, and two that wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "SNAPSHOT_EVERY", SNAPSHOT_EVERY[request.param])
        world = GitWorld.with_log(tmp_path_factory.mktemp("world"))
        store = world.store(events=EVENTS)
        (first,) = store.append([D.intended()]).log.outbox
        store.append([D.submitted()])
        store.append([D.ended(), D.verified()])
        store.append([D.delivered((first.endpoint, first.index))], settled=[first])
        index = store.load().checkpoint.size
        store.append([Drafting(policy="other", intent=index).intended()])
        git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
        yield world


@pytest.fixture(scope="module")
def branch(world):
    return BranchInMemory.of(world.repository(), world.tip())


def full(world, branch, **options):
    return list(verify(branch, branch.head, world.trust, **options).problems)


def load(world, branch):
    replay = Replay(branch, world.trust)
    replay.begin(branch.head)
    if replay.tip is not None:
        replay.advance(branch.head)
    return replay.problems


both = pytest.mark.parametrize("check", [full, load])


def leaves(branch):
    """The bytes of every record, in order."""
    found = {layout.record_index(path): blob for path, blob in branch.files().items()}
    return [branch.data[found[index]] for index in range(sum(index is not None for index in found))]


def stretch(branch, index):
    """The records that came with this one: the smallest range that two checkpoints can tell apart."""
    for commit in branch.commits:
        added = [layout.record_index(change.path) for change in commit.changes]
        together = sorted(number for number in added if number is not None)
        if index in together:
            return together[0], together[-1], commit.id
    raise AssertionError(f"no commit brought record {index}")


def names(problem, index):
    return problem.first is not None and problem.first <= index <= problem.last


def read_from(world, branch):
    """The first record that a runner reads."""
    replay = Replay(branch, world.trust)
    replay.begin(branch.head)
    return replay.ledger.records[0].index


def flips(data):
    """Each byte changed once, by a bit that differs from place to place."""
    for place, byte in enumerate(data):
        yield place, data[:place] + bytes([byte ^ (1 << place % 8)]) + data[place + 1 :]


@both
def test_the_honest_log_holds(world, branch, check):
    assert check(world, branch) == []
    assert check(world, BranchInMemory.of(world.repository(), world.tip())) == []


@plain
@pytest.mark.slow
def test_every_flipped_byte_of_every_record_is_found_and_named_by_the_full_check(world, branch):
    for index, data in enumerate(leaves(branch)):
        blob = branch.files()[layout.record_path(index)]
        first, last, commit = stretch(branch, index)
        for place, changed in flips(data):
            found = full(world, branch.holding(blob, changed))
            assert any(names(problem, index) for problem in found), (index, place)
            told = next(problem for problem in found if "match the signed root" in problem.message)
            assert (told.first, told.last, told.commit) == (first, last, commit), (index, place)


@pytest.mark.slow
def test_every_flipped_byte_that_a_runner_reads_stops_it(world, branch):
    start = read_from(world, branch)
    for index, data in enumerate(leaves(branch)[start:], start):
        blob = branch.files()[layout.record_path(index)]
        for place, changed in flips(data):
            found = load(world, branch.holding(blob, changed))
            assert any(names(problem, index) for problem in found), (index, place)


@plain
@pytest.mark.slow
def test_every_flipped_byte_of_every_checkpoint_is_found_and_its_commit_named(world, branch):
    for commit in branch.commits:
        for change in commit.changes:
            if change.path == layout.CHECKPOINT:
                for place, changed in flips(branch.data[change.blob]):
                    found = full(world, branch.holding(change.blob, changed))
                    assert (found[0].path, found[0].commit) == (layout.CHECKPOINT, commit.id), place
                    stops = load(world, branch.holding(change.blob, changed))
                    assert bool(stops) is (commit.id == branch.head)


@pytest.mark.slow
@both
def test_every_flipped_byte_of_every_other_file_is_found_and_named(world, branch, check):
    for path, blob in branch.files().items():
        if path in (layout.CHECKPOINT, layout.README) or layout.record_index(path) is not None:
            continue
        for place, changed in flips(branch.data[blob]):
            found = check(world, branch.holding(blob, changed))
            if not found:
                assert harmless(path, branch.data[blob], changed), (path, place)
            elif check is full:
                assert {problem.path for problem in found} == {path}, (path, place)


def harmless(path, honest, changed):
    """When a waiting notice was made and tried nobody signed, and nobody can compute it again."""
    if layout.outbox_key(path) is None:
        return False
    one, other = outbox.read_entry(honest), outbox.read_entry(changed)
    return (one.key, one.webhook_id, one.body) == (other.key, other.webhook_id, other.body)


def spellings(data):
    """The same record, written otherwise."""
    fields = strict_json(data)
    return {
        "a line break at the end": data + b"\n",
        "CRLF": data.replace(b",", b",\r\n"),
        "pretty-printed": data.replace(b'":', b'": '),
        "a key twice": data.replace(b"{", b'{"v":1,', 1),
        "a byte order mark": b"\xef\xbb\xbf" + data,
        "nothing": b"",
        "too much": b"x" * 100_000,
        "another field": canonical({**fields, "more": 1}),
        "another time": canonical({**fields, "at": "2031-01-01T00:00:00Z"}),
    }


@both
def test_every_other_spelling_of_every_record_is_found_and_named(world, branch, check):
    start = 0 if check is full else read_from(world, branch)
    for index, data in enumerate(leaves(branch)[start:], start):
        blob = branch.files()[layout.record_path(index)]
        for name, changed in spellings(data).items():
            found = check(world, branch.holding(blob, changed))
            assert any(names(problem, index) for problem in found), (index, name)


def test_a_record_deleted_inserted_or_swapped_is_named_by_the_full_check(world, branch):
    known = leaves(branch)
    for index in range(len(known)):
        first, last, commit = stretch(branch, index)
        number = [item.id for item in branch.commits].index(commit)
        path = layout.record_path(index)
        left_out = full(world, branch.rewritten(number, {path: None}))
        assert any(names(problem, index) for problem in left_out), index
        deleted = full(world, branch.followed({path: None}))
        assert [(p.first, p.last, p.path) for p in deleted] == [(index, index, path)]
        other = known[(index + 1) % len(known)]
        swapped = full(world, branch.rewritten(number, {path: other}))
        assert any(names(problem, index) for problem in swapped), index
        assert any((p.first, p.last) == (first, last) for p in swapped), index
        inserted = full(world, branch.rewritten(number, {layout.record_path(len(known) + 7): known[index]}))
        assert any(names(problem, len(known) + 7) for problem in inserted)


def test_a_record_deleted_inserted_or_swapped_stops_a_runner(world, branch):
    known, start = leaves(branch), read_from(world, branch)
    for index in range(start, len(known)):
        path = layout.record_path(index)
        for files in ({path: None}, {path: known[start - 1] if start else known[index - 1]}):
            found = load(world, branch.followed(files))
            assert any(names(problem, index) for problem in found), index
    beyond = layout.record_path(len(known))
    found = load(world, branch.followed({beyond: known[-1]}))
    assert any(names(problem, len(known)) for problem in found)


def test_two_records_that_came_together_and_changed_places_are_named(world, branch):
    known = leaves(branch)
    pairs = [stretch(branch, index)[:2] for index in range(len(known))]
    first, last = next(pair for pair in pairs if pair[0] < pair[1])
    paths = layout.record_path(first), layout.record_path(last)
    swapped = branch.rewritten(
        [item.id for item in branch.commits].index(stretch(branch, first)[2]),
        {paths[0]: known[last], paths[1]: known[first]},
    )
    assert any((problem.first, problem.last) == (first, last) for problem in full(world, swapped))


@both
def test_an_old_state_is_whole_and_only_somebody_outside_knows_better(world, branch, check):
    known = Tree(leaf_hash(data) for data in leaves(branch))
    for count in range(1, len(branch.commits)):
        older = branch.cut(count)
        size = len(leaves(older))
        assert check(world, older) == []
        if size < known.size:
            memory = Expectation(known.size, known.root())
            (problem,) = full(world, older, expectations=[memory])
            assert (problem.first, problem.last) == (size, known.size - 1)
            (problem,) = full(world, older, since=memory)
            assert "it was cut" in problem.message


def test_an_old_state_laid_on_top_of_the_new_one_is_found_by_whoever_reads_the_history(world, branch):
    older = branch.cut(2)
    there, before = branch.files(), older.files()
    files = {path: None if path not in before else older.data[before[path]] for path in there}
    found = full(world, branch.followed(files))
    size = len(leaves(older))
    assert any("goes back" in problem.message and problem.first == size for problem in found)


def signed_anew(branch, signer, first=None):
    """The whole history with every checkpoint made again by this key, over a first record of its own."""
    made, tree = branch, Tree()
    known = leaves(branch)
    if first is not None:
        known[0] = first
    for number, commit in enumerate(branch.commits):
        added = [change.path for change in commit.changes if layout.record_index(change.path) is not None]
        for path in sorted(added):
            tree.append(leaf_hash(known[layout.record_index(path)]))
        note = checkpoint.sign(Checkpoint(ORIGIN, tree.size, tree.root()), signer)
        files = {layout.CHECKPOINT: note, layout.FRONTIER: frontier_file(tree)}
        if first is not None and number == 0:
            files[layout.record_path(0)] = first
        made = made.rewritten(number, files) if added else made
    return made


@both
def test_a_history_that_another_key_signed_convinces_nobody(world, branch, check):
    found = check(world, signed_anew(branch, FORGER))
    assert found
    assert found[0].strangers == (FORGER.verifier.id.hex(),)
    body = strict_json(leaves(branch)[0])
    keys = [str(FORGER.verifier), str(world.signer.verifier)]
    own = encode(opened(ORIGIN, "sandbox", keys, body["baseline"], body["runner"], Drafting().at))
    found = check(world, signed_anew(branch, FORGER, own))
    assert any(problem.strangers == (FORGER.verifier.id.hex(),) for problem in found)


def test_whoever_holds_the_key_and_writes_all_anew_is_caught_by_what_a_witness_kept(world, branch):
    """A receiver of notices keeps a size and a root; no proof leads from them to the false log."""
    first = leaves(branch)[0]
    honest = Tree(leaf_hash(data) for data in leaves(branch))
    forged_world = [first] + [encode(Drafting(policy=f"false-{n}").refused()) for n in range(honest.size + 3)]
    forged = Tree(leaf_hash(data) for data in forged_world)
    for old in range(2, honest.size + 1):
        for new in range(old, forged.size + 1):
            proof = forged.consistency(old, new)
            assert consistency_holds(old, new, forged.root(old), forged.root(new), proof)
            assert not consistency_holds(old, new, honest.root(old), forged.root(new), proof)


def test_the_first_record_alone_is_no_memory_of_what_followed(world, branch):
    """Somebody who noted only the opening sees no lie: so notes are taken again and again."""
    honest = Tree(leaf_hash(data) for data in leaves(branch))
    forged = Tree([honest.node(0, 0), leaf_hash(b"false")])
    assert consistency_holds(1, 2, honest.root(1), forged.root(2), forged.consistency(1, 2))
