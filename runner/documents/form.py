"""The rules of form: what a file must be before anybody asks what it says.

Each fault of form has a rule of its own, because each is mended in its own way. ``SCH-001``
stands for everything that the JSON Schema of a kind says.
"""

from __future__ import annotations

from runner.model.finding import Severity
from runner.model.rule import Phase, Rule

_FORMAT = "docs/formats.md section 1"


def _rule(id_: str, title: str, hint: str, basis: str = _FORMAT, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(id_, title, severity, Phase.REVIEW, basis, hint)


REGULAR_FILE = _rule(
    "DOC-001",
    "A document is a regular file",
    "put the text itself here; what a link points at is not what was reviewed",
)
PLACE = _rule(
    "DOC-002",
    "Every file below policies/ has its place",
    "documents are <name>.yaml in policies/purges, holds, targets, regulations and tests, and "
    "policies/approvers.yaml; a README.md may stand anywhere",
)
SIZE = _rule("DOC-003", "A file is at most 256 KiB", "split the document")
UTF_8 = _rule("DOC-004", "A file is UTF-8", "save the file as UTF-8", "YAML 1.2.2 section 5.2; RFC 3629")
BYTE_ORDER_MARK = _rule(
    "DOC-005", "A file has no byte order mark", "save the file as UTF-8 without a byte order mark"
)
TAB = _rule("DOC-006", "A file has no tabs", "replace each tab by spaces", "YAML 1.2.2 section 6.1")
INVISIBLE = _rule(
    "DOC-007",
    "A file has no invisible characters",
    "delete the character, or write an ordinary space; what reviewers cannot see they cannot approve",
    "Unicode Technical Report 36, section 2; CVE-2021-42574",
)
READABLE = _rule("DOC-008", "A file is YAML", "mend the line, or the one above it", "YAML 1.2.2")
EMPTY = _rule("DOC-009", "A file holds a document", "write the document, or delete the file")
ONE_DOCUMENT = _rule(
    "DOC-010", "A file holds one document", "write each document into a file of its own; remove the ---"
)
UNIQUE_KEY = _rule(
    "DOC-011", "A key stands once", "keep one of the two", "YAML 1.2.2 section 3.2.1.1: keys are unique"
)
ANCHOR = _rule("DOC-012", "No anchors", "remove the anchor")
ALIAS = _rule("DOC-013", "No aliases", "write the value out; reviewers read what stands here")
MERGE_KEY = _rule("DOC-014", "No merge keys", "write the fields out; reviewers read what stands here")
TAG = _rule("DOC-015", "No tags", "remove the tag; put a value that is a text in quotes")
DIRECTIVE = _rule("DOC-016", "No directives", "remove the line that begins with %")
KEY = _rule(
    "DOC-017",
    "A key is a short text",
    "write the key as a text of at most 128 characters; put a number, true, false or null in quotes",
)
DEPTH = _rule("DOC-018", "A document is at most 32 levels deep", "write it flatter")
NODES = _rule("DOC-019", "A document has at most 20,000 keys and values", "split the document")
WHOLE_NUMBER_RANGE = _rule(
    "DOC-020",
    "Whole numbers are at most 9007199254740991",
    "write a smaller number; put it in quotes if it is an id",
    "RFC 8259 section 6: other programs would read another number",
)
NO_DECIMALS = _rule(
    "DOC-021",
    "No decimals",
    "write a whole number; put it in quotes if it is a text",
    "RFC 8785 section 3.2.2.3",
)
ONE_READING = _rule(
    "DOC-022",
    "A value reads alike everywhere",
    "put it in quotes if it is a text; else write true, false or a plain decimal number",
    "YAML 1.1 section 10 against YAML 1.2.2 section 10.3.2",
)
MAPPING = _rule("DOC-023", "A document is a mapping", "write key: value on each line")
API_VERSION = _rule("DOC-024", "apiVersion is purge/v1", "write apiVersion: purge/v1")
KIND = _rule("DOC-025", "kind belongs to the folder", "write the kind, or move the file")
NAME = _rule(
    "DOC-026",
    "name is the file's name",
    "name the file <name>.yaml: 1 to 63 lower-case letters, digits and inner hyphens",
)
EDITOR_LINE = _rule(
    "DOC-027",
    "The first line names the schema for editors",
    "let the first line be: # yaml-language-server: $schema=../../schemas/<kind>.schema.json",
    severity=Severity.WARNING,
)
SCHEMA = _rule(
    "SCH-001",
    "A document follows its schema",
    "compare with docs/formats.md; an editor that knows the schema completes and explains every key",
)

RULES = tuple(rule for rule in list(vars().values()) if isinstance(rule, Rule))
"""Every rule of this room, for the catalogue."""

ABOUT_TEXT = frozenset({BYTE_ORDER_MARK.id, TAB.id, INVISIBLE.id, EDITOR_LINE.id})
"""Rules about the text as such: the values that were read from it are still sound."""
