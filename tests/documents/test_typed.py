from datetime import UTC, date, datetime
from ipaddress import ip_network
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st
from support.trees import hold, policy, target

from runner.documents import typed
from runner.documents.reading import read
from runner.model.hold import HoldScope
from runner.model.policy import Classification, Expected, InteractionType, Mode, PurgeType, RetentionTrigger
from runner.model.target import Approvals, Backend, Counts, LogTrust, Webhook


def clean(source):
    document = read(source)
    assert document.clean, document.faults
    return document.value


def instant(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_policy_of_the_required_fields_has_the_defaults_that_its_schema_tells():
    value = clean(policy("a", without=("jurisdictions", "filters")))
    found = typed.purge_policy(value)
    assert (found.name, found.owner, found.target, found.revision) == ("a", "records-team", "sandbox", 1)
    assert (found.classification, found.purge_type) == (Classification.CONFIDENTIAL, PurgeType.PERMANENT)
    assert (found.retention_days, found.max_interactions, found.mode) == (2557, 5000, Mode.ENFORCE)
    assert (found.expected, found.retention_trigger, found.grace_days, found.supersedes) == (None,) * 4
    assert found.selection.attributes == {}
    assert found.reason == value["reason"]
    assert found.body == value


def test_every_optional_field_of_a_policy_is_read():
    found = typed.purge_policy(
        clean(
            policy(
                "a",
                revision=3,
                purgeType="soft",
                graceDays=30,
                mode="observe",
                supersedes="b",
                expected={"count": 0, "tolerancePercent": 2},
                retentionTrigger={"event": "contract-end", "date": "2019-06-30", "evidence": "REC-1"},
                limits={"maxInteractions": 0},
            )
        )
    )
    assert (found.revision, found.grace_days, found.mode, found.supersedes) == (3, 30, Mode.OBSERVE, "b")
    assert found.expected == Expected(0, 2)
    assert found.retention_trigger == RetentionTrigger("contract-end", date(2019, 6, 30), "REC-1")
    assert (found.max_interactions, found.purge_type) == (0, PurgeType.SOFT)


def test_a_range_ends_a_millisecond_after_its_inclusive_end():
    dates = {"start": "2018-01-01T01:00:00+01:00", "end": "2018-12-31T23:59:59.999Z"}
    span = typed.selection(clean(policy("a", dateRange=dates))).date_range
    assert (span.start, span.end) == (instant(2018, 1, 1), instant(2019, 1, 1))
    assert (span.start_text, span.end_text) == (dates["start"], dates["end"])


def test_the_values_of_an_attribute_keep_their_types():
    attributes = {"text": "1", "number": 1, "truth": True, "any": ["a", 2, False]}
    selection = typed.selection(clean(policy("a", filters={"attributes": attributes})))
    assert selection.interaction_type is InteractionType.VOICE
    assert selection.attributes == {"text": "1", "number": 1, "truth": True, "any": ("a", 2, False)}
    assert [type(value) for value in selection.attributes.values()] == [str, int, bool, tuple]


def test_a_selection_is_read_from_a_record_of_the_log_too():
    body = clean(policy("a"))
    frozen = MappingProxyType({**body, "dateRange": MappingProxyType(dict(body["dateRange"]))})
    assert typed.selection(frozen) == typed.selection(body)


def test_a_hold_of_empty_scope_holds_everything():
    found = typed.legal_hold(clean(hold("h")))
    assert (found.name, found.type, found.purgeable_from) == ("h", "litigation", None)
    assert found.scope == HoldScope(None, None, None, None, {}, None)


def test_every_field_of_a_hold_is_read():
    scope = {
        "targets": ["sandbox"],
        "interactionTypes": ["voice", "chat"],
        "dateRange": {"start": "2024-01-01T00:00:00Z", "end": "2024-12-31T23:59:59.999Z"},
        "filters": {"attributes": {"queue": ["sales-1"]}},
        "conversationIds": ["c-1"],
    }
    release = {"reason": "Settled.", "releasedOn": "2026-11-01", "purgeableFrom": "2026-12-01"}
    found = typed.legal_hold(clean(hold("h", scope=scope, release=release)))
    assert found.purgeable_from == date(2026, 12, 1)
    assert found.scope == HoldScope(
        targets=frozenset({"sandbox"}),
        interaction_types=frozenset({InteractionType.VOICE, InteractionType.CHAT}),
        start=instant(2024, 1, 1),
        end=instant(2025, 1, 1),
        attributes={"queue": ("sales-1",)},
        conversation_ids=frozenset({"c-1"}),
    )


def test_a_hold_without_an_end_is_open():
    for dates in ({}, {"end": "open"}, {"start": "2024-01-01T00:00:00Z"}):
        assert typed.legal_hold(clean(hold("h", scope={"dateRange": dates}))).scope.end is None


def test_a_target_is_read():
    found = typed.target(clean(target()))
    assert found.is_sandbox
    assert (found.backend, found.approvals, found.counts) == (
        Backend.INTERACTIONS_PURGE,
        Approvals.NONE,
        Counts.REQUIRED,
    )
    assert (found.organization_id, found.go_live, found.suspended, found.webhooks) == (None, None, False, ())
    assert (found.poll_deadline, found.rate_per_minute) == (3600, 300)
    assert found.log == LogTrust("sandbox.purgectl.example/interactions", ())


def test_every_optional_field_of_a_target_is_read():
    key = "audit.example.com/acme+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    found = typed.target(
        clean(
            target(
                "eu",
                region="eu-central-1",
                organizationId="0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
                approvals="github",
                counts="unavailable",
                suspended=True,
                goLive="2019-04-01",
                webhooks=[
                    {"id": "governance", "events": ["purge.failed", "purge.completed"]},
                    {"id": "inside", "events": ["purge.failed"], "allowPrivate": ["10.1.2.0/28"]},
                ],
                log={"origin": "audit.example.com/acme", "keys": [key]},
                poll={"deadline": "P1DT1S"},
            )
        )
    )
    assert found.organization_id == "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10"
    assert (found.go_live, found.suspended, found.poll_deadline) == (date(2019, 4, 1), True, 86_401)
    assert found.webhooks == (
        Webhook("governance", frozenset({"purge.failed", "purge.completed"})),
        Webhook("inside", frozenset({"purge.failed"}), (ip_network("10.1.2.0/28"),)),
    )
    assert found.log.keys == (key,)


@given(
    st.dates(date(1, 1, 2), date(9999, 12, 30)),
    st.integers(0, 3650),
    st.integers(0, 2**53 - 1),
)
def test_what_the_schema_finds_clean_can_be_typed(day, days, limit):
    text = f"{day.isoformat()}T23:59:59.999Z"
    document = read(
        policy(
            "a", dateRange={"start": text, "end": text}, retentionDays=days, limits={"maxInteractions": limit}
        )
    )
    assert document.clean
    found = typed.purge_policy(document.value)
    assert found.selection.date_range.start < found.selection.date_range.end
    assert (found.retention_days, found.max_interactions) == (days, limit)
