"""Export a list of the graph: a document, its variables and a file, as the verb takes them; the audit has it before the first row."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from hub.access.accounts import INVENTED
from hub.access.catalogue import Reach
from hub.access.deciding import Asker as DecidedFor
from hub.access.requests import OPEN_MINUTES, Asker, Kind, NotOpened, ask
from hub.access.rights import rights_of
from hub.auditing import PURPOSE, record
from hub.exports import entitlements, findings, mentions
from hub.exports.cells import write_csv
from hub.exports.entitlements import told_entitlements
from hub.exports.findings import told_findings
from hub.exports.lists import WRITERS, export_list, told_of
from hub.exports.mentions import told_mentions
from hub.opening import Hub
from hub.query.bulk import bulk
from hub.query.documents import read
from hub.query.limits import TRUSTED
from hub.query.policy import ALLOWS_EVERYTHING, CATALOGUE, Policy
from hub.query.reading import BadInput
from hub.query.trusted import sha256
from hub.query.wording import without_values
from hub.refusal import Refusal
from hub.settings import Settings
from schema.declared import graph as everything
from schema.declared import seen_by

ROWS_ALONE = 50  # rows that one person takes away without a second person's agreement (G.8)


@dataclass(frozen=True)
class Recipient:
    """Whom a file is made for: it holds what that role may see for a purpose of the places in its care, and nothing else."""

    role: str
    purpose: str
    care: frozenset[str] = frozenset()

    @property
    def said(self) -> str:
        """In words, as the audit and the file have it."""
        return f"{self.role} {self.purpose} {','.join(sorted(self.care))}".strip()

    def policy(self) -> Policy:
        """What the recipient may see; BadInput where that is nothing."""
        role = CATALOGUE.roles.get(self.role)
        rights = rights_of(CATALOGUE, DecidedFor(role.department if role else "", self.role), self.purpose, date.today())
        if not rights.fields:
            raise BadInput(f"nobody is granted anything as {self.role} for {self.purpose}: `hub access who FIELD` lists roles and purposes")
        if rights.reach is not Reach.COUNTY and not self.care:
            raise BadInput(f"{self.role} sees what is in its care: say which townships, villages or schools (--care)")
        return Policy(rights)


EVERYTHING = "hub"  # nobody but the hub's own machine: such a file is handed on to nobody


async def export_document(
    hub: Hub, text: str, variables: str, out: Path, on: date, *, request: int | None = None, because: str = "", recipient: Recipient | None = None
) -> int:
    """Write the list that a document asks for; returns how many rows. BadInput where it cannot be exported.

    More than fifty rows, or rows about more than fifty people, need a request that somebody else has agreed to: without one it is asked for, and Refusal says its number.
    With a recipient the document is of the recipient's graph, and a field that it does not have is an unknown one.
    """
    policy = recipient.policy() if recipient else ALLOWS_EVERYTHING
    graph = seen_by(policy) if recipient else everything
    if out.suffix not in WRITERS:
        raise BadInput(f"{out.name}: the file must end in {', '.join(WRITERS)}")
    document = read(graph.types, text, TRUSTED)
    operation = document.operation(None)
    if document.errors or operation is None:
        raise BadInput("; ".join(without_values(error.message) for error in document.errors) or "the document must hold one operation")
    try:
        given = orjson.loads(variables)
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise BadInput("the variables must be a JSON object")
    told = document.variables[operation.name.value if operation.name else ""].read(given)
    if isinstance(told, list):
        raise BadInput("; ".join(without_values(error.message) for error in told))
    care = recipient.care | {f"department/{CATALOGUE.roles[recipient.role].department}"} if recipient else frozenset[str]()
    asked = told | policy.request(hub.division, on, care)
    whole, marked = (bulk(graph, document, operation, asked, policy, marks=marks) for marks in (False, True))
    whose = recipient.said if recipient else EVERYTHING
    who, told_hash = f"shell:{getpass.getuser()}", sha256("\0".join((text, variables, whose)))
    connection = await hub.database.connect("reader")
    try:
        about = await told_of(connection, marked, asked, ROWS_ALONE)
        if about is None and hub.settings.without_token != "everything":
            await _agreed(hub, who, told_hash, request, because)
        await record(hub, "hub export list", sha256(text), sorted(document.fields), sorted(about or ()), whole_list=True, request=request, made_for=whose)
        return await export_list(connection, whole, asked, out, _mark(who, recipient, request))
    finally:
        await connection.close()


async def export_found(hub: Hub, out: Path, *, recipient: Recipient | None = None, request: int | None = None, because: str = "") -> int:
    """Write the findings, all or those that a recipient may see; returns how many. The audit has it first."""
    policy = recipient.policy() if recipient else ALLOWS_EVERYTHING
    if "finding" not in policy.allowed.tables or policy.allowed.reach in (Reach.VILLAGE, Reach.SCHOOL):
        raise BadInput("findings are not shown to this role for this purpose")
    townships = recipient.care if recipient and policy.allowed.reach is Reach.TOWNSHIP else None
    rows = await told_findings(hub.connection, hub.division, on=hub.settings.business_date, opened=sorted(policy.allowed.tables) if recipient else None, townships=townships)
    return await _taken(hub, "findings", out, findings.HEADER, rows, request, because, recipient)


async def export_named(hub: Hub, out: Path, *, request: int | None = None, because: str = "") -> int:
    """Write who is named in which row; returns how many lines. The audit has it first."""
    rows = [tuple(row.values()) for row in await told_mentions(hub.connection, hub.division, on=hub.settings.business_date)]
    return await _taken(hub, "mentions", out, mentions.HEADER, rows, request, because)


async def export_answers(hub: Hub, out: Path, *, request: int | None = None, because: str = "") -> int:
    """Write each child's answer for each programme; returns how many lines. The audit has it first."""
    async with hub.database.engine("writer").connect() as connection:
        rows = await told_entitlements(connection, hub.division, on=hub.today())
    return await _taken(hub, "entitlements", out, entitlements.HEADER, rows, request, because)


