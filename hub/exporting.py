"""Export a list of the graph: a document, its variables and a file, as the verb takes them; the audit has it before the first row."""

from datetime import date
from pathlib import Path

import orjson

from hub.auditing import record
from hub.exports.lists import WRITERS, export_list
from hub.opening import Hub
from hub.query.bulk import bulk
from hub.query.documents import read
from hub.query.limits import TRUSTED
from hub.query.policy import ALLOWS_EVERYTHING
from hub.query.reading import BadInput
from hub.query.trusted import sha256
from schema.declared import graph


async def export_document(hub: Hub, text: str, variables: str, out: Path, on: date) -> int:
    """Write the list that a document asks for; returns how many rows. BadInput where it cannot be exported."""
    if out.suffix not in WRITERS:
        raise BadInput(f"{out.name}: the file must end in {', '.join(WRITERS)}")
    document = read(graph.types, text, TRUSTED)
    operation = document.operation(None)
    if document.errors or operation is None:
        raise BadInput("; ".join(error.message for error in document.errors) or "the document must hold one operation")
    try:
        given = orjson.loads(variables)
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise BadInput("the variables must be a JSON object")
    told = document.variables[operation.name.value if operation.name else ""].read(given)
    if isinstance(told, list):
        raise BadInput("; ".join(error.message for error in told))
    asked = told | ALLOWS_EVERYTHING.request(hub.division, on)
    told_of = bulk(graph, document, operation, asked, ALLOWS_EVERYTHING)
    await record(hub, "hub export list", sha256(text), sorted(document.fields), whole_list=True)
    connection = await hub.database.connect("reader")
    try:
        return await export_list(connection, told_of, asked, out)
    finally:
        await connection.close()
