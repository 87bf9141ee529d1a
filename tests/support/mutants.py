"""Mutants of a module: each lacks one single condition, and whoever tests well notices every one.

A condition is one side of an ``and`` or ``or``, a filter of a comprehension, an ``if`` with what it
guards, a comparison that is handed on, one side of a union of sets, or a ``yield from`` of further
faults.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


@dataclass(frozen=True)
class Mutant:
    """A module without the condition at ``line``; ``lacks`` is its text."""

    module: str
    line: int
    lacks: str
    code: CodeType

    def namespace(self) -> dict[str, Any]:
        """Run the module, and return what it defines."""
        names: dict[str, Any] = {"__name__": self.module}
        exec(self.code, names)
        return names


Removal = Callable[[ast.AST], None]


def mutants(module: ModuleType) -> tuple[Mutant, ...]:
    """Return every mutant of a module."""
    return tuple(_mutants(module))


def _mutants(module: ModuleType) -> Iterator[Mutant]:
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for position, node in enumerate(ast.walk(tree)):
        for lacking, removal in _removals(node):
            mutant = deepcopy(tree)
            removal(list(ast.walk(mutant))[position])
            code = compile(ast.fix_missing_locations(mutant), "mutant", "exec")
            yield Mutant(module.__name__, lacking.lineno, ast.unparse(lacking), code)


def _removals(node: ast.AST) -> Iterator[tuple[ast.expr, Removal]]:
    match node:
        case ast.BoolOp(values=values):
            for index, value in enumerate(values):
                if not isinstance(value, ast.Constant):
                    yield value, _neutral(index)
        case ast.comprehension(ifs=conditions):
            for index, condition in enumerate(conditions):
                if not isinstance(condition, ast.BoolOp):
                    yield condition, _unfiltered(index)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield test, _never
        case ast.keyword(value=ast.Compare() as compared):
            yield compared, _always
        case _:
            yield from _removals_of_more(node)


def _removals_of_more(node: ast.AST) -> Iterator[tuple[ast.expr, Removal]]:
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left, right=ast.Set() as right):
            yield left, _only("right")
            yield right, _only("left")
        case ast.Expr(value=ast.YieldFrom() as further):
            yield further, _nothing


def _neutral(index: int) -> Removal:
    def remove(node: ast.AST) -> None:
        assert isinstance(node, ast.BoolOp)
        node.values[index] = ast.Constant(value=isinstance(node.op, ast.And))

    return remove


def _unfiltered(index: int) -> Removal:
    def remove(node: ast.AST) -> None:
        assert isinstance(node, ast.comprehension)
        del node.ifs[index]

    return remove


def _never(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.IfExp)
    node.test = ast.Constant(value=False)


def _always(node: ast.AST) -> None:
    assert isinstance(node, ast.keyword)
    node.value = ast.Constant(value=True)


def _only(side: str) -> Removal:
    def keep(node: ast.AST) -> None:
        assert isinstance(node, ast.BinOp)
        node.left = node.right = getattr(node, side)

    return keep


def _nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Expr)
    node.value = ast.Constant(value=None)
