import pytest
from support.findings import each_hostile_text, finding

from runner.model.finding import Severity
from runner.model.text import hidden
from runner.reports.findings import harmless, summarise

WARNING, NOTE = Severity.WARNING, Severity.NOTE


@pytest.mark.parametrize(
    ("findings", "files", "sentence"),
    [
        ([], 14, "14 files, no findings"),
        ([], 1, "1 file, no findings"),
        ([finding()], 1, "1 error in 1 of 1 file"),
        (
            [finding(), finding(line=2), finding("b"), finding("b", severity=WARNING)],
            14,
            "3 errors, 1 warning in 2 of 14 files",
        ),
        ([finding(severity=NOTE)] * 2, 5000, "2 notes in 1 of 5,000 files"),
    ],
)
def test_the_counts_in_words(findings, files, sentence):
    assert str(summarise(findings, files)) == sentence


@each_hostile_text
def test_harmless_text_is_one_bounded_visible_line(text):
    shown = harmless(text)
    assert not any(map(hidden, shown))
    assert "##[" not in shown
    assert len(shown) <= 2000
