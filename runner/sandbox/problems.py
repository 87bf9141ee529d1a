"""What goes wrong, in the platform's own words: status, code and the error body."""

from __future__ import annotations

from collections.abc import Mapping

from runner.model.json import Json, JsonObject

CODES: Mapping[int, str] = {
    400: "bad.request",
    401: "authentication.required",
    403: "not.authorized",
    404: "not.found",
    405: "method.not.allowed",
    408: "client.timeout",
    409: "request.conflict",
    413: "request.entity.too.large",
    415: "unsupported.media.type",
    429: "too.many.requests.retry.after",
    500: "internal.server.error",
    501: "not.implemented",
    503: "service.unavailable",
    504: "request.timeout",
}


class ApiError(Exception):
    """A call that is answered with an error.

    ``code`` defaults to the platform's usual one for the status; ``parameters`` become
    ``messageParams``.
    """

    def __init__(
        self, status: int, message: str, *, code: str = "", parameters: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code or CODES.get(status, f"http.{status}")
        self.parameters = dict(parameters or {})

    def body(self, correlation_id: str) -> JsonObject:
        """The platform's ``ErrorBody``; a 429 also names the limit."""
        body: dict[str, Json] = {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "messageParams": self.parameters,
            "contextId": correlation_id,
            "details": [],
            "errors": [],
        }
        if self.status == 429:
            body["limit"] = {
                "namespace": "platform.api",
                "key": "client.credentials.token.rate.per.minute",
                "value": 300,
            }
        return body


def malformed(message: str) -> ApiError:
    """A request of the wrong shape (400)."""
    return ApiError(400, message)