async def _taken(
    hub: Hub, name: str, out: Path, header: Sequence[str], rows: Sequence[Sequence[object]], request: int | None, because: str, recipient: Recipient | None = None
) -> int:
    """Write rows about persons once they may be taken away: the audit has for whom, and so has the file where it is handed to somebody.

    Programs read the others to their last line, so nothing stands below those.
    """
    who, whose = f"shell:{getpass.getuser()}", recipient.said if recipient else EVERYTHING
    if len(rows) > ROWS_ALONE and has_approvers(hub.settings):
        await _agreed(hub, who, sha256("\0".join((name, str(hub.settings.business_date), whose))), request, because)
    await record(hub, f"hub export {name}", whole_list=True, request=request, made_for=whose)
    return write_csv(out, header, [*rows, *([[_mark(who, recipient, request)]] if recipient else [])]) - bool(recipient)


def has_approvers(settings: Settings) -> bool:
    """Whether there is anybody who could agree: the hub has accounts of the city, and does not hold invented people only."""
    return bool(settings.oidc_issuer) and not (settings.home / INVENTED).exists()


def _mark(who: str, recipient: Recipient | None, request: int | None) -> str:
    """What stands below the rows of a file: who took them, when, why, and for whom (G.8)."""
    handed = f" 供 {recipient.said}" if recipient else " 不得转交"
    return f"{who} {datetime.now(UTC).isoformat(timespec='seconds')} {PURPOSE}{handed}" + (f" 申请{request}" if request else "")


async def _agreed(hub: Hub, who: str, what: str, request: int | None, because: str) -> None:
    """Refusal unless a second person has agreed to this very list within ten minutes; without a request one is asked for."""
    writer = await hub.database.connect("writer")
    try:
        if request is None:
            asker = Asker(who, "data_bureau", "it.operator", PURPOSE)
            no = await ask(writer, hub.division, Kind.EXPORT, asker, what=what, reason=because)
            raise Refusal(f"more than {ROWS_ALONE} rows need a second person: asked as request {no}; once it is agreed to (decideAccess), go on with --request {no}")
        good = await writer.fetchval(
            "select exists (select from access_request where division = $1 and no = $2 and kind = 'EXPORT' and asked_by = $3 and what = $4 and agreed and ends_at > now())",
            hub.division, request, who, what,
        )  # fmt: skip
        if not good:
            raise Refusal(f"request {request} is not agreed to, not of this document with these variables, or older than {OPEN_MINUTES} minutes")
    except NotOpened as refused:
        raise Refusal(f"{refused}: --because") from None
    finally:
        await writer.close()
