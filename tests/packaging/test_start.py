"""The command line starts fast: what only some commands need is imported by those commands."""

import subprocess
import sys

import pytest

HEAVY = ("requests", "jsonschema", "ruamel.yaml", "rich", "cryptography", "flask", "rfc8785")

PROBE = """
import sys
from runner.cli.main import run
code = run(sys.argv[1:])
print("loaded:", *sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], [], ["no-such-command"]])
def test_nothing_heavy_is_imported_to_say_what_there_is(arguments):
    probe = PROBE.format(heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", probe, *arguments], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "loaded:"
    assert done.returncode == (0 if arguments and arguments[0].startswith("-") else 2)


def test_the_package_itself_imports_nothing_heavy():
    probe = f"import sys, runner; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_help_names_every_command_by_reader():
    from runner.cli.main import COMMANDS

    done = subprocess.run(
        [sys.executable, "-m", "runner", "--help"], capture_output=True, text=True, check=True
    )
    for name, entry in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert f"{entry.reader}:" in done.stdout
