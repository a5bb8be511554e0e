"""GraphQL over HTTP, to the letter: what a request must be, and which media type and status its answer has."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from hub.answering import Answer, Request

BODY_LIMIT = 256 * 1024
JSON, GRAPHQL_JSON, EVENTS = "application/json", "application/graphql-response+json", "text/event-stream"
NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")  # as it is, or as a document may write it
DIGITS = re.compile(r"[0-9]{1000}")
NO_JSON = (orjson.JSONDecodeError, RecursionError, UnicodeDecodeError)


class BadRequest(Exception):
    """A request that is no GraphQL request; its message says what it must be."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class Names:
    """By which names the endpoint may be addressed: this machine's, and the public ones that the operator gives."""

    def __init__(self, public: Iterable[str] = ()) -> None:
        self._public = frozenset(name.lower() for name in public)
        self._known: dict[tuple[bytes, bytes], BadRequest | None] = {}

    def refuse(self, headers: Mapping[bytes, bytes]) -> BadRequest | None:
        """Why a request is not for this endpoint: its Host is another's (a page that rebinds a name), or its Origin another site's."""
        key = headers.get(b"host", b""), headers.get(b"origin", b"")
        if key not in self._known:
            if len(self._known) >= 1_000:
                self._known.clear()
            self._known[key] = self._judge(*(told.decode("latin-1").strip().lower() for told in key))
        return self._known[key]

    def _judge(self, host: str, origin: str) -> BadRequest | None:
        if not host:
            return BadRequest("the request must say its Host")
        if not self._ours(host):
            return BadRequest("this endpoint does not answer to that Host; the operator names it in HUB_PUBLIC_NAMES, or use 127.0.0.1", 421)
        scheme, _, place = origin.partition("://")
        if origin and (scheme not in ("http", "https") or not (place == host or _bare(place) in self._public)):
            return BadRequest("requests from pages of other sites are not answered", 403)
        return None

    def _ours(self, host: str) -> bool:
        return re.fullmatch(r"(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", host) is not None and _bare(host) in LOOPBACK_NAMES | self._public


def _bare(host: str) -> str:
    """A host without its port."""
    return re.sub(r":\d{1,5}$", "", host) if not host.endswith("]") else host


def by_post(content_type: str, body: bytes) -> Request:
    """The request in a body; BadRequest where it is something else."""
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() not in (JSON, GRAPHQL_JSON):
        raise BadRequest("send the request as JSON: content-type application/json", 415)
    charset = _parameters(parameters).get("charset", "")
    if charset and charset not in ("utf-8", "utf8"):
        raise BadRequest("send the request in UTF-8", 415)
    try:
        told = orjson.loads(body)
    except NO_JSON:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(told, dict):
        raise BadRequest('the body must be one JSON object with "query"; batches are not taken')
    return checked(told)


def _parameters(text: str) -> dict[str, str]:
    """The parameters of a media type: name=value; name="value"."""
    told = (part.partition("=") for part in text.lower().split(";"))
    return {name.strip(): value.strip().strip('"') for name, _, value in told}


def by_get(query: bytes) -> Request:
    """The request in a URL."""
    try:
        given = parse_qs(query.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise BadRequest("the query of the URL cannot be read") from None
    if any(len(values) > 1 for values in given.values()):
        raise BadRequest("a parameter is given twice: give it once")
    told: dict[str, Any] = {name: values[0] for name, values in given.items()}
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
    if DIGITS.search(query):
        raise BadRequest("a number has fewer than 1000 digits")
    if NUL.search(query) or (variables and b"\\u0000" in _written(variables)):
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
    if not accept:
        return JSON
    told = [part.partition(";") for part in accept.lower().split(",")]
    kinds = {kind.strip(): not re.fullmatch(r"0(\.0*)?", _parameters(parameters).get("q", "1")) for kind, _, parameters in told}
    if kinds.get(EVENTS) and accept.lower().lstrip().startswith(EVENTS):
        return EVENTS
    if kinds.get(GRAPHQL_JSON):
        return GRAPHQL_JSON
    if kinds.get(JSON, kinds.get("application/*", kinds.get("*/*"))):
        return JSON
    if kinds.get("application/*", kinds.get("*/*")) and GRAPHQL_JSON not in kinds:  # the other one is what is refused
        return GRAPHQL_JSON
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
