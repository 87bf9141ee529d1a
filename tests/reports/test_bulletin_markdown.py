"""What a pull request and an issue say of a purge: the outcome first, and nothing that acts."""

import re
from dataclasses import replace

import pytest
from support.auditdrafts import Drafting, records
from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.bulletins import Ambiguous, GivenUp, NotGone, Silent
from runner.audit.records import opened
from runner.audit.trail import trails
from runner.merkle.keys import Signer
from runner.model.log import RecordType
from runner.reports.bulletin_markdown import bulletin_markdown
from runner.reports.trouble_markdown import ticket

D = Drafting()
KEY = str(Signer(ORIGIN, bytes(range(32))).verifier)
OPENED = opened(ORIGIN, "sandbox", [KEY], [], RUNNER, START)
ENDED = [D.intended(), D.submitted(), D.ended()]
HOSTILE = "\n## Fine `@everyone` <img src=x> [a](javascript:b)\r\n::error::x|y ```\x1b[2J"


def link(index):
    return f"https://forge.example/{index}"


def trail(*drafts):
    (found,) = trails(ORIGIN, records(OPENED, *drafts)).values()
    return found


HEADLINES = {
    "Purge refused: nothing was deleted": [D.refused()],
    "Purge announced: its request is about to be sent": [D.intended()],
    "Purge running: Genesys Cloud is deleting": [D.intended(), D.submitted()],
    "A person must decide: nobody knows whether this purge ran": [D.intended(), D.ambiguous()],
    "Purge not carried out: nothing was deleted": [D.intended(), D.halted()],
    "Purge completed, to be counted again: 1,482 interactions deleted": ENDED,
    "Purge complete, nothing is left: 1,482 interactions deleted": [*ENDED, D.verified()],
    "Purge NOT complete: 1,482 interactions deleted": [*ENDED, D.verified("FAIL")],
    "Purge completed, what is left is unknown: an unknown number deleted": [
        D.intended(),
        D.ambiguous(),
        D.resolved(),
        replace(D.verified("UNKNOWN")),
    ],
    "Purge failed: 1,482 interactions deleted as far as Genesys Cloud says": [
        *ENDED[:2],
        D.ended(RecordType.FAILED),
    ],
}


@pytest.mark.parametrize("headline", HEADLINES)
def test_the_outcome_stands_first(headline):
    text = bulletin_markdown(trail(*HEADLINES[headline]), link)
    assert text.splitlines()[0] == f"## {headline}"


def test_figures_steps_and_links_follow():
    text = bulletin_markdown(trail(*ENDED, D.verified()), link)
    assert "| ` billing ` revision 1 on ` sandbox ` | 1,482 | 5,000 | 1,482 | 0 |" in text
    assert "| 2026-11-23 09:00 | counted again: PASS | [4](https://forge.example/4) |" in text
    assert "> [!" not in text


NEEDED = {
    "purgectl resolve": [D.intended(), D.ambiguous()],
    "Refused: it does not meet RET-003 (Everything in the range is old enough). Every run judges it again": [
        D.refused()
    ],
    "The next run announces it again.": [D.intended(), D.refused("submission")],
    "The first run after 2026-11-24T09:00:00Z announces": [
        D.intended(),
        D.refused("submission", not_before="2026-11-24T09:00:00Z"),
    ],
    "Stopped right before its request: it does not meet HLD-001 (No legal hold reaches the policy). To": [
        D.intended(),
        D.halted(),
    ],
    "raise `revision` in a new pull request": [*ENDED[:2], D.ended(RecordType.CANCELLED)],
    "are still there": [*ENDED, D.verified("FAIL")],
}


@pytest.mark.parametrize("words", NEEDED)
def test_where_a_person_is_needed_it_says_what_to_do(words):
    text = bulletin_markdown(trail(*NEEDED[words]), link)
    assert words in text
    assert re.search(r"^> \[!(CAUTION|IMPORTANT)\]$", text, re.MULTILINE)


def test_a_purge_with_many_refusals_shows_the_newest():
    fields = D.refused().fields
    many = [
        D.draft(RecordType.REFUSED, {**fields, "findings": [{"rule": f"RET-{number:03}", "path": ""}]})
        for number in range(30)
    ]
    text = bulletin_markdown(trail(*many), link)
    assert "| | and 10 earlier | |" in text
    assert text.count("| refused by ") == 20


def test_foreign_text_stays_text():
    ended = D.ended(RecordType.FAILED)
    audit = ended.fields["audit"]
    metrics = {**audit["metrics"], "errorReason": HOSTILE[:400]}
    hostile = replace(ended, fields={**ended.fields, "audit": {**audit, "metrics": metrics}})
    text = bulletin_markdown(trail(*ENDED[:2], hostile), link)
    (line,) = [each for each in text.splitlines() if "everyone" in each]
    assert line.startswith("Why, in the words that the log keeps: ````")
    assert "\x1b" not in text
    assert not re.search(r"^(::|## Fine)", text, re.MULTILINE)


TROUBLES = {
    "ambiguous": (Ambiguous(trail(D.intended(), D.ambiguous())), "--decision not-run --evidence job-absent"),
    "not-gone": (
        NotGone(trail(*ENDED, D.verified("FAIL"))),
        "purgectl audit certificate --target bank-eu billing",
    ),
    "given-up": (GivenUp("governance", tuple(range(3, 30))), "--endpoint governance --from 3 --to 29"),
    "silent": (Silent(START), "no sign of life since 2026-11-23T09:00:00Z"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_an_issue_names_its_target_and_says_what_to_do(name):
    trouble, words = TROUBLES[name]
    made = ticket(trouble, "bank-eu", link)
    assert made.title.startswith("bank-eu: ")
    assert words in made.text
    assert f" bank-eu {name}" in made.marker
    assert made.marker.startswith("<!-- purgectl " + ("report" if name == "not-gone" else "trouble"))


def test_a_long_list_of_notices_is_counted():
    text = ticket(TROUBLES["given-up"][0], "bank-eu", link).text
    assert "27 notices" in text
    assert "[22](https://forge.example/22) and 7 more" in text
