"""A selection as predicates: what each dimension becomes, and that nothing is ever left out."""

import pytest
from genesys_recordings import QUEUE, conforms, recordings_policy
from hypothesis import example, given
from hypothesis import strategies as st

from runner.genesys.conversation_filters import filters_of, population_filters, unended
from runner.model.policy import Dimension, InteractionType


def selection(kind=InteractionType.VOICE, **dimensions):
    return recordings_policy(kind=kind, dimensions=dimensions).selection


def pairs(filters):
    """Every dimension and value that is asked for."""
    found = set()
    for each in [*filters.get("segmentFilters", []), *filters.get("conversationFilters", [])]:
        for part in [each, *each.get("clauses", [])]:
            found |= {(it["dimension"], it.get("value")) for it in part.get("predicates", [])}
    return found


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (InteractionType.VOICE, {("mediaType", "voice")}),
        (InteractionType.EMAIL, {("mediaType", "email")}),
        (InteractionType.CHAT, {("mediaType", "chat")}),
        (InteractionType.CALLBACK, {("mediaType", "callback")}),
        (InteractionType.SMS, {("mediaType", "message"), ("messageType", "sms")}),
        (InteractionType.ANY, set()),
    ],
)
def test_each_type(kind, expected):
    assert pairs(filters_of(selection(kind))) == pairs(population_filters(kind)) == expected


def test_social_is_every_message_but_sms():
    filters = filters_of(selection(InteractionType.SOCIAL))
    kinds = {value for dimension, value in pairs(filters) if dimension == "messageType"}
    assert "sms" not in kinds
    assert {"facebook", "whatsapp", "webmessaging"} <= kinds
    assert filters["segmentFilters"][0]["clauses"][0]["type"] == "or"


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        (Dimension.QUEUE, {"queueId"}),
        (Dimension.DIVISION, {"divisionId"}),
        (Dimension.DIRECTION, {"originatingDirection"}),
        (Dimension.WRAP_UP_CODE, {"wrapUpCode"}),
        (Dimension.USER, {"userId"}),
        (Dimension.EXTERNAL_CONTACT, {"externalContactId"}),
        (Dimension.ADDRESS, {"ani", "dnis", "addressFrom", "addressTo"}),
        (Dimension.MESSAGE_TYPE, {"messageType"}),
    ],
)
def test_each_dimension(dimension, words):
    filters = filters_of(selection(InteractionType.ANY, **{dimension.value: ("one",)}))
    assert pairs(filters) == {(word, "one") for word in words}
    assert conforms({"interval": "x", **filters}, "AsyncConversationQuery")
    assert conforms({"interval": "x", **filters}, "ConversationQuery")


def test_one_segment_must_fulfil_everything_and_any_value_of_a_dimension_will_do():
    filters = filters_of(selection(queue=(QUEUE, "other"), user=("somebody",)))
    (only,) = filters["segmentFilters"]
    assert only["type"] == "and"
    assert [it["dimension"] for it in only["predicates"]] == ["mediaType", "userId"]
    (clause,) = only["clauses"]
    assert (clause["type"], [it["value"] for it in clause["predicates"]]) == ("or", [QUEUE, "other"])


names = st.dictionaries(
    st.sampled_from([each.value for each in Dimension]),
    st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3, unique=True).map(tuple),
)


@given(st.sampled_from(InteractionType), names)
def test_no_value_is_ever_dropped(kind, dimensions):
    asked = {value for _, value in pairs(filters_of(selection(kind, **dimensions)))}
    assert {value for values in dimensions.values() for value in values} <= asked


@example({"queue": 0})  # the name of a dimension that is there as well
@given(st.dictionaries(st.text(max_size=5), st.integers(), min_size=1))
def test_an_attribute_is_never_dropped(attributes):
    with pytest.raises(ValueError, match="cannot be filtered by"):
        filters_of(recordings_policy(attributes=attributes).selection)


def test_those_that_have_not_ended():
    never = {
        "type": "and",
        "predicates": [{"type": "dimension", "dimension": "conversationEnd", "operator": "notExists"}],
    }
    assert unended({}) == {"conversationFilters": [never]}
    filters = filters_of(selection(direction=("inbound",)))
    assert unended(filters)["conversationFilters"] == [*filters["conversationFilters"], never]
    assert conforms({"interval": "x", **unended(filters)}, "ConversationQuery")
