"""Answer one operation: by one statement where it can be, else by the resolvers; and say what is wrong without saying what is inside."""

import asyncio
import contextlib
import functools
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import orjson
from graphql import GraphQLError, NonNullTypeNode, OperationDefinitionNode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.access import alarms
from hub.access.audit import AuditDown, Heads, Writer, entry_of
from hub.access.refusals import NOT_GRANTED, TOO_MUCH, Refusals
from hub.access.requests import Asker, stop_reading
from hub.access.sealing import Keys
from hub.access.viewer import Kind, NotAdmitted, Viewer
from hub.admitting import Admission, Asking, check_entries, check_rules
from hub.events.publications import Publications
from hub.query.aiming import Sought
from hub.query.documents import MEMORY_LIMIT, Document, Documents
from hub.query.limits import AD_HOC, TRUSTED, Limits, TooMuch
from hub.query.marks import unmarked
from hub.query.plans import Plan
from hub.query.policy import ALLOWS_EVERYTHING, CATALOGUE, Policy
from hub.query.reading import BadInput
from hub.query.trusted import Trusted
from hub.query.wording import formatted
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.outage import connection_lost
from schema.api import Api, api
from schema.declared import api_of, graph, seen_by
from schema.events import events_of
from schema.people import townships_of, whom_named
from schema.scope import Context

DEADLINE = 10  # seconds; the operation is ended then, and its statement in PostgreSQL with it
STILL_ADMITTED = 1  # seconds between two looks at whether an open subscription's viewer may still listen
MOST_ASKED_ABOUT = 500  # people where they live is looked up, for filters that are asked of their divisions
MOST_KNOWN = 10_000  # filters of which it is remembered that they mean many people
MOST_VIEWS = 40  # classes of rights whose graphs and plans are kept
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
    asking: Asking | None = None  # who asks; nobody where the settings let nobody in without a token


@dataclass(frozen=True)
class Answer:
    """A response's body. ``refused``: the request was never executed, and there is no data in it."""

    body: bytes
    refused: bool = False
    busy: bool = False  # nobody could look at it in time; the client may come back
    status: int = 0  # of a request that is not admitted


#: What is answered to a change whose entry stands, where that of what it tells cannot be written.
UNTOLD = Answer(
    orjson.dumps(
        {"errors": [{"message": "the audit cannot be written now, and so what came of this is not told; it may stand: look before you send it again"}], "data": None}
    )
)


class Refused(Exception):
    """The request is not executed: the errors say why."""

    def __init__(self, *errors: GraphQLError) -> None:
        self.errors = errors


class TooLong(Exception):
    """The operation was not done at its deadline."""


@dataclass(frozen=True)
class Asked:
    """Whom a request asks about by what it says itself: by id, and with those by a filter that means so few; whether it says a name; and the ages
    that it asks for, as the audit has them, since two filters that differ by a day may differ by a person."""

    by_id: set[str]
    people: set[str]
    by_name: bool = False
    where_somebody_lives: Sequence[Sought] = ()  # whom it seeks in the divisions of the people that it tells of
    ages: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class View:
    """What one class of rights has of the graph: its documents and plans, and its resolvers."""

    documents: Documents
    api: Api


