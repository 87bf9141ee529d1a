from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.regulations import pack, regulation
from support.trees import NOW, hold, policy, purge, target

from runner.documents.reading import read
from runner.documents.typed import legal_hold, purge_policy, retention_trigger, traits
from runner.documents.typed import target as typed_target
from runner.model.policy import DateRange
from runner.model.purge import PurgeState
from runner.model.regulation import ClockStart
from runner.plan.overdue import overdue
from runner.rules.overlap import as_wide

DAY = timedelta(days=1)
YEAR = regulation("year", maximum="P1Y")
BILLING = {"attributes": {"department": "billing"}}
TEAMS = {"attributes": {"department": ["billing", "sales"]}}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def written(name="a", **changes):
    return purge_policy(read(policy(name, **changes)).value)


def ran(name="a", state=PurgeState.COMPLETED, verdict="PASS", **changes):
    source = policy(name, **changes)
    body = read(source).value
    return replace(
        purge(source, state),
        verdict=verdict,
        traits=traits(body),
        trigger=retention_trigger(body),
        compliance_tags=(body["classification"], body["purgeType"], "automated_retention"),
    )


def judge(*policies, purges=(), entries=(YEAR,), go_live=None, holds=(), as_of=NOW):
    here = replace(typed_target(read(target()).value), go_live=go_live)
    return overdue(policies, purges, [pack("p", *entries)], {"sandbox": here}, holds, as_of)


def ranges(found):
    return [(f"{late.start:%Y-%m-%d}", f"{late.end:%Y-%m-%d}") for late in found.late]


def days_of(start, end):
    text = {"start": f"{start:%Y-%m-%dT00:00:00Z}", "end": f"{end - DAY:%Y-%m-%dT23:59:59.999Z}"}
    return {"dateRange": text}


class TestFromWhenToWhen:
    def test_from_the_earliest_start_of_any_policy_to_the_longest_year_ago(self):
        early = written("b", interactionType="chat", **days_of(at("2016-05-01"), at("2016-06-01")))
        found = judge(written(), early)
        assert found.beginnings[0].start == at("2016-05-01")
        assert not found.beginnings[0].declared
        assert [late.data.traits.interaction_type for late in found.late] == ["chat", "voice"]
        assert {(late.start, late.end) for late in found.late} == {(at("2016-05-01"), NOW - 366 * DAY)}

    def test_from_the_day_on_which_the_target_went_live(self):
        found = judge(written(), go_live=date(2015, 2, 3))
        assert found.beginnings[0].declared
        assert ranges(found) == [("2015-02-03", "2025-11-22")]

    def test_nothing_is_late_before_the_maximum_and_then_by_the_day(self):
        started = at("2018-01-01")
        assert judge(written(), as_of=started + 366 * DAY).late == ()
        (late,) = judge(written(), as_of=started + 369 * DAY).late
        assert (late.gone_by, late.days_late(started + 369 * DAY)) == (started + 366 * DAY, 3)

    def test_a_year_that_ends_first(self):
        entry = regulation("law", maximum="P1Y", clock=ClockStart.END_OF_CALENDAR_YEAR)
        (late,) = judge(written(), entries=[entry]).late
        assert late.end == at("2025-01-01")
        assert late.gone_by == at("2019-01-01") + 366 * DAY
        (late,) = judge(written(), entries=[entry], as_of=at("2027-01-02")).late
        assert late.end == at("2026-01-01")

    def test_the_end_of_all_clocks(self):
        assert judge(written(), as_of=datetime(1, 1, 1, tzinfo=UTC)).late == ()
        last = datetime.max.replace(tzinfo=UTC)
        assert judge(written(), as_of=last).late[0].end == last - 366 * DAY


