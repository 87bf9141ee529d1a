"""A ruleset on GitHub may be stricter than its file, and whatever is weaker is told."""

import pytest
from support.mutants import mutants

from runner.setup import rulesets

FILE = {
    "name": "main",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": ["refs/heads/try"]}},
    "bypass_actors": [{"actor_type": "DeployKey", "actor_id": None}],
    "rules": [
        {"type": "deletion"},
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 2,
                "allowed_merge_methods": ["merge", "squash"],
                "asks": True,
                "lets": False,
                "word": "x",
                "checks": [{"context": "validate"}],
            },
        },
    ],
}


def forge(parameters=None, **changes):
    """The same on GitHub, with some keys changed, and with some parameters of its second rule."""
    deletion, review = FILE["rules"]
    changed = {**review, "parameters": {**review["parameters"], **(parameters or {})}}
    return {**FILE, "rules": [deletion, changed], **changes}


def refs(**changes):
    return {"conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": [], **changes}}}


CASES = {
    "the same": (forge(), []),
    "more": (
        forge(
            {
                "required_approving_review_count": 3,
                "allowed_merge_methods": ["squash"],
                "lets": None,
                "checks": [{"context": "ci"}, {"context": "validate"}],
                "another": 1,
            },
            **refs(include=["~DEFAULT_BRANCH", "refs/heads/other"]),
        ),
        [],
    ),
    "off": (forge(enforcement="evaluate"), ["enforcement is evaluate, not active"]),
    "of tags": (forge(target="tag"), ["it is about each tag, not each branch"]),
    "no branch": (forge(**refs(include=[])), ["it does not cover ~DEFAULT_BRANCH"]),
    "a branch less": (
        forge(**refs(exclude=["refs/heads/x", "refs/heads/try"])),
        ["it leaves out refs/heads/x"],
    ),
    "no conditions": (forge(conditions=None), ["it does not cover ~DEFAULT_BRANCH"]),
    "conditions of names": (forge(conditions={"ref_name": "x"}), ["it does not cover ~DEFAULT_BRANCH"]),
    "no rules": (
        forge(rules=None),
        ["the rule deletion is missing", "the rule pull_request is missing"],
    ),
    "rules that are none": (
        forge(rules=["x", 7, {"type": "deletion"}, {}]),
        ["the rule pull_request is missing"],
    ),
    "parameters that are none": (
        forge(rules=[{"type": "deletion"}, {"type": "pull_request", "parameters": []}]),
        [
            "pull_request: required_approving_review_count is not set, not 2",
            "pull_request: allowed_merge_methods is not set, not merge, squash",
            "pull_request: asks is not set, not on",
            "pull_request: word is not set, not x",
            "pull_request: checks is not set, not validate",
        ],
    ),
    "fewer people": (
        forge({"required_approving_review_count": 1}),
        ["pull_request: required_approving_review_count is 1, not 2"],
    ),
    "people that are no number": (
        forge({"required_approving_review_count": "9"}),
        ["pull_request: required_approving_review_count is 9, not 2"],
    ),
    "a method more": (
        forge({"allowed_merge_methods": ["merge", "rebase"]}),
        ["pull_request: allowed_merge_methods is merge, rebase, not merge, squash"],
    ),
    "it asks not": (forge({"asks": False}), ["pull_request: asks is off, not on"]),
    "it lets": (forge({"lets": True}), ["pull_request: lets is on, not off"]),
    "another word": (forge({"word": "y"}), ["pull_request: word is y, not x"]),
    "no check": (forge({"checks": []}), ["pull_request: checks is empty, not validate"]),
}
ODD_FILES = (
    ({"rules": [{"type": "x", "parameters": {"required_approving_review_count": "2"}}]}, 1),
    ({"rules": "x"}, 0),
)
"""Files that somebody broke, with the number of things that are told of them."""


def differs(module):
    """Whether a module judges anything otherwise than it must."""
    told = {name: list(module["weaknesses"](FILE, ruleset)) for name, (ruleset, _) in CASES.items()}
    other = {"type": "x", "parameters": {"required_approving_review_count": 9}}
    odd = [len(list(module["weaknesses"](file, {"rules": [other]}))) for file, _ in ODD_FILES]
    key, person = {"actor_type": "DeployKey", "actor_id": None}, {"actor_type": "User", "actor_id": 7}
    return (
        told != {name: said for name, (_, said) in CASES.items()}
        or odd != [count for _, count in ODD_FILES]
        or module["strangers"](FILE, [key, person]) != ("User 7",)
        or module["strangers"]({"bypass_actors": "x"}, [key]) != ("DeployKey not set",)
    )


@pytest.mark.parametrize("name", CASES)
def test_what_is_weaker_is_told_and_nothing_else(name):
    ruleset, said = CASES[name]
    assert list(rulesets.weaknesses(FILE, ruleset)) == said


def test_whoever_may_pass_by_and_does_not_stand_in_the_file_is_told():
    assert not differs(vars(rulesets))


def test_each_condition_is_needed():
    survivors = []
    for mutant in mutants(rulesets):
        try:
            red = differs(mutant.namespace())
        except (TypeError, AttributeError, LookupError, ValueError, NameError):
            red = True
        if not red:
            survivors.append(f"{mutant.line}: {mutant.lacks}")
    assert survivors == []
