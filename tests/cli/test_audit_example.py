"""``docs/examples/verify.mjs``: somebody else's language comes to our verdicts without our code."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from support.gitworld import ORIGIN

from runner.merkle.checkpoint import sign
from runner.merkle.keys import Signer
from runner.merkle.proof import BadProof, inclusion_text, prove, read_inclusion
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Checkpoint

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "examples" / "verify.mjs"
KNOWN = ROOT / "tests" / "merkle" / "known_answers"
VKEY = f"{ORIGIN}+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
SIGNER = Signer(ORIGIN, bytes(range(32)))
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")


@pytest.fixture
def node(tmp_path):
    def run(record, proof, key=VKEY):
        (tmp_path / "record").write_bytes(record)
        (tmp_path / "proof").write_bytes(proof)
        command = ["node", str(SCRIPT), "record", "proof", key]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def test_the_published_example(node):
    record, proof = (KNOWN / "record-3.json").read_bytes(), (KNOWN / "proof.txt").read_bytes()
    done = node(record, proof)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Proven: record 3 is in the log {ORIGIN}, which had 4 records\n"
    assert node(record + b"\n", proof).returncode == 6
    assert node(record, proof, str(Signer.generate(ORIGIN).verifier)).returncode == 6
    assert node(record, proof, "nonsense").returncode == 6


def proofs(size):
    """Every record of a log of some size, each with its proof."""
    records = [f"record {number}".encode() for number in range(size)]
    tree = Tree(leaf_hash(record) for record in records)
    note = sign(Checkpoint(ORIGIN, size, tree.root()), SIGNER)
    for index, record in enumerate(records):
        yield record, inclusion_text(index, tree.inclusion(index, size), note).encode()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_every_place_of_trees_of_every_shape(node, size):
    for record, proof in proofs(size):
        done = node(record, proof)
        assert done.returncode == 0, done.stderr
        assert node(b"another", proof).returncode == 6


def ours(record, proof):
    try:
        prove(record, read_inclusion(proof), [SIGNER.verifier])
    except BadProof:
        return 6
    return 0


def test_both_come_to_the_same_verdict_on_a_proof_with_a_changed_byte(node):
    dice = random.Random(6962)
    record, proof = list(proofs(7))[4]
    for place in dice.sample(range(len(proof)), 25):
        changed = proof[:place] + bytes([proof[place] ^ dice.randrange(1, 128)]) + proof[place + 1 :]
        assert node(record, changed).returncode == ours(record, changed) == 6, (place, changed)
