"""Who must approve what."""

from datetime import UTC, datetime, timedelta

from support.trees import file, policy

from runner.documents.kinds import APPROVERS
from runner.documents.reading import read
from runner.documents.typed import purge_policy
from runner.model.settings import Quorum
from runner.model.source import EntryKind, SourceFile
from runner.plan.demand import demand_of, demand_of_release, roles_in
from runner.plan.packs import read_packs

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEAD = "# yaml-language-server: $schema=../schemas/approvers.schema.json\napiVersion: purge/v1\n"
LISTED = f"{HEAD}kind: Approvers\nname: approvers\nroles: {{legal: [3, 7], privacy-officer: [3]}}\n"


def demanded(source):
    return demand_of(purge_policy(read(source).value), read_packs([]), {3: frozenset({"legal"})}, NOW)


def test_everybody_has_the_roles_under_which_they_stand():
    roles = roles_in([policy("a"), file(APPROVERS, LISTED)])
    assert roles == {3: frozenset({"legal", "privacy-officer"}), 7: frozenset({"legal"})}


def test_nobody_has_a_role_where_the_list_is_missing_or_has_an_error():
    assert roles_in([]) == {}
    assert roles_in([file("policies/other.yaml", LISTED)]) == {}
    assert roles_in([file(APPROVERS, LISTED.replace("7", "seven"))]) == {}
    assert roles_in([file(APPROVERS, LISTED + "surprise: 1\n")]) == {}
    assert roles_in([file(APPROVERS, b"\xff")]) == {}
    assert roles_in([SourceFile(APPROVERS, EntryKind.SYMLINK, b"", 0)]) == {}


def test_a_policy_demands_what_its_class_asks_for_and_one_more_where_nothing_narrows_it():
    demand = demanded(policy("a"))
    assert demand.quorum == Quorum(2, frozenset({"records-manager"}))
    assert demand.valid_for == timedelta(days=14)
    assert demand.roles == {3: frozenset({"legal"})}
    whole = policy("a", without=("filters",), allowUnfiltered=True)
    assert demanded(whole).quorum == Quorum(3, frozenset({"records-manager"}))
    wild = policy("a", filters={"attributes": {"department": []}}, allowUnfiltered=True)
    assert demanded(wild).quorum.people == 3


def test_a_release_demands_two_people_and_legal_and_does_not_expire():
    assert demand_of_release({}).quorum == Quorum(2, frozenset({"legal"}))
    assert demand_of_release({}).valid_for is None
