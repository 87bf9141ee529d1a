"""Everything that ``doctor`` looks at, with the reason for each. An id never changes its meaning."""

from __future__ import annotations

from runner.setup.check import Area, Requirement

_FILES, _GITHUB, _PLATFORM = Area.FILES, Area.GITHUB, Area.PLATFORM

POLICIES = Requirement("policies-valid", _FILES, "a file with errors can stop the purges of every other one")
TARGETS = Requirement(
    "target-there", _FILES, "without a target outside the sandbox nothing real is ever purged"
)
LOG_KEYS = Requirement("log-keys", _FILES, "a log begins with a key, and the loss of its only key is its end")
SIGNING_KEY = Requirement("signing-key", _FILES, "what cannot be recorded is not done")
PACK_REVIEW = Requirement("pack-review", _FILES, "after that day REG-001 refuses every purge")
APPROVERS = Requirement("approvers", _FILES, "a role that nobody has is an approval that nobody can give")
SCHEMAS = Requirement("schemas", _FILES, "editors check files by these copies, and purgectl by its own")

GITHUB = Requirement("github", _GITHUB, "nobody can tell how the repository is protected")
REPOSITORY = Requirement("repository", _GITHUB, "policies are read from main, and protected there")
RULESET = Requirement("ruleset", _GITHUB, "without it, history can be rewritten or code review passed by")
RULESET_BYPASS = Requirement(
    "ruleset-bypass", _GITHUB, "a rule that somebody may pass by protects from nobody"
)
ENVIRONMENT = Requirement("environment", _GITHUB, "secrets that stand elsewhere can be read from any branch")
ENVIRONMENT_BRANCH = Requirement(
    "environment-branch", _GITHUB, "whoever can push a branch could read the secrets from there"
)
ENVIRONMENT_WAIT = Requirement(
    "environment-wait",
    _GITHUB,
    "a run that waits for somebody holds the lock, and every later run waits behind it",
)
ENVIRONMENT_ADMINS = Requirement(
    "environment-admins", _GITHUB, "an administrator could use the secrets from a branch that nobody reviewed"
)
SECRETS = Requirement("secrets", _GITHUB, "a run without them is refused")
VARIABLES = Requirement("variables", _GITHUB, "a run without them is refused")
SHARED_SECRETS = Requirement(
    "shared-secrets",
    _GITHUB,
    "everybody who may write to the repository can read secrets outside an environment",
)
ACTIONS = Requirement("actions", _GITHUB, "without Actions nothing runs")
ACTIONS_PINNED = Requirement(
    "actions-pinned", _GITHUB, "an action named by a tag can become another one overnight"
)
TOKEN = Requirement("token", _GITHUB, "a workflow that forgets to say what it may do could do too much")
WORKFLOW = Requirement("workflow", _GITHUB, "what a workflow that is not there would do, nobody does")
SCHEDULE = Requirement(
    "schedule", _GITHUB, "GitHub switches schedules off without a word, and then nothing runs"
)
CODE_OWNERS = Requirement(
    "code-owners", _GITHUB, "GitHub ignores such a line, so anybody's approval is enough there"
)
LOG = Requirement("log", _GITHUB, "without its log a target refuses every purge")

CREDENTIALS = Requirement("credentials", _PLATFORM, "nobody can tell whether the target would answer")
ORGANIZATION = Requirement("organisation", _PLATFORM, "a purge on another organisation cannot be taken back")
CLOCK = Requirement("clock", _PLATFORM, "how old data is, is judged by clocks (DAT-004)")
PERMISSION = Requirement("permission", _PLATFORM, "a run that lacks it is refused by the platform half-way")
LIMITS = Requirement("limits", _PLATFORM, "above the platform's limits requests are turned away")
AVAILABILITY = Requirement(
    "availability", _PLATFORM, "what is not in the platform's figures yet cannot be counted"
)
MAXIMUM = Requirement(
    "maximum-retention", _PLATFORM, "what the platform deletes by itself, no policy can keep (PLT-001)"
)
