"""Answer one operation: by one statement where it can be, else by the resolvers; and say what is wrong without saying what is inside."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg
import orjson
from graphql import GraphQLError, OperationDefinitionNode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.access.sealing import Keys
from hub.events.publications import Publications
from hub.query.documents import Document, Documents
from hub.query.limits import AD_HOC, TRUSTED, Limits, TooMuch
from hub.query.plans import Plan
from hub.query.policy import ALLOWS_EVERYTHING, Policy
from hub.query.reading import BadInput
from hub.query.trusted import Trusted
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.outage import connection_lost
from schema.api import api
from schema.declared import graph
from schema.scope import Context

DEADLINE = 10  # seconds; the operation is ended then, and its statement in PostgreSQL with it
log = logging.getLogger("hub.answering")


@dataclass(frozen=True)
class Request:
    """What is asked: a document, the name of an operation in it, and the variables."""

    document: str
    variables: Mapping[str, Any] | None = None
    operation: str | None = None
    reads_only: bool = False  # by GET nothing may be changed
    hash: str | None = None  # of a trusted document, instead of its text
    limits: Limits = AD_HOC


@dataclass(frozen=True)
class Answer:
    """A response's body. ``refused``: the request was never executed, and there is no data in it."""

    body: bytes
    refused: bool = False
    busy: bool = False  # nobody could look at it in time; the client may come back


class Refused(Exception):
    """The request is not executed: the errors say why."""

    def __init__(self, *errors: GraphQLError) -> None:
        self.errors = errors


class TooLong(Exception):
    """The operation was not done at its deadline."""


class Answering:
    """What answers operations: the documents and plans, the reader's connections, the day."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.documents = Documents(graph)
        self.study = ThreadPoolExecutor(1, "study")  # where new documents are read: one at a time, and who asks known ones does not wait
        self.trusted = Trusted.read(settings.trusted, alone=settings.trusted_only)
        self.reader = database.engine("reader", deadline=DEADLINE)
        self.readers = database.readers("reader", deadline=DEADLINE)
        self.noted: Callable[[str], object] | None = None  # told of every statement of the first road
        self._keys: Keys | None = None
        self.publications = Publications(database, settings.division)

    @property
    def today(self) -> date:
        """The business date."""
        return self.settings.business_date or date.today()

    @property
    def policy(self) -> Policy:
        """What the asker may see: everything, until rights exist."""
        return ALLOWS_EVERYTHING

    def keys(self) -> Keys:
        """The sealing keys, which the linker needs; read when something is first changed that links."""
        if self._keys is None:
            self._keys = Keys.load_or_make(self.settings.key_file)
        return self._keys

    async def events(self, request: Request) -> AsyncGenerator[Answer, None]:
        """The answers of a request one after another: one of a query or mutation, as many of a subscription as there are events."""
        try:
            request = self.meant(request)
            _, operation = await self.prepared(request)
        except (Refused, TooMuch, RecursionError) as error:
            yield refusal(error)
            return
        if operation.operation.value != "subscription":
            yield await self.answer(request)
            return
        waiting = Context(None, self.settings.division, self.today, lambda: None, publications=self.publications.since)
        told: Any = await api.subscribe(
            request.document, variable_values=dict(request.variables or {}), operation_name=request.operation, context_value=waiting
        )
        if not hasattr(told, "__aiter__"):
            yield self._written(told)
            return
        async with contextlib.aclosing(told):
            async for result in told:
                yield self._written(result)

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            request = self.meant(request)
            document, operation = await self.prepared(request)
            variables = self.variables(document, operation, request.variables)
            plan = self.documents.plan(document, operation, variables, self.policy, request.limits)
            if plan.sql is not None:
                told = await self._first_road(plan, variables)
                if told is not None:
                    return Answer(told)
            return await self._second_road(request, None if operation.operation.value == "mutation" else DEADLINE)
        except (Refused, TooMuch, RecursionError) as error:
            return refusal(error)
        except Exception as error:  # whatever it is, an id is all that leaves
            return failed(error)

    def meant(self, request: Request) -> Request:
        """The request with its document, and the limits that this may go to; Refused where it may not be asked."""
        text = self.trusted.find(request.hash) if request.hash else None
        if text is not None:
            return replace(request, document=text, limits=TRUSTED)
        if request.hash and not request.document:
            raise Refused(GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"}))
        if self.trusted.by_hash and self.trusted.has(request.document):
            return replace(request, limits=TRUSTED)
        if self.trusted.alone:
            raise Refused(GraphQLError("only trusted documents are answered here; ask the operator to register this one"))
        return request

    async def prepared(self, request: Request) -> tuple[Document, OperationDefinitionNode]:
        """The document and the operation that is asked for; Refused where there is none that may run."""
        document = self.documents.known(request.document, request.limits)
        if document is None:
            document = await asyncio.get_running_loop().run_in_executor(self.study, self.documents.find, request.document, request.limits)
        if document.errors:
            raise Refused(*document.errors)
        operation = document.operation(request.operation)
        if operation is None:
            told = f"there is no operation {request.operation!r}" if request.operation else "say by operationName which operation is meant"
            raise Refused(GraphQLError(told))
        if request.reads_only and operation.operation.value != "query":
            raise Refused(GraphQLError("by GET only queries are answered; send a mutation by POST"))
        return document, operation

    def variables(self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """The variables as the operation declares them, with what else a statement needs of the request."""
        found = document.variables[operation.name.value if operation.name else ""].read(given)
        if isinstance(found, list):
            raise Refused(*found)
        division = self.settings.division
        return {**found, "@today": self.today, "@division": division, "@divisions": str(division)}

    async def _first_road(self, plan: Plan, variables: Mapping[str, Any]) -> bytes | None:
        """The statement's answer as it is; None where the resolvers must tell what is wrong with an argument."""
        assert plan.sql is not None
        try:
            parameters = plan.parameters(variables)
        except BadInput:
            return None
        if self.noted:
            self.noted(plan.sql)
        row = await self.readers.row(plan.sql, parameters)
        return None if row["refused"] else row["answer"]

    async def _second_road(self, request: Request, deadline: float | None) -> Answer:
        """The resolvers' answer; who changes something waits for whoever changes it now, however long that takes."""
        async with self.reading(request.limits) as context:
            try:
                async with asyncio.timeout(deadline):
                    result = await api.execute(
                        request.document, variable_values=dict(request.variables or {}), operation_name=request.operation, context_value=context
                    )
                    await context.settled()
            except (asyncio.CancelledError, TimeoutError) as ended:
                await context.given_up()
                if isinstance(ended, TimeoutError):
                    raise TooLong from None
                raise
        return self._written(result)

    def _written(self, result: Any) -> Answer:
        errors = [shown(error) for error in result.errors or ()]
        refused = getattr(result, "data", None) is None and bool(errors) and all("path" not in error for error in errors)
        body: dict[str, Any] = {"errors": errors} if errors else {}
        if not refused:
            body["data"] = result.data
        return Answer(orjson.dumps(body, default=str), refused)

    @asynccontextmanager
    async def reading(self, limits: Limits = AD_HOC) -> AsyncIterator[Context]:
        """A request's context: one connection, one snapshot, the divisions it may see."""
        async with self.reader.connect() as connection:
            await self._begin(connection)
            yield Context(connection, self.settings.division, self.today, lambda: self._writing(connection), page=limits.page, keys=self.keys)

    async def _begin(self, connection: AsyncConnection) -> None:
        await connection.execute(text("set transaction isolation level repeatable read, read only"))
        await connection.execute(
            text("select set_config('hub.divisions', :d, true), set_config('hub.custody', 'on', true)"), {"d": str(self.settings.division)}
        )

    @asynccontextmanager
    async def _writing(self, reader: AsyncConnection) -> AsyncIterator[Any]:
        """A writer's connection for one mutation; what is read after it sees what it wrote."""
        connection = await self.database.connect("writer")
        try:
            yield connection
        finally:
            await connection.close()
        await reader.rollback()
        await self._begin(reader)

    async def close(self) -> None:
        """Give the connections back."""
        self.study.shutdown(cancel_futures=True)
        await self.readers.close()
        await self.publications.close()
        await self.reader.dispose()


