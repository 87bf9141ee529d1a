"""A run dies at every effect that it has, and the runs after it finish what it began."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.registry import STORIES, Story, endings, moments
from support.journey import Journey
from support.lives import Lives
from support.sandbox import sandbox

NAMED = {effect for story in STORIES for effect in story.effects}
CLOSED_AFTER_THE_INTENT = """#!/bin/sh
while read old new ref; do
  git log --format=%s "$old..$new" | grep -q -v '^purge.intended' && exit 1
done
exit 0
"""
"""A server that takes intents, and then nothing more."""
POINTS = [
    pytest.param(story, effect, moment, id=f"{story.name}-{effect}-{moment}")
    for story in STORIES
    for effect in story.effects
    for moment in moments(effect)
]


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    with sandbox(job_seconds=0) as box:
        yield Lives(Journey(tmp_path, box.environment), box)


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_every_effect_of_a_story_has_a_name(lives: Lives, story: Story):
    story.prepare(lives)
    seen = lives.trace()
    assert set(seen) - NAMED == set(), "effects without a crash point: name them in the registry"
    assert set(story.effects) - set(seen) == set(), "names of effects that this story does not have"
    story.mend(lives)
    assert set(lives.finish().last_words().values()) == {story.ends}
    lives.rest()


@pytest.mark.slow
@pytest.mark.parametrize(("story", "effect", "moment"), POINTS)
def test_a_run_that_dies_is_finished_by_those_after_it(lives: Lives, story: Story, effect: str, moment: str):
    story.prepare(lives)
    lives.die(effect, moment)
    story.mend(lives)
    (ending,) = lives.finish().last_words().values()
    assert ending in endings(story, effect, moment)


@pytest.mark.slow
def test_the_answer_that_a_dead_machine_kept_is_a_fact_whenever_it_comes_back(lives: Lives):
    lives.journey.merge()
    lives.die("kept: git push purge.submitted", "before")
    lives.outlive_the_lease()
    elsewhere = lives.journey.world.another_clone("elsewhere")
    lives.live(at=elsewhere)
    assert set(lives.aftermath().check().last_words().values()) == {"purge.ambiguous"}
    lives.live()
    assert set(lives.aftermath().check().last_words().values()) == {"purge.verified"}
    lives.rest()


@pytest.mark.slow
def test_a_log_that_takes_nothing_after_the_request_loses_nothing(lives: Lives):
    lives.journey.merge()
    hook = lives.journey.world.origin / "hooks" / "pre-receive"
    hook.write_text(CLOSED_AFTER_THE_INTENT)
    hook.chmod(0o755)
    done = lives.live()
    assert done.code == 5, done.err
    assert lives.aftermath().check().kinds()[-1] == "purge.intended"
    hook.unlink()
    assert set(lives.finish().last_words().values()) == {"purge.verified"}
    assert len(lives.box.submissions()) == 1
    lives.rest()
