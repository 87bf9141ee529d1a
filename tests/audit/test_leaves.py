"""Records in little room: what goes in comes out, in order, and a copy stays what it was."""

import pytest
from support.auditdrafts import Drafting, records

from runner.audit.leaves import Leaves

D = Drafting()
ALL = records(D.intended(), D.submitted(), D.ended(), D.verified())


def taken(*given):
    leaves = Leaves()
    for record in given:
        leaves.add(record)
    return leaves


def test_what_goes_in_comes_out():
    leaves = taken(*ALL)
    assert list(leaves) == ALL
    assert (len(leaves), leaves[-1], leaves[1:3]) == (4, ALL[-1], tuple(ALL[1:3]))
    assert [record.type for record in leaves] == [record.type for record in ALL]
    with pytest.raises(IndexError):
        leaves[4]


def test_a_record_is_found_by_its_leaf_index_also_where_others_are_missing():
    leaves = taken(ALL[1], ALL[3])
    assert (leaves.at(1), leaves.at(3), leaves[1]) == (ALL[1], ALL[3], ALL[3])
    assert [leaves.holds(index) for index in range(5)] == [False, True, False, True, False]
    with pytest.raises(KeyError):
        leaves.at(2)


def test_a_copy_stays_what_it_was():
    leaves = taken(*ALL[:2])
    copy = leaves.copy()
    leaves.add(ALL[2])
    assert (list(copy), list(leaves)) == (ALL[:2], ALL[:3])
    assert not copy.holds(2)