def refusal(error: Exception) -> Answer:
    """The answer to a request that is not executed."""
    errors = [one.formatted for one in error.errors] if isinstance(error, Refused) else [{"message": str(error) or "the request is nested too deeply"}]
    return Answer(orjson.dumps({"errors": errors}), refused=True)


def shown(error: GraphQLError) -> dict[str, Any]:
    """An error as the caller may see it: the language's own and BadInput in words, anything else as an id that the log has."""
    told: dict[str, Any] = dict(error.formatted)
    original = error.original_error
    if original is None or isinstance(original, (BadInput, GraphQLError)):
        return {key: told[key] for key in ("message", "locations", "path") if told.get(key) is not None}
    path = {"path": told["path"]} if told.get("path") else {}
    return {"message": noted(original, ".".join(str(p) for p in error.path or ())), **path}


def failed(error: BaseException) -> Answer:
    """The answer where the statement did not come to its end."""
    if isinstance(error, (asyncpg.QueryCanceledError, TooLong)):
        return Answer(orjson.dumps({"errors": [{"message": f"this took longer than {DEADLINE} s and was ended"}], "data": None}))
    if isinstance(error, TimeoutError) or connection_lost(error):
        return Answer(orjson.dumps({"errors": [{"message": "the hub is busy; come back in a moment"}]}), refused=True, busy=True)
    return Answer(orjson.dumps({"errors": [{"message": noted(error, "")}], "data": None}))


def noted(error: BaseException, where: str) -> str:
    """What a client is told of an error that is not its own: the id under which the log has its kind, never its text."""
    if isinstance(error.__cause__, asyncpg.QueryCanceledError) or "QueryCanceled" in str(type(error.__cause__)) + str(error)[:200]:
        return f"this took longer than {DEADLINE} s and was ended"
    id_ = secrets.token_hex(8)
    log.error("error %s: %s%s", id_, type(error).__name__, f" at {where}" if where else "")
    return f"this could not be answered; the log has it as error {id_}"