class Answering:
    """What answers operations: the documents and plans, the reader's connections, the day, who may ask, and the audit."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.documents = Documents(graph)
        self._views: OrderedDict[str, View] = OrderedDict({ALLOWS_EVERYTHING.rights: View(self.documents, api)})
        self.study = ThreadPoolExecutor(1, "study")  # where new documents are read and their plans made: one at a time, and who asks known ones does not wait
        self.trusted = Trusted.read(settings.trusted, alone=settings.trusted_only)
        self.reader = database.engine("reader", deadline=DEADLINE)
        self.readers = database.readers("reader", deadline=DEADLINE)
        self.noted: Callable[[str], object] | None = None  # told of every statement of the first road
        self._keys: tuple[Keys, int] | None = None
        self._means_many: set[tuple[tuple[str, frozenset[str], date], Sought]] = set()  # which rights and care, on which day
        self.publications = Publications(database, settings.division)
        check_rules()
        check_entries(graph.types)
        self.admission = Admission(settings, self.readers)
        self.refusals = Refusals()
        self.audit = Writer(functools.partial(database.connect, "writer"), settings.division, Heads.open(settings.audit, settings.audit_key))

    @property
    def today(self) -> date:
        """The business date."""
        return self.settings.today()

    def view(self, policy: Policy) -> View:
        """The graph as a class of rights has it; the classes least lately used are forgotten."""
        found = self._views.get(policy.rights)
        if found is None:
            found = self._views[policy.rights] = View(Documents(seen_by(policy), MEMORY_LIMIT // 8), api_of(policy))
            if len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(policy.rights)
        return found

    def keys(self) -> Keys:
        """The sealing keys, which the linker and whoever opens a number need; read anew when the file is another."""
        path = self.settings.key_file
        at = path.stat().st_mtime_ns if path.exists() else 0
        if self._keys is None or self._keys[1] != at:
            self._keys = (Keys.load_or_make(path, self.settings.crypto), path.stat().st_mtime_ns)
        return self._keys[0]

    async def events(self, request: Request) -> AsyncGenerator[Answer, None]:
        """The answers of a request one after another: one of a query or mutation, as many of a subscription as there are events."""
        try:
            asking = await self._asking(request)
            request = self.meant(request)
            document, operation = await self.prepared(request, asking)
        except (Refused, TooMuch, RecursionError, NotAdmitted) as error:
            yield refusal(error)
            return
        if operation.operation.value != "subscription":
            yield await self.answer(request)
            return
        about: set[str] = set()
        waiting = Context(
            None, self.settings.division, self.today, lambda: None, asking.policy, asking.viewer,
            publications=self.publications.since, finding_events=functools.partial(self._finding_events, asking, about),
        )  # fmt: skip
        told: Any = await self.view(asking.policy).api.subscribe(
            request.document, variable_values=dict(request.variables or {}), operation_name=request.operation, context_value=waiting
        )
        if not hasattr(told, "__aiter__"):
            yield self._written(told)
            return
        async with contextlib.aclosing(told):
            async for result in self._while_admitted(told, asking.viewer):
                try:
                    if not document.fields.isdisjoint(asking.policy.allowed.personal):
                        self._reads_on(asking.viewer)
                        await self._note(document, asking, operation, document.fields, set(about), {"glass": list(asking.glasses)} if asking.glasses else {})
                except NotAdmitted as stopped:
                    yield refusal(stopped)
                    return
                except Exception as error:  # the event does not leave without its entry
                    yield failed(error)
                    return
                about.clear()
                yield self._written(result)

    async def _finding_events(self, asking: Asking, about: set[str], after: int | None) -> AsyncIterator[Sequence[Any]]:
        """What becomes of the findings that the viewer sees now – rights and broken glasses are looked at anew each time – and whom it is about."""
        async for publication in self.publications.since(after):
            rows: Sequence[Any] = ()
            while True:
                now = await self.admission.again(asking)
                async with self.reading(now) as context:
                    try:
                        rows = await context.rows(events_of(now.policy, self.settings.division, publication["no"], rows[-1] if rows else None))
                    except asyncio.CancelledError:
                        await context.given_up()
                        raise
                if not rows:
                    break
                about |= context.read
                yield rows

    async def _note(
        self, document: Document, asking: Asking, operation: OperationDefinitionNode, fields: frozenset[str], about: set[str], noted: dict[str, Any]
    ) -> None:
        """What was read of whom, in the audit. NotAdmitted where it is of more people than the account may read of: it does not leave then.

        What a mutation tells leaves all the same, since it is done; the next question is stopped.
        """
        now = datetime.now(UTC)
        if asking.viewer.kind is not Kind.TEST and not self.admission.watch.knows(asking.viewer.subject, now):
            self.admission.watch.looked(asking.viewer.subject, asking.viewer.role, await self._read_before(asking.viewer, now), now)
        self.admission.watch.note(asking.viewer.subject, asking.viewer.role, about, now)
        stopped = None if operation.operation.value == "mutation" else await self._stopped(asking)
        if stopped:
            about, noted = set(), {name: told for name, told in noted.items() if name != "asked"} | {"stopped": stopped}
        await self._keep(document, asking, operation, fields, about, noted)
        if stopped:
            self._reads_on(asking.viewer)

    async def _read_before(self, viewer: Viewer, now: datetime) -> set[str]:
        """Of whom an account has read within the hour, by the audit: in other processes, or before this one began; since a second person let it read on, if one has."""
        auditor = await self.database.connect("auditor")
        try:
            rows = await auditor.fetch(READ_BEFORE, self.settings.division, viewer.subject, now.replace(minute=0, second=0, microsecond=0))
        finally:
            await auditor.close()
        return {str(row["person"]) for row in rows}

    async def _keep(
        self, document: Document, asking: Asking, operation: OperationDefinitionNode, fields: frozenset[str], about: set[str], noted: dict[str, Any]
    ) -> None:
        name = operation.name.value if operation.name else ""
        if asking.case:
            noted = {"case": asking.case} | noted
        await self.audit.write(entry_of(asking.viewer, asking.purpose, name, document.hash, fields, about, **noted))

    async def _asked(self, document: Document, variables: Mapping[str, Any], asking: Asking) -> Asked:
        """Whom the request asks about by what it says itself, whatever the answer then tells of them."""
        meant = [aim.means(variables) for aim in document.aims]
        by_id, sought = set[str]().union(*(one.people for one in meant)), dict.fromkeys(who for one in meant for who in one.sought)
        names_somebody = any(one.by_id or any(who.names for who in one.sought) for one in meant)
        if not sought:
            return Asked(by_id, by_id, names_somebody)
        few = await self._few(asking, sought)
        return Asked(by_id, by_id | few, names_somebody, [who for one in meant for who in one.where_somebody_lives], [one.plain for one in sought if one.by_age])

    async def _few(self, asking: Asking, sought: Iterable[Sought]) -> set[str]:
        """Whom filters mean, where they mean few; of those that mean many it is remembered for the day, names excepted."""
        asker = (asking.policy.rights, asking.care, self.today)
        new = [one for one in sought if (asker, one) not in self._means_many]
        if not new:
            return set()
        async with self.reading(asking) as context:
            few, many = await whom_named(context, new)
        self._means_many |= {(asker, one) for one in many if not one.names}
        if len(self._means_many) > MOST_KNOWN:
            self._means_many.clear()
        return few

    async def _few_where_they_live(self, asking: Asking, sought: Sequence[Sought], about: set[str]) -> set[str]:
        """Whom filters mean that are asked of the divisions in which some people live."""
        people = [one for one in about if "/" not in one][:MOST_ASKED_ABOUT]
        if not sought or not people:
            return set()
        async with self.reading(asking) as context:
            towns = await townships_of(context, people)
        return await self._few(asking, [one.within(town) for one in sought for town in sorted(towns)])

    async def _while_admitted(self, events: Any, viewer: Viewer) -> AsyncIterator[Any]:
        """The events until the viewer's token ends or their rights are taken away: looked at every second, event or none."""
        following = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                await asyncio.wait([following], timeout=STILL_ADMITTED)
                await self.admission.still(viewer)
                if following.done():
                    if following.result() is None:
                        return
                    yield following.result()
                    following = asyncio.ensure_future(anext(events, None))
        except NotAdmitted:
            return
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await following

    async def answer(self, request: Request) -> Answer:
        """Answer one request: what it reads is in the audit before the answer leaves."""
        try:
            asking = await self._asking(request)
            request = self.meant(request)
            document, operation = await self.prepared(request, asking)
            if operation.operation.value == "subscription":
                raise Refused(GraphQLError("a subscription is answered event by event: accept text/event-stream, or ask over a WebSocket"))
            variables = self.variables(document, operation, request.variables, asking)
            fields = document.fields | more if (more := input_fields(operation, variables)) else document.fields
            personal, changes = not fields.isdisjoint(asking.policy.allowed.personal), operation.operation.value == "mutation"
            if personal:
                self._reads_on(asking.viewer)
                await self.audit.ready()
            plan = await self._plan(document, operation, variables, asking.policy, request.limits)
            if changes and (unfit := next(filter(None, (aim.unfit(variables) for aim in document.aims)), "")):
                raise Refused(GraphQLError(unfit))
            asks = await self._asked(document, variables, asking)
            asked = set(asks.people)
            if request.reads_only and (asked or asks.by_name):  # an id or a name, or a filter that means few
                raise Refused(GraphQLError("by GET nobody is asked about by id, by name or alone, since addresses are kept in histories and logs; send it by POST"))
            noted: dict[str, Any] = {name: told for name, told in (("glass", list(asking.glasses)), ("asked", sorted(asked)), ("ages", asks.ages)) if told}
            if changes:  # no change without its entry: this one stands before it, that of what the answer tells after
                noted["act"] = secrets.token_hex(8)  # both are of one
                await self._keep(document, asking, operation, fields, asked, {**noted, "begins": True})
            told = await self._first_road(plan, variables) if plan.sql is not None else None
            if told is not None:
                answer, about = Answer(told[0]), told[1]
            else:
                answer, context = await self._second_road(request, asking, None if changes else DEADLINE)
                about, noted = context.read, noted | context.noted
            asked |= await self._few_where_they_live(asking, asks.where_somebody_lives, about)
            if changes:
                self.admission.look_anew()
            elif unseen := asks.by_id - about:
                noted = {**noted, "unseen": sorted(unseen)}  # out of the asker's care, or not there
            if asked:
                noted["asked"] = sorted(asked)
            if about or asked or personal:
                try:
                    await self._note(document, asking, operation, fields, about | asked, noted)
                except AuditDown:
                    if not changes:
                        raise
                    return UNTOLD
            return answer
        except (Refused, TooMuch, RecursionError, NotAdmitted) as error:
            return refusal(error)
        except Exception as error:  # whatever it is, an id is all that leaves
            return failed(error)

    async def note_refused(self, refused: NotAdmitted, purpose: str) -> None:
        """Who is not let in: an account is named in the audit; of a token that nobody vouches for the log has a line, which names nobody."""
        viewer, why = refused.viewer, str(refused)
        if not self.refusals.note(viewer.subject if viewer else "", why):
            return
        if viewer is None:
            log.warning("not let in (%d): %s", refused.status, why)
        else:
            await self._keep_refusal(viewer, purpose if purpose in CATALOGUE.purposes else "", why)

    async def _note_ungranted(self, request: Request, document: Document, asking: Asking) -> None:
        """A document that is good for the whole graph and not for the asker's asks for what is not granted: the audit has the fields, once a minute."""
        viewer = asking.viewer
        if viewer.kind is Kind.TEST or not self.refusals.is_due(viewer.subject, NOT_GRANTED):
            return
        whole = await asyncio.get_running_loop().run_in_executor(self.study, self.documents.find, request.document, request.limits)
        ungranted = {name for name in whole.fields if name in CATALOGUE.item_of} - asking.policy.allowed.fields
        if ungranted and self.refusals.note(viewer.subject, NOT_GRANTED):
            await self._keep_refusal(viewer, asking.purpose, NOT_GRANTED, document.hash, ungranted)

    async def _keep_refusal(self, viewer: Viewer, purpose: str, why: str, document: str = "", fields: Collection[str] = ()) -> None:
        with contextlib.suppress(AuditDown):  # it is refused all the same
            await self.audit.write(entry_of(viewer, purpose, "refused", document, fields, (), refused=why))

    def _reads_on(self, viewer: Viewer) -> None:
        """NotAdmitted where the account has read of too many people, and no second person has let it read on."""
        if viewer.subject in self.admission.stopped:
            raise NotAdmitted(f"this account has read of more than {alarms.STOP} people within an hour; a second person must let it read on (accessRequests, decideAccess)", 403)

    async def _stopped(self, asking: Asking) -> int | None:
        """The request by which the account is stopped, where this answer is of more people than it may read of; it does not leave then."""
        viewer = asking.viewer
        if viewer.kind is Kind.TEST or not self.admission.watch.stops(viewer.subject):
            return None
        writer = await self.database.connect("writer")
        try:
            no = await stop_reading(writer, self.settings.division, Asker(viewer.subject, viewer.department, viewer.role, asking.purpose), alarms.STOP)
        finally:
            await writer.close()
        self.admission.stopped |= {viewer.subject}
        return no

    async def _asking(self, request: Request) -> Asking:
        """Who asks; NotAdmitted where that is nobody."""
        return request.asking or await self.admission.admit("", "")

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

    async def prepared(self, request: Request, asking: Asking) -> tuple[Document, OperationDefinitionNode]:
        """The document and the operation that is asked for; Refused where there is none that may run, of the graph that the asker has."""
        documents = self.view(asking.policy).documents
        document = documents.known(request.document, request.limits)
        if document is None:
            try:
                document = await asyncio.get_running_loop().run_in_executor(self.study, documents.find, request.document, request.limits)
            except TooMuch:
                if asking.viewer.kind is not Kind.TEST and self.refusals.note(asking.viewer.subject, TOO_MUCH):
                    await self._keep_refusal(asking.viewer, asking.purpose, TOO_MUCH)
                raise
        if document.errors:
            await self._note_ungranted(request, document, asking)
            raise Refused(*document.errors)
        operation = document.operation(request.operation)
        if operation is None:
            told = "there is no operation of the name that operationName gives" if request.operation else "say by operationName which operation is meant"
            raise Refused(GraphQLError(told))
        if request.reads_only and operation.operation.value != "query":
            raise Refused(GraphQLError("by GET only queries are answered; send a mutation by POST"))
        return document, operation

    async def _plan(self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any], policy: Policy, limits: Limits) -> Plan:
        """The plan of an operation; a new one is made beside whoever asks what is known."""
        documents = self.view(policy).documents
        plan = documents.known_plan(document, operation, variables, policy)
        if plan is not None:
            return plan
        return await asyncio.get_running_loop().run_in_executor(self.study, documents.plan, document, operation, variables, policy, limits)

    def variables(self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any] | None, asking: Asking) -> dict[str, Any]:
        """The variables as the operation declares them, with what else a statement needs of the request."""
        found = document.variables[operation.name.value if operation.name else ""].read(given)
        if isinstance(found, list):
            raise Refused(*found)
        return {**found, **asking.request(self.settings.division, self.today)}

    async def _first_road(self, plan: Plan, variables: Mapping[str, Any]) -> tuple[bytes, set[str]] | None:
        """The statement's answer, and whom it is about; None where the resolvers must tell what is wrong with an argument."""
        assert plan.sql is not None
        try:
            parameters = plan.parameters(variables)
        except BadInput:
            return None
        if self.noted:
            self.noted(plan.sql)
        row = await self.readers.row(plan.sql, parameters)
        return None if row["refused"] else unmarked(plan.answer(row))

    async def _second_road(self, request: Request, asking: Asking, deadline: float | None) -> tuple[Answer, Context]:
        """The resolvers' answer, with the context that knows whom the rows that they read are about; who changes something waits for whoever changes it now, however long that takes."""
        async with self.reading(asking, request.limits) as context:
            try:
                async with asyncio.timeout(deadline):
                    result = await self.view(asking.policy).api.execute(
                        request.document, variable_values=dict(request.variables or {}), operation_name=request.operation, context_value=context
                    )
                    await context.settled()
            except (asyncio.CancelledError, TimeoutError) as ended:
                await context.given_up()
                if isinstance(ended, TimeoutError):
                    raise TooLong from None
                raise
        return self._written(result), context

    def _written(self, result: Any) -> Answer:
        errors = [shown(error) for error in result.errors or ()]
        refused = getattr(result, "data", None) is None and bool(errors) and all("path" not in error for error in errors)
        body: dict[str, Any] = {"errors": errors} if errors else {}
        if not refused:
            body["data"] = result.data
        return Answer(orjson.dumps(body, default=str), refused)

    @asynccontextmanager
    async def reading(self, asking: Asking, limits: Limits = AD_HOC) -> AsyncIterator[Context]:
        """A request's context: one connection, one snapshot, and what row security asks of the viewer."""
        async with self.reader.connect() as connection:
            await self._begin(connection, asking)
            yield Context(
                connection, self.settings.division, self.today, lambda: self._writing(connection, asking), asking.policy, asking.viewer, page=limits.page, purpose=asking.purpose, keys=self.keys,
            )

    async def _begin(self, connection: AsyncConnection, asking: Asking) -> None:
        await connection.execute(text("set transaction isolation level repeatable read, read only"))
        told = asking.policy.settings(self.settings.division, self.today, asking.care)
        await connection.execute(text("select " + ", ".join(f"set_config('hub.{name}', :{name}, true)" for name in told)), told)

    @asynccontextmanager
    async def _writing(self, reader: AsyncConnection, asking: Asking) -> AsyncIterator[Any]:
        """A writer's connection for one mutation; what is read after it sees what it wrote."""
        connection = await self.database.connect("writer")
        try:
            yield connection
        finally:
            await connection.close()
        await reader.rollback()
        await self._begin(reader, asking)

    async def close(self) -> None:
        """Give the connections back."""
        await self.audit.close()
        self.study.shutdown(cancel_futures=True)
        await self.readers.close()
        await self.publications.close()
        await self.reader.dispose()


