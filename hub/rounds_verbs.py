"""The verbs `hub round …`: open, hand out, take back, countersign, sign off, compare, draw again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.auditing import record
from hub.refusal import Refusal
from hub.rounds.comparing import compare
from hub.rounds.freezing import NotOpened, Wanted, draw_again, open_round
from hub.rounds.results import NotTaken, countersign, sign, unsettled
from hub.rounds.sheets import take_sheet, told_of, write_sheets
from hub.storage.publishing import Publication, publishing
from hub.verbs import On, carry_out, console, print_table

round_app = typer.Typer(no_args_is_help=True, help="Inspection rounds of a joint team: freeze a list, hand it out, take it back, sign it off.")
No = Annotated[int, typer.Argument(min=1, help="The round, as `hub round open` printed it.")]
By = Annotated[str, typer.Option("--by", help="Who does it.")]
Department = Annotated[str, typer.Option("--department", help="For which department: education, disabled_persons, justice, township …")]


def _carry_out(work: Callable[[Any], Awaitable[Any]], on: datetime | None = None) -> Any:
    async def told(hub: Any) -> Any:
        try:
            return await work(hub)
        except (NotOpened, NotTaken) as refused:
            raise Refusal(f"{refused.field}: {refused}") from None

    return carry_out(told, on)


def _published(kind: str, by: str, work: Callable[[Publication], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
    async def published(hub: Any) -> Any:
        async with publishing(hub.connection, division=hub.division, kind=kind, by=by, business_date=hub.today()) as publication:
            return await work(publication)

    return published


@round_app.command("open")
def round_open(
    title: Annotated[str, typer.Argument(help="What the round is called.")],
    by: By,
    department: Department,
    rules: Annotated[list[str], typer.Option("--rule", help="A rule whose open findings are looked into; several times.")],
    with_: Annotated[list[str], typer.Option("--with", help="Another department of the team; several times.")],
    townships: Annotated[list[str] | None, typer.Option("--township", help="Only these townships; several times.")] = None,
    sample: Annotated[int | None, typer.Option("--sample", help="Of each township at most so many, drawn by the seed.")] = None,
    seed: Annotated[str, typer.Option("--seed", help="What the sample is drawn by; made up where it is not given, and kept.")] = "",
    frozen_on: Annotated[datetime | None, typer.Option("--frozen-on", formats=["%Y-%m-%d"], help="The date of the list; the business date where it is not given.")] = None,
    known: Annotated[int | None, typer.Option("--as-known-at", help="The publication as known at which the list is; the newest.")] = None,
    on: On = None,
) -> None:
    """Freeze a list of open findings at a date and a publication."""
    wanted = Wanted(title, tuple(rules), (department, *with_), tuple(townships or ()), sample, seed, frozen_on.date() if frozen_on else None, known)

    async def work(publication: Publication) -> Any:
        no = await open_round(publication, wanted, by=by, department=department)
        return await publication.connection.fetchrow("select * from inspection_round where division = $1 and id = $2", publication.division, no)

    told = _carry_out(_published("round", by, work), on)
    console.print(f"round {told['id']}: {told['size']} rows frozen on {told['frozen_on']} as known at publication {told['known']}, seed {told['seed']}", markup=False)


@round_app.command("sheet")
def round_sheet(
    no: No,
    out: Annotated[Path, typer.Option("--out", help="The folder for the sheets; only their owner may read them.")],
    township: Annotated[str, typer.Option("--township", help="Only this township's; - for rows of none.")] = "",
) -> None:
    """Write the sheets of a round, one a township."""

    async def work(hub: Any) -> Any:
        listed = await hub.connection.fetch("select distinct person from round_row where division = $1 and round = $2 and person is not null", hub.division, no)
        await record(hub, "hub round sheet", f"{no}/{township}", about=[str(row["person"]) for row in listed])
        return await write_sheets(hub.connection, hub.division, no, out, township=township)

    for path, rows in _carry_out(work):
        console.print(f"{path}: {rows} rows", markup=False)


@round_app.command("take")
def round_take(no: No, file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], by: By, department: Department, on: On = None) -> None:
    """Take a filled sheet back: what stands, what waits, what conflicts, each with its row; exit code 1 where an answer is refused."""

    async def work(publication: Publication) -> Any:
        return await take_sheet(publication, no, file, by=by, department=department)

    lines = _carry_out(_published("round", by, work), on)
    for line in lines:
        if line.taken is None or line.taken.state != "TAKEN":
            console.print(f"row {line.row}: " + (line.refused if line.taken is None else f"{line.taken.state} (answer {line.taken.result}): {line.taken.reason}"), markup=False)
    console.print(", ".join(f"{count} {state}" for state, count in sorted(told_of(lines).items())) or "the sheet holds no answer")
    if any(line.taken is None for line in lines):
        raise typer.Exit(1)


@round_app.command("waiting")
def round_waiting(no: No) -> None:
    """The answers that wait for a second department."""

    async def work(hub: Any) -> Any:
        return await unsettled(hub.connection, hub.division, no)

    rows: list[tuple[str, ...]] = [(str(row["id"]), row["township"] or "", row["code"], row["department"], row["state"], row["reason"]) for row in _carry_out(work)]
    print_table("待会签 waiting", ("answer", "township", "code", "department", "state", "why"), rows)


@round_app.command("countersign", context_settings={"ignore_unknown_options": True})
def round_countersign(answer: Annotated[int, typer.Argument(help="The answer, as `hub round waiting` lists it.")], by: By, department: Department, on: On = None) -> None:
    """Let another department's answer stand."""

    async def work(publication: Publication) -> Any:
        return await countersign(publication, result=answer, by=by, department=department)

    console.print(f"answer {_carry_out(_published('round', by, work), on).result} stands")


