"""A change of keys on a real branch: every order of its steps, and every forged one."""

from datetime import timedelta

import pytest
from support.auditdrafts import Drafting, key_draft
from support.faketime import START
from support.forgery import extended, record_bytes
from support.gitworld import ORIGIN, RUNNER, GitWorld, git

from runner.audit import rotation
from runner.audit.memory import Expectation
from runner.audit.records import encode
from runner.audit.trust import Trust
from runner.branch.verify import verify
from runner.errors import LogBroken, Refused
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import RecordType

D = Drafting()
NEW, OTHER = Signer.generate(ORIGIN), Signer.generate(ORIGIN)
ADDED, RETIRED, COMPROMISED = RecordType.KEY_ADDED, RecordType.KEY_RETIRED, RecordType.KEY_COMPROMISED
LATER = START + timedelta(hours=1)


@pytest.fixture
def world(tmp_path):
    return GitWorld.with_log(tmp_path)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A log after a whole rotation."""
    world = GitWorld.with_log(tmp_path_factory.mktemp("still"))
    rotate(world)
    return world


@pytest.fixture
def rotated(still, tmp_path):
    """The same log, to write to."""
    return still.copied(tmp_path)


def write(world, signer, *drafts, trusted=None):
    """Append as a runner with this secret, on a clone that trusts these keys (by default both)."""
    keys = [world.signer, NEW] if trusted is None else trusted
    store = world.store(signer=signer, verifiers=[key.verifier for key in keys])
    return store.append(drafts)


def admit(world):
    write(world, world.signer, key_draft(ADDED, NEW.verifier))


def rotate(world):
    """The whole rotation, in order, with a record between the steps; 6 records."""
    write(world, world.signer, Drafting(policy="one").refused())
    admit(world)
    write(world, NEW, Drafting(policy="two").refused())
    write(world, NEW, key_draft(RETIRED, world.signer.verifier))
    write(world, NEW, Drafting(policy="three").refused(), trusted=[NEW])


def checked(world, *given, tip=None, expectations=()):
    git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    trust = Trust(ORIGIN, "sandbox", tuple(signer.verifier for signer in given))
    return verify(world.repository(), tip or world.tip(), trust, expectations)


@pytest.mark.parametrize("given", [(0,), (1,), (0, 1), (1, 2)])
def test_whoever_has_the_first_key_or_the_newest_verifies_the_whole_log(rotated, given):
    verification = checked(rotated, *((rotated.signer, NEW, OTHER)[number] for number in given))
    assert verification.holds
    assert verification.checkpoint.size == 6
    assert [term.until for term in verification.keys.terms] == [4, None]


def test_whoever_has_another_key_believes_nothing(rotated):
    (problem,) = checked(rotated, OTHER).problems
    assert "signed by a key that was given" in problem.message
    assert set(problem.strangers) == {rotated.signer.verifier.id.hex(), NEW.verifier.id.hex()}


def test_an_attacker_cannot_borrow_a_public_key(tmp_path):
    """A log that names the honest key, and is signed by another from the start."""
    world = GitWorld(tmp_path, signer=OTHER)
    world.open_log()
    write(world, OTHER, key_draft(ADDED, NEW.verifier), trusted=[OTHER])
    assert checked(world, OTHER).holds
    assert [problem.strangers for problem in checked(world, NEW).problems] == [(OTHER.verifier.id.hex(),)]


OLD_SECRET, NEW_SECRET = "old", "new"


@pytest.mark.parametrize(
    ("done", "trusted", "secret", "says"),
    [
        ([], "old", "old", None),
        ([], "old", "new", "does not trust"),
        ([], "both", "old", None),
        ([], "both", "new", "has not admitted yet"),
        ([], "new", "old", "does not trust"),
        ([], "new", "new", "newest checkpoint"),
        (["add"], "both", "old", None),
        (["add"], "both", "new", None),
        (["add"], "old", "old", None),
        (["add"], "old", "new", "does not trust"),
        (["add"], "new", "new", "newest checkpoint"),
        (["add", "sign"], "both", "old", None),
        (["add", "sign"], "new", "new", None),
        (["add", "sign"], "new", "old", "does not trust"),
        (["add", "sign"], "old", "old", "newest checkpoint"),
        (["add", "retire"], "both", "old", "ended"),
        (["add", "retire"], "both", "new", None),
        (["add", "retire"], "new", "new", None),
        (["add", "retire"], "new", "old", "does not trust"),
    ],
)
def test_a_runner_in_every_state_of_a_rotation(world, done, trusted, secret, says):
    """It goes on, or refuses before any effect and says what to do; putting a key back always helps."""
    steps = {
        "add": lambda: admit(world),
        "sign": lambda: write(world, NEW, Drafting(policy="signed").refused()),
        "retire": lambda: write(world, NEW, key_draft(RETIRED, world.signer.verifier)),
    }
    for step in done:
        steps[step]()
    named = {"old": [world.signer], "new": [NEW], "both": [world.signer, NEW]}
    signer, tip = {"old": world.signer, "new": NEW}[secret], world.tip()
    if says is None:
        write(world, signer, D.intended(), trusted=named[trusted])
        assert checked(world, world.signer).holds
        return
    with pytest.raises((Refused, LogBroken), match=says) as caught:
        write(world, signer, D.intended(), trusted=named[trusted])
    assert caught.value.hint
    assert world.tip() == tip
    way_out = NEW if "retire" in done else world.signer
    write(world, way_out, D.intended())
    assert checked(world, NEW, world.signer).holds


def test_a_key_that_left_log_keys_too_early_is_put_back_retired_and_removed(world):
    admit(world)
    with pytest.raises(LogBroken, match="newest checkpoint") as caught:
        world.store(signer=NEW, verifiers=[NEW.verifier]).load()
    assert "is put back" in caught.value.hint
    write(world, NEW, key_draft(RETIRED, world.signer.verifier))
    write(world, NEW, D.intended(), trusted=[NEW])


def test_a_key_cannot_end_itself_and_no_record_says_so(world):
    admit(world)
    tip = world.tip()
    for kind, fields in ((RETIRED, {}), (COMPROMISED, {"from_size": 1})):
        with pytest.raises(Refused, match="cannot end itself"):
            write(world, NEW, key_draft(kind, NEW.verifier, **fields))
    assert world.tip() == tip


@pytest.mark.parametrize(
    ("forge", "says", "first"),
    [
        pytest.param(
            lambda world: extended(world, [encode(key_draft(ADDED, OTHER.verifier))], OTHER),
            "no key that the log trusts has signed",
            6,
            id="a key admits itself",
        ),
        pytest.param(
            lambda world: extended(world, [encode(D.intended())], world.signer),
            "no key that the log trusts has signed",
            6,
            id="a retired key signs",
        ),
        pytest.param(
            lambda world: extended(world, [encode(key_draft(ADDED, world.signer.verifier))], NEW),
            "has had before",
            6,
            id="a retired key comes back",
        ),
        pytest.param(
            lambda world: extended(world, [encode(key_draft(RETIRED, NEW.verifier))], NEW),
            "last valid key",
            6,
            id="the last key is retired",
        ),
        pytest.param(
            lambda world: extended(
                world,
                [encode(key_draft(ADDED, OTHER.verifier)), encode(key_draft(RETIRED, NEW.verifier))],
                NEW,
            ),
            "only by a key that ends with its records",
            6,
            id="a key signs its own end",
        ),
    ],
)
def test_a_forged_step_is_named(rotated, forge, says, first):
    verification = checked(rotated, rotated.signer, tip=forge(rotated))
    problem = next(problem for problem in verification.problems if says in problem.message)
    assert problem.first == first


@pytest.fixture(scope="module")
def theft(tmp_path_factory):
    """The old key is stolen after 2 records, signs 2 more, and the new one tells of it; 6 records."""
    world = GitWorld.with_log(tmp_path_factory.mktemp("theft"))
    admit(world)
    write(world, world.signer, Drafting(policy="doubtful").refused())
    write(world, world.signer, Drafting(policy="doubtful-too").refused())
    write(world, NEW, Drafting(policy="fine").refused())
    write(world, NEW, key_draft(COMPROMISED, world.signer.verifier, from_size=2))
    return world


@pytest.fixture
def robbed(theft, tmp_path):
    """The same log, to write to."""
    return theft.copied(tmp_path)


def test_what_only_a_stolen_key_vouches_for_is_unproven_and_the_rest_is_not(robbed):
    verification = checked(robbed, NEW)
    assert verification.holds
    (found,) = verification.unproven
    assert (found.first, found.last, found.keys) == (2, 3, (robbed.signer.verifier,))


@pytest.mark.parametrize(("size", "left"), [(1, (2, 3)), (2, (2, 3)), (3, (3, 3)), (4, None), (6, None)])
def test_somebody_outside_who_remembers_them_proves_them(robbed, size, left):
    tree = Tree(leaf_hash(record_bytes(robbed, index)) for index in range(6))
    verification = checked(robbed, NEW, expectations=[Expectation(size, tree.root(size))])
    assert [(found.first, found.last) for found in verification.unproven] == ([left] if left else [])


def test_a_wrong_memory_proves_nothing(robbed):
    verification = checked(robbed, NEW, expectations=[Expectation(6, bytes(32))])
    assert verification.problems
    assert len(verification.unproven) == 1


def test_a_stolen_key_alone_vouches_only_for_what_came_before(robbed):
    assert checked(robbed, robbed.signer).holds
    write(robbed, NEW, Drafting(policy="more").refused())
    with pytest.raises(Refused, match="ended"):
        write(robbed, robbed.signer, D.intended())


def test_a_key_compromised_from_the_beginning_convinces_nobody(world):
    admit(world)
    write(world, NEW, key_draft(COMPROMISED, world.signer.verifier, from_size=0))
    (problem,) = checked(world, world.signer).problems
    assert "signed by a key that was given" in problem.message
    assert checked(world, NEW).holds


def drafted(world, make):
    store = world.store(signer=NEW, verifiers=[world.signer.verifier, NEW.verifier])
    trust = Trust(ORIGIN, "sandbox", (world.signer.verifier, NEW.verifier))
    log = store.load()
    return make(trust, store.keys, log)


def retire(key, at=LATER):
    return lambda trust, keys, log: rotation.retired(trust, keys, log, key, RUNNER, at)


def add(key):
    return lambda trust, keys, log: rotation.added(trust, keys, key, RUNNER, LATER)


def compromise(key, size):
    return lambda trust, keys, log: rotation.compromised(trust, keys, log, key, size, RUNNER, LATER)


def test_a_draft_that_would_lock_the_log_or_says_nothing_new_is_refused(world):
    old = world.signer.verifier
    for make, says in [
        (add(OTHER.verifier), "on main does not name"),
        (add(old), "admitted .* already, by record 0"),
        (retire(old), "the only valid key"),
        (compromise(old, 0), "the only valid key"),
        (retire(OTHER.verifier), "never had the key"),
    ]:
        with pytest.raises(Refused, match=says) as caught:
            drafted(world, make)
        assert caught.value.hint
    rotate(world)
    for make, says in [
        (retire(old), "record 4 ended it"),
        (compromise(NEW.verifier, 1), "the only valid key"),
        (compromise(old, 7), "has 6 records, fewer than 7"),
    ]:
        with pytest.raises(Refused, match=says):
            drafted(world, make)
    write(world, NEW, drafted(world, compromise(old, 2)))
    with pytest.raises(Refused, match="compromised from 2 records on"):
        drafted(world, compromise(old, 2))


def test_no_key_is_retired_while_a_run_may_still_have_to_record_an_answer(world):
    admit(world)
    write(world, world.signer, Drafting(intent=2).intended())
    with pytest.raises(Refused, match="a run is submitting billing right now") as caught:
        drafted(world, retire(world.signer.verifier, START))
    assert caught.value.hint == "try again after 09:02:00 UTC"
    write(world, NEW, drafted(world, retire(world.signer.verifier)))
    write(world, NEW, Drafting(intent=2).submitted())
    assert checked(world, NEW).holds
