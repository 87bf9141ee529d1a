import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.regulations import regulation

from runner.model.duration import Duration, parse_calendar_duration
from runner.model.finding import Severity
from runner.model.policy import Classification
from runner.model.regulation import Artefact, ClockStart, Force, Retain
from runner.rules import erasure, periods

PII, PUBLIC = Classification.PII, Classification.PUBLIC


def parts(id_="law", minimum=None, **changes):
    """An entry with minima of parts, by their names."""
    stated = {
        Artefact(key): parse_calendar_duration(changes.pop(key)) for key in list(Artefact) if key in changes
    }
    least = minimum and parse_calendar_duration(minimum)
    return regulation(id_, **changes, retain=Retain(minimum=least, by_artefact=stated))


def told(faults):
    return [(fault.rule, fault.severity) for fault in faults]


class TestCardData:
    @pytest.mark.parametrize(("days", "rules"), [(0, []), (1, ["ERA-003"]), (3650, ["ERA-003"])])
    def test_it_is_kept_no_day_where_a_maximum_of_none_or_no_maximum_applies(self, days, rules):
        for entries in ([regulation(maximum="P0D")], [], [regulation(minimum="P0D")]):
            assert [fault.rule for fault in erasure.card_data_at_once(entries, days)] == rules

    def test_the_shortest_maximum_counts_and_an_error_is_found_beyond_it_whatever_its_force(self):
        entries = [regulation("a", maximum="P3Y"), regulation("b", maximum="P2D", force=Force.GUIDANCE)]
        assert told(erasure.card_data_at_once(entries, 2)) == []
        assert told(erasure.card_data_at_once(entries, 3)) == [("ERA-003", Severity.ERROR)]

    def test_a_minimum_of_any_length_stops_the_purge_and_the_gravest_is_named(self):
        advice = regulation("advice", minimum="P6Y", force=Force.GUIDANCE)
        assert told(erasure.card_data_that_stays([advice])) == [("ERA-003", Severity.WARNING)]
        (fault,) = erasure.card_data_that_stays([advice, regulation("law", minimum="P1D")])
        assert (fault.pointer, fault.severity) == ("/tags", Severity.ERROR)
        assert fault.message.startswith("Law: kept at least 1 days")
        assert "redact" in fault.hint

    def test_a_minimum_of_a_part_stops_it_too(self):
        assert len(list(erasure.card_data_that_stays([parts(audio="P0D", transcript="P1Y")]))) == 1

    def test_no_minimum_and_one_of_no_days_do_not(self):
        assert (
            told(erasure.card_data_that_stays([regulation(maximum="P0D"), regulation(minimum="P0D")])) == []
        )


class TestParts:
    LAW = parts(minimum="P6Y", audio="P3Y", transcript="P6Y")

    @pytest.mark.parametrize(
        ("days", "rule"), [(1095, "RET-002"), (1096, "ERA-004"), (2191, "ERA-004"), (2192, None)]
    )
    def test_below_every_period_ret_002_speaks_and_between_them_era_004(self, days, rule):
        faults = [*periods.long_enough([self.LAW], days), *erasure.whole([self.LAW], days)]
        assert [fault.rule for fault in faults] == ([rule] if rule else [])

    def test_the_part_that_must_stay_is_named_and_the_day_on_which_all_of_it_may_go(self):
        (fault,) = erasure.whole([self.LAW], 1500)
        assert "the transcript would go too, and is kept at least 2192 days" in fault.message
        assert "2192" in fault.hint
        (fault,) = periods.long_enough([self.LAW], 10)
        assert "2192" in fault.hint

    def test_what_no_part_names_is_the_rest(self):
        (fault,) = erasure.whole([parts(minimum="P6Y", audio="P3Y")], 1500)
        assert "the rest would go too" in fault.message

    def test_a_clock_that_starts_with_the_year_s_end_counts_for_parts_too(self):
        law = parts(audio="P3Y", transcript="P5Y", clock=ClockStart.END_OF_CALENDAR_YEAR)
        assert (law.first_minimum_days, law.minimum_days) == (1461, 2192)
        (fault,) = erasure.whole([law], 2191)
        assert "the transcript would" in fault.message

    def test_a_guidance_only_warns_and_does_not_hide_a_law(self):
        advice = parts("advice", audio="P1Y", transcript="P9Y", force=Force.GUIDANCE)
        assert told(erasure.whole([advice], 1500)) == [("ERA-004", Severity.WARNING)]
        assert told(erasure.whole([advice, self.LAW], 1500)) == [("ERA-004", Severity.ERROR)]

    def test_what_no_policy_can_state_is_left_to_ret_005(self):
        law = parts(audio="P3Y", transcript="P11Y")
        assert told(erasure.whole([law], 3000)) == []
        assert told(periods.calendar_years([law], 3000)) == [("RET-005", Severity.ERROR)]

    @given(
        st.dictionaries(st.sampled_from(Artefact), st.integers(0, 3650), max_size=4),
        st.none() | st.integers(0, 3650),
        st.integers(0, 3650),
    )
    def test_a_purge_is_refused_exactly_while_some_part_must_stay_and_by_one_rule(self, by, least, days):
        stated = {part: Duration(0, each) for part, each in by.items()}
        minimum = None if least is None else Duration(0, least)
        law = regulation(retain=Retain(minimum=minimum, by_artefact=stated))
        faults = [*periods.long_enough([law], days), *erasure.whole([law], days)]
        must_stay = any(days < each for each in (*by.values(), *([] if least is None else [least])))
        assert len(faults) == must_stay


class TestSensitiveRecordings:
    def judge(self, classification, include_sensitive):
        return [fault.pointer for fault in erasure.sensitive_too(classification, include_sensitive)]

    @pytest.mark.parametrize("classification", ["pii", "hipaa"])
    def test_personal_data_leaves_none_of_them_behind(self, classification):
        assert self.judge(classification, True) == []
        assert self.judge(classification, False) == self.judge(classification, None) == ["/includeSensitive"]

    @pytest.mark.parametrize("include_sensitive", [True, False, None])
    def test_other_data_may(self, include_sensitive):
        assert self.judge("confidential", include_sensitive) == []