@round_app.command("close")
def round_close(
    no: No,
    by: By,
    department: Department,
    unanswered: Annotated[bool, typer.Option("--leave-unanswered", help="Sign although rows have no answer that stands; their findings stay open.")] = False,
    on: On = None,
) -> None:
    """Sign a round off for a department; it is closed when all of its departments have."""

    async def work(publication: Publication) -> Any:
        return await sign(publication, round_no=no, by=by, department=department, unanswered=unanswered)

    left = _carry_out(_published("round", by, work), on)
    console.print(f"signed; waits for {', '.join(left)}" if left else "signed; the round is closed")


@round_app.command("compare")
def round_compare(first: No, second: No) -> None:
    """Two rounds: who is on both lists, who has come and gone, and what was answered otherwise."""

    async def work(hub: Any) -> Any:
        return await compare(hub.connection, hub.division, first, second)

    told = _carry_out(work)
    console.print(f"{len(told.both)} on both lists ({len(told.changed())} answered otherwise), {len(told.gone)} only on {first}, {len(told.come)} only on {second}")
    print_table("改变的结论 answered otherwise", ("finding", str(first), str(second)), [(str(other.finding), one.code, other.code) for one, other in told.changed()])


@round_app.command("replay")
def round_replay(no: No) -> None:
    """Draw a round's list again from the two axes, and tell whether it is the one that was handed out."""

    async def work(hub: Any) -> Any:
        return await draw_again(hub.connection, hub.division, no)

    rows, same = _carry_out(work)
    if not same:
        raise Refusal(f"round {no} drawn again gives {len(rows)} rows, and not those that were handed out")
    console.print(f"round {no} drawn again: {len(rows)} rows, identical")


@round_app.command("tell")
def round_tell(on: On = None) -> None:
    """Send departments the events of their findings and their digests by the signed web-hooks of hooks.toml, as the worker does; what fails waits for the next time."""
    from hub.telling import tell_departments

    told = carry_out(tell_departments, on)
    for one in told:
        console.print(one.told(), markup=False)
    if any(one.failed for one in told):
        raise Refusal("some departments could not be told; the next time goes on from what they confirmed")


@round_app.command("digest")
def round_digest(department: Department, on: On = None) -> None:
    """What a day brought a department, as the web-hook tells it: counts by rule and kind, the ids of the findings, what is open and overdue."""
    from hub.events.hooks import digest

    async def work(hub: Any) -> dict[str, Any]:
        return await digest(hub.connection, hub.division, department, hub.today())

    told = carry_out(work, on)
    kinds = ("NEW", "CHANGED", "CONTRADICTED", "OVERDUE")
    print_table(f"{told['day']} {department}: {told['open']} open, {told['overdue']} overdue", ("rule", *kinds), [(rule, *(str(counts.get(kind, 0)) for kind in kinds)) for rule, counts in told["counts"].items()])
    for kind, ids in told["findings"].items():
        console.print(f"{kind}: {' '.join(ids)}", markup=False)
