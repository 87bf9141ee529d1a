"""Every call of the platform's API that purgectl makes, and what the OAuth client must be allowed for it.

Nothing else is ever sent. Two calls are missing on purpose: ``PUT /api/v2/analytics/dataretention/settings``
can never be taken back, and ``DELETE /api/v2/conversations/{conversationId}`` hangs up on a customer.
Source: the published OpenAPI of the platform, and for the first three the original article.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from runner.genesys.token import READ_SCOPE, WRITE_SCOPE
from runner.model.json import JsonObject
from runner.model.target import Backend
from runner.net.retry import Effect
from runner.net.transport import Request

_RECORDING_JOBS = "/api/v2/recording/jobs"
_PROTECTION = "/api/v2/recordings/deletionprotection"
_DETAILS = "/api/v2/analytics/conversations/details"
_PURGE = "/api/v2/interactions/purge"


@dataclass(frozen=True, slots=True)
class Call:
    """One call; ``path`` has the names of its ids in braces.

    ``permissions`` are all that purgectl needs for it, in the divisions of the interactions that
    policies select. ``scope`` is what the article's API asks for instead.
    """

    method: str
    path: str
    effect: Effect
    permissions: tuple[str, ...] = ()
    scope: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def request(
        self, *ids: str, query: Mapping[str, str] | None = None, body: JsonObject | None = None
    ) -> Request:
        """Return a request for this call; ``ids`` take the places of the names, in order."""
        path = self.path
        for given in ids:
            begin, _, rest = path.partition("{")
            path = begin + quote(given, safe="") + rest.partition("}")[2]
        if query:
            path += f"?{urlencode(query)}"
        request = Request(self.method, path, self.effect)
        return request if body is None else request.with_json(body)

    @property
    def needs(self) -> str:
        """What a client must be allowed, as the end of a sentence."""
        if self.scope:
            return f"the scope {self.scope}"
        if len(self.permissions) == 1:
            return f"the permission {self.permissions[0]}"
        return f"the permissions {', '.join(self.permissions)}" if self.permissions else "more rights"


COUNT_INTERACTIONS = Call("POST", f"{_PURGE}/count", Effect.SAFE, scope=READ_SCOPE)
READ_PURGE = Call("GET", f"{_PURGE}/{{purgeId}}", Effect.SAFE, scope=READ_SCOPE)
SUBMIT_PURGE = Call("POST", _PURGE, Effect.IRREVERSIBLE, scope=WRITE_SCOPE)

READ_TOKEN = Call("GET", "/api/v2/tokens/me", Effect.SAFE)
READ_AVAILABILITY = Call(
    "GET", f"{_DETAILS}/jobs/availability", Effect.SAFE, ("analytics:conversationDetail:view",)
)
START_SEARCH = Call("POST", f"{_DETAILS}/jobs", Effect.SAFE, ("analytics:conversationDetail:view",))
READ_SEARCH = Call("GET", f"{_DETAILS}/jobs/{{jobId}}", Effect.SAFE, ("analytics:conversationDetail:view",))
READ_FOUND = Call(
    "GET", f"{_DETAILS}/jobs/{{jobId}}/results", Effect.SAFE, ("analytics:conversationDetail:view",)
)
QUERY_CONVERSATIONS = Call("POST", f"{_DETAILS}/query", Effect.SAFE, ("analytics:conversationDetail:view",))
LIST_JOBS = Call("GET", _RECORDING_JOBS, Effect.SAFE, ("recording:job:view",))
READ_JOB = Call("GET", f"{_RECORDING_JOBS}/{{jobId}}", Effect.SAFE, ("recording:job:view",))
LIST_FAILED = Call(
    "GET", f"{_RECORDING_JOBS}/{{jobId}}/failedrecordings", Effect.SAFE, ("recording:job:view",)
)
READ_METADATA = Call(
    "GET",
    "/api/v2/conversations/{conversationId}/recordingmetadata",
    Effect.SAFE,
    ("recording:recording:view", "recording:screenRecording:view", "recording:snippetRecording:view"),
)
CREATE_JOB = Call("POST", _RECORDING_JOBS, Effect.REVERSIBLE, ("recording:job:add",))
REMOVE_JOB = Call("DELETE", f"{_RECORDING_JOBS}/{{jobId}}", Effect.REVERSIBLE, ("recording:job:delete",))
EXECUTE_JOB = Call(
    "PUT",
    f"{_RECORDING_JOBS}/{{jobId}}",
    Effect.IRREVERSIBLE,
    (
        "recording:job:edit",
        "recording:recording:editRetention",
        "recording:screenRecording:editRetention",
        "recording:snippetRecording:editRetention",
    ),
)
QUERY_PROTECTION = Call("POST", _PROTECTION, Effect.SAFE)
PROTECT = Call("PUT", _PROTECTION, Effect.REVERSIBLE, ("recording:deletionProtection:apply",))

CALLS: Mapping[Backend, tuple[Call, ...]] = {
    Backend.INTERACTIONS_PURGE: (COUNT_INTERACTIONS, READ_PURGE, SUBMIT_PURGE),
    Backend.RECORDING_JOBS: (
        READ_TOKEN,
        READ_AVAILABILITY,
        QUERY_CONVERSATIONS,
        START_SEARCH,
        READ_SEARCH,
        READ_FOUND,
        LIST_JOBS,
        READ_JOB,
        LIST_FAILED,
        READ_METADATA,
        CREATE_JOB,
        REMOVE_JOB,
        EXECUTE_JOB,
        QUERY_PROTECTION,
        PROTECT,
    ),
}
"""By backend: everything that a client of it ever sends, beside the request for a token."""

READ_LIMITS = Call("GET", "/api/v2/organizations/limits/namespaces/{namespaceName}", Effect.SAFE)
READ_MAXIMUM = Call(
    "GET", "/api/v2/analytics/dataretention/settings", Effect.SAFE, ("analytics:dataRetention:view",)
)
INSPECTION = (READ_LIMITS, READ_MAXIMUM)
"""What ``doctor`` asks beside, of an organisation with recording jobs; no purge needs it."""

SENSITIVE_PERMISSION = "recording:recording:viewSensitiveData"
"""What ``includeSensitive: true`` needs in an organisation that redacts recordings."""


def required_permissions(backend: Backend) -> Mapping[str, tuple[Call, ...]]:
    """Return each permission that a backend needs, with the calls that need it; none for the article's."""
    needed: dict[str, tuple[Call, ...]] = {}
    for call in CALLS[backend]:
        for permission in call.permissions:
            needed[permission] = (*needed.get(permission, ()), call)
    return needed