class TestWhichEntriesCount:
    def test_only_entries_with_a_maximum_that_govern_the_data_and_are_in_force(self):
        entries = [
            regulation("minimum", minimum="P1Y"),
            regulation("elsewhere", maximum="P2Y", jurisdictions=frozenset({"EU"})),
            regulation("tagged", maximum="P2Y", tags=["telemarketing"]),
            regulation("later", maximum="P2Y", effective_from=date(2027, 5, 13)),
        ]
        assert judge(written(), entries=entries).late == ()
        (late,) = judge(written(), entries=entries, as_of=at("2027-05-13")).late
        assert late.entry.id == "later"

    def test_a_maximum_that_a_longer_minimum_contradicts_is_left_out(self):
        assert judge(written(), entries=[YEAR, regulation("longer", minimum="P2Y")]).late == ()

    def test_an_event_is_judged_where_a_policy_dates_it(self):
        entry = regulation("event", maximum="P1Y", clock=ClockStart.EVENT, event="the end")
        trigger = {"event": "ended", "date": "2020-06-30", "evidence": "DOC-1"}
        dated = written("dated", retentionTrigger=trigger)
        gone_by = at("2020-07-01") + 12 * timedelta(hours=1) + 366 * DAY
        assert judge(dated, entries=[entry], as_of=gone_by - DAY).late == ()
        found = judge(dated, written("undated"), entries=[entry], as_of=gone_by)
        assert ranges(found) == [("2018-01-01", "2019-01-01")]
        assert found.late[0].gone_by == gone_by
        assert [undated.policies for undated in found.undated] == [("undated",)]


class TestWhatCovers:
    @pytest.mark.parametrize(
        "done",
        [
            ran(),
            ran(verdict=None),
            ran(verdict="UNKNOWN"),
            ran(state=PurgeState.RESOLVED_RAN),
            ran("other", filters=TEAMS),
            ran("other", filters={}),
            ran("other", classification="public"),
            ran(purgeType="soft"),
        ],
    )
    def test_a_purge_that_ran_and_is_as_wide(self, done):
        found = judge(written(), purges=[done], go_live=date(2017, 1, 1))
        billing = [late for late in found.late if late.data.attributes == {"department": "billing"}]
        spans = [(late.start, late.end) for late in billing if late.data.traits.classification != "public"]
        assert spans == [(at("2017-01-01"), at("2018-01-01")), (at("2019-01-01"), NOW - 366 * DAY)]

    @pytest.mark.parametrize(
        "done",
        [
            *(ran(state=s) for s in PurgeState if s not in (PurgeState.COMPLETED, PurgeState.RESOLVED_RAN)),
            ran(verdict="FAIL"),
            ran("other", interactionType="chat"),
            ran("other", target="elsewhere"),
            ran("other", filters={"attributes": {"department": "Billing"}}),
            ran("other", filters={"attributes": {"department": "billing", "queue": "one"}}),
        ],
    )
    def test_no_other_purge(self, done):
        late = judge(written(), purges=[done]).late
        own = [e for e in late if (e.data.target, e.data.traits.interaction_type) == ("sandbox", "voice")]
        assert (own[0].data.attributes, own[0].start, own[0].end) == (
            {"department": "billing"},
            at("2018-01-01"),
            NOW - 366 * DAY,
        )

    def test_purges_that_are_as_wide_only_together_cover_nothing(self):
        parts = [ran("b", filters=BILLING), ran("s", filters={"attributes": {"department": "sales"}})]
        found = judge(written(filters=TEAMS), purges=parts)
        (whole,) = (late for late in found.late if late.data.attributes["department"] == ("billing", "sales"))
        assert whole.start == at("2018-01-01")

    def test_a_soft_purge_is_not_enough_where_data_must_be_erased_for_good(self):
        entry = regulation("law", maximum="P1Y", permanent=True)
        assert ranges(judge(written(), purges=[ran(purgeType="soft")], entries=[entry])) == [
            ("2018-01-01", "2025-11-22")
        ]


