"""The explanations of the rules of form: what a file must be before anybody asks what it says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.reports.explanation import Explanation

OF_FORM: Mapping[str, Explanation] = MappingProxyType(
    {
        "DOC-001": Explanation(
            "Everything below policies/ is a folder or an ordinary file. A link would let the text change "
            "without a review.",
            "policies/purges/billing.yaml is a file that holds the policy itself.",
            "policies/purges/billing.yaml is a symbolic link to ../../templates/billing.yaml.",
            in_words=True,
        ),
        "DOC-002": Explanation(
            "A file stands in the folder of its kind. A file anywhere else would be read by nobody.",
            "A policy stands at policies/purges/billing.yaml.",
            "A policy stands at policies/purges/2018/billing.yml.",
            in_words=True,
        ),
        "DOC-003": Explanation(
            "A document is short enough to be read by the people who approve it.",
            "A policy of 40 lines.",
            "A file of 300 KiB.",
            in_words=True,
        ),
        "DOC-004": Explanation(
            "The bytes of a file mean the same characters everywhere.",
            "The file was saved as UTF-8.",
            "The file was saved as Latin-1, and has an é in its reason.",
            in_words=True,
        ),
        "DOC-005": Explanation(
            "A file begins with its text, not with an invisible mark.",
            "The file was saved as UTF-8.",
            "The file was saved as UTF-8 with signature, as some editors on Windows do.",
            in_words=True,
        ),
        "DOC-006": Explanation(
            "Lines are moved in by spaces. A tab is as wide as an editor likes, and YAML forbids it.",
            "Two spaces stand in front of `start`.",
            "A tab stands in front of `start`.",
            in_words=True,
        ),
        "DOC-007": Explanation(
            "Everything in a file can be seen. Hidden characters can make a text read differently from what "
            "it says.",
            "An ordinary space stands between two words of the reason.",
            "A right-to-left override stands between two words of the reason.",
            in_words=True,
        ),
        "DOC-008": Explanation(
            "The file follows the grammar of YAML, so that it can be read at all.",
            'retentionBasis: "Schedule RS-12, item 4"',
            'retentionBasis: "Schedule RS-12, item 4',
        ),
        "DOC-009": Explanation(
            "A file that stands in the place of a document has one in it.",
            "A comment, and below it a policy.",
            "A comment and nothing else.",
            in_words=True,
        ),
        "DOC-010": Explanation(
            "One file is one document, so that its name, its review and its record belong to one thing.",
            "Two policies stand in two files.",
            "Two policies stand in one file, with a line of --- between them.",
            in_words=True,
        ),
        "DOC-011": Explanation(
            "No key stands twice in one place. Readers of YAML differ in which of the two they believe.",
            "ticket: REC-412",
            "ticket: REC-412\nticket: REC-413",
        ),
        "DOC-012": Explanation(
            "No value has a name of its own under which it could be meant elsewhere.",
            "target: sandbox",
            "target: &here sandbox",
        ),
        "DOC-013": Explanation(
            "Every value is written where it counts.",
            "target: sandbox",
            "target: *here",
        ),
        "DOC-014": Explanation(
            "Every field is written where it counts, and none is taken over from elsewhere.",
            "limits: {maxInteractions: 5000}",
            "limits: {<<: {maxInteractions: 9000}, maxInteractions: 5000}",
        ),
        "DOC-015": Explanation(
            "A value is what it looks like; no tag makes something else of it.",
            "retentionDays: 2557",
            'retentionDays: !!int "2557"',
        ),
        "DOC-016": Explanation(
            "No line tells the reader how to read the lines below it.",
            "The file begins with its schema line.",
            "The file begins with %YAML 1.1.",
            in_words=True,
        ),
        "DOC-017": Explanation(
            "A key is a text. Readers of YAML differ in what they make of other keys.",
            'filters:\n  attributes: {"7": open}',
            "filters:\n  attributes: {7: open}",
        ),
        "DOC-018": Explanation(
            "A document is nested no deeper than a person can follow.",
            "filters, in it attributes, in it a list of values: four levels.",
            "A list in a list in a list, 40 levels deep.",
            in_words=True,
        ),
        "DOC-019": Explanation(
            "A document has no more keys and values than a person can review.",
            "A policy of 20 fields.",
            "A hold that lists 30,000 conversations.",
            in_words=True,
        ),
        "DOC-020": Explanation(
            "A number is small enough that every program reads the same one.",
            "limits: {maxInteractions: 5000}",
            "limits: {maxInteractions: 9007199254740993}",
        ),
        "DOC-021": Explanation(
            "Numbers are whole. A decimal has no single form whose hash could be signed.",
            "retentionDays: 2557",
            "retentionDays: 2557.5",
        ),
        "DOC-022": Explanation(
            "Readers of YAML 1.1 and 1.2 agree on every value. To some, `no` is a text, to others false.",
            "includeSensitive: true",
            "includeSensitive: yes",
        ),
        "DOC-023": Explanation(
            "A document consists of keys and their values.",
            "Each line is a key, a colon and a value.",
            "Each line begins with a hyphen, as in a list.",
            in_words=True,
        ),
        "DOC-024": Explanation(
            "A document says which version of the format it follows, and it is the one that is known.",
            "apiVersion: purge/v1",
            "apiVersion: purge/v2",
        ),
        "DOC-025": Explanation(
            "What a document says it is agrees with the folder in which it stands.",
            "A file in policies/purges says kind: PurgePolicy.",
            "A file in policies/purges says kind: LegalHold.",
            in_words=True,
        ),
        "DOC-026": Explanation(
            "A document is called what its file is called, so that no two have one name.",
            "The file billing-voice-2018.yaml says name: billing-voice-2018.",
            "The file billing-voice-2018.yaml says name: billing-voice-2019.",
            in_words=True,
        ),
        "DOC-027": Explanation(
            "An editor learns from the first line which schema completes and explains the file.",
            "# yaml-language-server: $schema=../../schemas/purge-policy.schema.json",
            "# The billing calls of 2018",
            in_words=True,
        ),
        "SCH-001": Explanation(
            "A document has the fields that its kind needs and no others, and each has a value of the right "
            "form.",
            "retentionDays: 2557",
            "retentionDays: seven years",
        ),
    }
)
