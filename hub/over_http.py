"""GraphQL over HTTP, to the letter: what a request must be, and which media type and status its answer has."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from hub.answering import Answer, Request

BODY_LIMIT = 256 * 1024
JSON, GRAPHQL_JSON, EVENTS = "application/json", "application/graphql-response+json", "text/event-stream"
NO_JSON = (orjson.JSONDecodeError, RecursionError, UnicodeDecodeError)


class BadRequest(Exception):
    """A request that is no GraphQL request; its message says what it must be."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def by_post(content_type: str, body: bytes) -> Request:
    """The request in a body; BadRequest where it is something else."""
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() not in (JSON, GRAPHQL_JSON):
        raise BadRequest("send the request as JSON: content-type application/json", 415)
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset and charset not in ("utf-8", "utf8"):
        raise BadRequest("send the request in UTF-8", 415)
    try:
        told = orjson.loads(body)
    except NO_JSON:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(told, dict):
        raise BadRequest('the body must be one JSON object with "query"; batches are not taken')
    return checked(told)


def by_get(query: bytes) -> Request:
    """The request in a URL."""
    try:
        told: dict[str, Any] = {name: values[-1] for name, values in parse_qs(query.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict").items()}
    except ValueError:
        raise BadRequest("the query of the URL cannot be read") from None
    for name in ("variables", "extensions"):
        if name in told:
            try:
                told[name] = orjson.loads(told[name])
            except NO_JSON:
                raise BadRequest(f'"{name}" must be JSON') from None
    return checked(told, reads_only=True)


def checked(told: Mapping[str, Any], *, reads_only: bool = False) -> Request:
    """A request's parts, each of the kind that it must be."""
    query, variables, operation, extensions = (told.get(name) for name in ("query", "variables", "operationName", "extensions"))
    hash_ = _hash(told)
    if hash_ is None and (not isinstance(query, str) or not query.strip()):
        raise BadRequest('"query" must be a GraphQL document')
    query = query if isinstance(query, str) else ""
    for name, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f'"{name}" must be an object')
    if operation is not None and not isinstance(operation, str):
        raise BadRequest('"operationName" must be a text')
    if "\x00" in query or "\\u0000" in query or (variables and b"\\u0000" in _written(variables)):
        raise BadRequest("a text may not hold the character U+0000")
    return Request(query, variables or None, operation or None, reads_only, hash_)


def _hash(told: Mapping[str, Any]) -> str | None:
    """The hash of a trusted document, as documentId or as Apollo's clients write it."""
    extensions = told.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    found = told.get("documentId") or (persisted.get("sha256Hash") if isinstance(persisted, dict) else None)
    return found if isinstance(found, str) else None


def media_type(accept: str) -> str:
    """The media type that an answer has; of those that are accepted, the newer one where both are."""
    if accept.startswith(EVENTS):
        return EVENTS
    if not accept or GRAPHQL_JSON in accept:
        return GRAPHQL_JSON if accept else JSON
    if JSON in accept or "*/*" in accept or "application/*" in accept:
        return JSON
    raise BadRequest(f"the answer is {GRAPHQL_JSON} or {JSON}; accept one of them", 406)


def status_of(answer: Answer, kind: str) -> int:
    """In the older media type a well-formed request is 200 whatever came of it; in the newer one a refused one is 400."""
    if answer.status:
        return answer.status
    if answer.busy:
        return 503
    return 400 if answer.refused and kind == GRAPHQL_JSON else 200


def _written(variables: Any) -> bytes:
    try:
        return orjson.dumps(variables)
    except (orjson.JSONEncodeError, RecursionError):
        raise BadRequest("the variables are nested too deeply") from None