def test_a_policy_that_only_the_log_knows_is_judged_and_the_tree_speaks_first():
    found = judge(purges=[ran(state=PurgeState.FAILED)])
    assert ranges(found) == [("2018-01-01", "2025-11-22")]
    changed = judge(written(tags=["telemarketing"]), purges=[ran(state=PurgeState.FAILED)])
    assert [late.data.traits.tags for late in changed.late] == [{"telemarketing"}]


def test_values_of_another_type_are_other_data():
    one, true = ({"attributes": {"flag": value}} for value in (1, True))
    assert len(judge(written("a", filters=one), written("b", filters=true)).late) == 2


spans = st.tuples(st.integers(0, 40), st.integers(0, 15))


@given(st.lists(spans, max_size=6), st.integers(0, 45), st.integers(0, 10))
def test_the_ranges_are_those_of_a_model_that_looks_at_every_day(covered, age, first):
    """Day by day: late is what is older than the maximum, not before the first day, and not covered."""
    beginning = at("2020-01-01")
    as_of = beginning + age * DAY
    purges = [_purge(f"p{i}", beginning, start, length) for i, (start, length) in enumerate(covered)]
    entry = regulation("days", maximum="P5D")
    live = (beginning + first * DAY).date()
    found = judge(written(), purges=purges, entries=[entry], go_live=live, as_of=as_of)
    late = {
        day
        for day in range(60)
        if day >= first
        and beginning + (day + 1 + 5) * DAY <= as_of
        and not any(start <= day < start + length for start, length in covered)
    }
    listed = [
        (each.start - beginning).days + offset
        for each in found.late
        for offset in range((each.end - each.start).days)
    ]
    assert sorted(listed) == sorted(late)
    ends = [(each.start, each.end) for each in found.late]
    assert all(end < start for (_, end), (start, _) in pairwise(ends))
    assert all(each.gone_by == each.start + 5 * DAY <= as_of for each in found.late)


def _purge(name, beginning, start, length):
    done = ran(name)
    span = DateRange(beginning + start * DAY, beginning + (start + length) * DAY, "", "")
    return replace(done, selection=replace(done.selection, date_range=span))


names = st.sampled_from(["department", "queue", "region"])
values = st.one_of(st.sampled_from(["a", "b", 1, True]), st.lists(st.sampled_from(["a", "b"])).map(tuple))
attributes = st.dictionaries(names, values, max_size=2)


@given(attributes, st.lists(attributes, max_size=3))
def test_every_purge_that_is_as_wide_is_found_and_no_other(asked, accepted):
    mine = written()
    mine = replace(mine, selection=replace(mine.selection, attributes=asked))
    done = [ran(f"p{i}", interactionType="voice") for i in range(len(accepted))]
    purges = [
        replace(purge, selection=replace(purge.selection, attributes=wide), traits=None)
        for purge, wide in zip(done, accepted, strict=True)
    ]
    covered = any(as_wide(wide, asked) for wide in accepted)
    assert ranges(judge(mine, purges=purges)) == [("2019-01-01" if covered else "2018-01-01", "2025-11-22")]


def held(name="matter", **scope):
    return legal_hold(read(hold(name, scope=scope)).value)


def told_apart(found):
    return [(f"{late.start:%Y-%m}", f"{late.end:%Y-%m}", late.held_by) for late in found.late]


YEAR_2019 = {"start": "2019-01-01T00:00:00Z", "end": "2019-12-31T23:59:59.999Z"}


