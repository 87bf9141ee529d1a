"""A ruleset on GitHub against the file that says what it must be: nothing weaker, stricter at will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runner.model.json import Json, JsonObject

_AT_LEAST = "required_approving_review_count"
_AT_MOST = "allowed_merge_methods"


def weaknesses(file: JsonObject, forge: JsonObject) -> Iterator[str]:
    """Yield, in words, where a ruleset on GitHub asks for less than its file. Neither is changed."""
    if forge.get("enforcement") != file.get("enforcement"):
        yield f"enforcement is {_shown(forge.get('enforcement'))}, not {_shown(file.get('enforcement'))}"
    if forge.get("target") != file.get("target"):
        yield f"it is about each {_shown(forge.get('target'))}, not each {_shown(file.get('target'))}"
    wanted, there = _refs(file), _refs(forge)
    for ref in _missing(wanted.get("include"), there.get("include")):
        yield f"it does not cover {_shown(ref)}"
    for ref in _missing(there.get("exclude"), wanted.get("exclude")):
        yield f"it leaves out {_shown(ref)}"
    rules = {_shown(rule.get("type")): _parameters(rule) for rule in _objects(forge.get("rules"))}
    for rule in _objects(file.get("rules")):
        kind = _shown(rule.get("type"))
        if kind not in rules:
            yield f"the rule {kind} is missing"
            continue
        yield from _weaker(kind, _parameters(rule), rules[kind])


def strangers(file: JsonObject, bypass: Sequence[JsonObject]) -> tuple[str, ...]:
    """Return who may pass a ruleset by on GitHub and not by its file, in GitHub's own words."""
    known = [_actor(each) for each in _objects(file.get("bypass_actors"))]
    return tuple(who for each in bypass if (who := _actor(each)) not in known)


def _weaker(kind: str, wanted: JsonObject, there: JsonObject) -> Iterator[str]:
    for name, value in wanted.items():
        found = there.get(name)
        if not _as_strict(name, value, found):
            yield f"{kind}: {name} is {_shown(found)}, not {_shown(value)}"


def _as_strict(name: str, wanted: Json, found: Json) -> bool:
    if wanted is False:
        return not found
    if name == _AT_LEAST:
        return isinstance(wanted, int) and isinstance(found, int) and found >= wanted
    if name == _AT_MOST:
        return found is not None and not _missing(found, wanted)
    if isinstance(wanted, list | tuple):
        return not _missing(wanted, found)
    return found == wanted


def _missing(wanted: Json, there: Json) -> list[Json]:
    """Return what of a list does not stand in another one; no list is an empty one."""
    known = _items(there)
    return [each for each in _items(wanted) if each not in known]


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else ()


def _objects(value: Json) -> Iterator[JsonObject]:
    return (each for each in _items(value) if isinstance(each, Mapping))


def _refs(ruleset: JsonObject) -> JsonObject:
    conditions = ruleset.get("conditions")
    refs = conditions.get("ref_name") if isinstance(conditions, Mapping) else None
    return refs if isinstance(refs, Mapping) else {}


def _parameters(rule: JsonObject) -> JsonObject:
    parameters = rule.get("parameters")
    return parameters if isinstance(parameters, Mapping) else {}


def _actor(actor: JsonObject) -> str:
    return f"{_shown(actor.get('actor_type'))} {_shown(actor.get('actor_id'))}"


def _shown(value: Json) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return "on" if value else "off"
        case Mapping():
            return _shown(value.get("context"))
        case list() | tuple():
            return ", ".join(map(_shown, value)) or "empty"
    return str(value)
