"""The approved count, written into the text of a policy without touching anything else."""

from __future__ import annotations

from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from runner.documents.document import Document
from runner.documents.reading import read
from runner.model.policy import Expected


def with_expected(document: Document, expected: Expected) -> bytes | None:
    """Return a policy's bytes with ``expected`` in them, or ``None`` where they cannot be written safely.

    ``document`` has no errors. Where it has the field already, the two numbers are replaced;
    otherwise one line is added below ``limits``. Every comment stays. What comes out is read again,
    and must say what the file said but for this field.
    """
    if document.value is None or not document.clean:
        return None
    text = document.source.data.decode("utf-8")
    figures = {"count": expected.count, "tolerancePercent": expected.tolerance_percent}
    fields = _fields(YAML(typ="safe", pure=True).compose(text))
    if "expected" in fields:
        numbers = _fields(fields["expected"])
        for name, node in sorted(numbers.items(), key=lambda each: _start(each[1]), reverse=True):
            text = f"{text[: _start(node)]}{figures[name]}{text[_end(node) :]}"
    else:
        line = f"expected: {{count: {expected.count}, tolerancePercent: {expected.tolerance_percent}}}"
        text = _with_line(text, _end(fields["limits"]), line)
    data = text.encode()
    again = read(replace(document.source, data=data, size=len(data), blob=""))
    return data if again.clean and again.value == {**document.value, "expected": figures} else None


def _fields(node: Node) -> dict[str, Node]:
    return {key.value: value for key, value in node.value}


def _start(node: Node) -> int:
    offset: int = node.start_mark.index
    return offset


def _end(node: Node) -> int:
    """Return the offset after a value: a block mapping ends with its last value, not after comments."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    offset: int = node.end_mark.index
    return offset


def _with_line(text: str, after: int, line: str) -> str:
    """Add a line below the one that holds an offset, with the line end that this one has."""
    end = text.find("\n", after)
    if end < 0:
        return f"{text}\n{line}\n"
    line_end = "\r\n" if text[end - 1] == "\r" else "\n"
    return f"{text[: end + 1]}{line}{line_end}{text[end + 1 :]}"