def input_fields(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> frozenset[str]:
    """The fields of input objects that come as variables: a filter reads what it asks for."""
    found: set[str] = set()
    for definition in operation.variable_definitions or ():
        value = variables.get(definition.variable.name.value)
        if isinstance(value, dict):
            named: Any = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
            found.update(f"{named.name.value}.{name}" for name, told in value.items() if told is not None)
    return frozenset(found)


def refusal(error: Exception) -> Answer:
    """The answer to a request that is not executed."""
    if isinstance(error, NotAdmitted):
        return Answer(orjson.dumps({"errors": [{"message": str(error)}]}), refused=True, status=error.status)
    errors = [formatted(one) for one in error.errors] if isinstance(error, Refused) else [{"message": str(error) or "the request is nested too deeply"}]
    return Answer(orjson.dumps({"errors": errors}), refused=True)


def shown(error: GraphQLError) -> dict[str, Any]:
    """An error as the caller may see it: the language's own and BadInput in words, anything else as an id that the log has."""
    told = formatted(error)
    original = error.original_error
    if original is None or isinstance(original, (BadInput, GraphQLError)):
        return {key: told[key] for key in ("message", "locations", "path") if told.get(key) is not None}
    path = {"path": told["path"]} if told.get("path") else {}
    return {"message": noted(original, ".".join(str(p) for p in error.path or ())), **path}


def failed(error: BaseException) -> Answer:
    """The answer where the statement did not come to its end."""
    if isinstance(error, (asyncpg.QueryCanceledError, TooLong)):
        return Answer(orjson.dumps({"errors": [{"message": f"this took longer than {DEADLINE} s and was ended"}], "data": None}))
    if isinstance(error, AuditDown):
        return Answer(orjson.dumps({"errors": [{"message": "the audit cannot be written, and so nothing is read or changed; come back in a moment"}]}), refused=True, busy=True)
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


#: The persons of whom an account ($2) has read since an hour began ($3).
READ_BEFORE = """
    select distinct unnest(e.persons) as person from audit_entry e
     where e.division = $1 and e.no > (select coalesce(max(upto), 0) from audit_hour where division = $1)  -- of hours that are over
       and case when strpos(e.entry, '"who":' || to_json($2::text)::text) > 0 then e.entry::jsonb->>'who' = $2 else false end
       and e.at >= greatest($3, (select max(decided_at) from access_request where division = $1 and asked_by = $2 and kind = 'READING' and agreed))"""