class TestWhatIsHeld:
    def test_the_part_that_a_hold_reaches_is_told_apart_with_its_name(self):
        found = judge(written(), holds=[held(dateRange=YEAR_2019)])
        assert told_apart(found) == [
            ("2018-01", "2019-01", ()),
            ("2019-01", "2020-01", ("matter",)),
            ("2020-01", "2025-11", ()),
        ]
        assert [late.gone_by for late in found.late] == [late.start + 366 * DAY for late in found.late]

    def test_a_hold_without_dates_holds_all_of_it_and_several_are_all_named(self):
        found = judge(written(), holds=[held("b", dateRange=YEAR_2019), held("a")])
        assert told_apart(found) == [
            ("2018-01", "2019-01", ("a",)),
            ("2019-01", "2020-01", ("a", "b")),
            ("2020-01", "2025-11", ("a",)),
        ]

    @pytest.mark.parametrize(
        ("scope", "holds"),
        [
            ({"interactionTypes": ["chat"]}, False),
            ({"targets": ["sandbox"]}, True),
            ({"filters": {"attributes": {"department": "sales"}}}, False),
            ({"filters": {"attributes": {"queue": "one"}}}, True),
            ({"dateRange": {"start": "2025-11-22T00:00:00Z", "end": "open"}}, False),
            ({"conversationIds": ["11111111-1111-4111-8111-111111111111"]}, True),
        ],
    )
    def test_a_hold_reaches_data_as_it_reaches_a_policy(self, scope, holds):
        (late,) = judge(written(), holds=[held(**scope)], as_of=at("2026-11-23")).late
        assert bool(late.held_by) is holds

    def test_a_release_that_is_written_changes_nothing(self):
        release = {"reason": "Settled.", "releasedOn": "2026-01-01", "purgeableFrom": "2026-06-01"}
        released = legal_hold(read(hold("matter", release=release)).value)
        assert [late.held_by for late in judge(written(), holds=[released]).late] == [("matter",)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=5))
def test_holds_cut_what_is_late_and_take_nothing_away(spans):
    beginning = at("2018-01-01")
    scopes = [
        {
            "start": f"{beginning + s * DAY:%Y-%m-%dT00:00:00Z}",
            "end": f"{beginning + (s + n - 1) * DAY:%Y-%m-%dT23:59:59.999Z}",
        }
        for s, n in spans
    ]
    holds = [held(f"h{i}", dateRange=each) for i, each in enumerate(scopes)]
    parts = judge(written(), holds=holds).late
    assert (parts[0].start, parts[-1].end) == (beginning, NOW - 366 * DAY)
    assert all(one.end == other.start and one.held_by != other.held_by for one, other in pairwise(parts))
    for late in parts:
        middle = (late.start - beginning).days
        expected = {f"h{i}" for i, (s, n) in enumerate(spans) if s <= middle < s + n}
        assert set(late.held_by) == expected


QUEUE = {"dimensions": {"queue": ["6f2f4f0e-0000-4000-8000-000000000001"]}}


class TestRecordingJobs:
    def test_a_purge_of_one_queue_covers_that_queue_alone(self):
        year = days_of(at("2018-01-01"), at("2019-01-01"))
        done, all_queues = ran("done", filters=QUEUE, **year), written("a", filters={}, **year)
        found = judge(all_queues, purges=[done], go_live=date(2018, 1, 1))
        starts = {bool(late.data.dimensions): f"{late.start:%Y-%m-%d}" for late in found.late}
        assert starts == {True: "2019-01-01", False: "2018-01-01"}

    def test_a_purge_of_every_type_covers_each(self):
        year = days_of(at("2018-01-01"), at("2019-01-01"))
        done = ran("done", interactionType="any", filters={}, **year)
        found = judge(written(**year), purges=[done], go_live=date(2018, 1, 1))
        starts = {late.data.traits.interaction_type: f"{late.start:%Y-%m-%d}" for late in found.late}
        assert starts == {"any": "2019-01-01", "voice": "2019-01-01"}

    def test_a_hold_on_another_type_keeps_whole_conversations(self):
        chats = legal_hold(read(hold("h", scope={"interactionTypes": ["chat"]})).value)
        whole = {"sandbox": typed_target(read(target(backend="recording-jobs")).value)}
        for targets, held in (({}, ()), (whole, ("h",))):
            found = overdue([written()], [], [pack("p", YEAR)], targets, [chats], NOW)
            assert {late.held_by for late in found.late} == {held}
