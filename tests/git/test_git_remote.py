"""Which remotes are on this machine."""

import pytest
from support.gitworld import GitWorld, git

from runner.git.program import Git
from runner.git.remote import is_near, is_near_url


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("/srv/git/policies.git", True),
        ("../origin.git", True),
        ("origin.git", True),
        ("./a:b", True),
        ("file:///srv/git/policies.git", True),
        ("FILE:///srv", True),
        ("http://127.0.0.1:8080/x.git", True),
        ("http://127.8.9.10/x", True),
        ("git://localhost/x", True),
        ("ssh://me@[::1]:22/x", True),
        ("https://user:secret@localhost/x", True),
        ("https://github.com/acme/policies", False),
        ("https://localhost.example.com/x", False),
        ("https://127.0.0.1.example.com/x", False),
        ("https://localhost@example.com/x", False),
        ("ssh://git@example.com/x", False),
        ("ssh://git@10.0.0.1/x", False),
        ("git@github.com:acme/policies.git", False),
        ("github.com:acme/policies.git", False),
        ("https://[::2]/x", False),
        ("https:///x", False),
    ],
)
def test_what_a_url_means(url, near):
    assert is_near_url(url) is near


def test_where_pushes_go_counts(tmp_path):
    world = GitWorld(tmp_path)
    here = Git(world.clone)
    assert is_near(here, "origin")
    assert not is_near(here, "nowhere")
    git(world.clone, "remote", "set-url", "--push", "origin", "https://git.example/x")
    assert not is_near(here, "origin")
