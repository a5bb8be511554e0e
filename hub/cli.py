"""The verbs: `hub run DIR`, `hub status`, `hub check`, `hub explain PERSON`, `hub serve` …; `hub --help` lists them."""

import asyncio
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from connectors.configured import SourcesError
from hub.access_verbs import access_app, audit_app, keys_app
from hub.contract.model import ContractError
from hub.refusal import Refusal
from hub.rounds_verbs import round_app
from hub.rules_verbs import rules_app
from hub.settings import CannotServe, SettingsError
from hub.steps.repairs import RepairError
from hub.storage.backup import BackupError
from hub.storage.database import DatabaseError
from hub.storage.embedded import ServerError
from hub.verbs import IDS, AsOf, Id, On, carry_out, console, errors, print_table, settings
from hub.who_verbs import link_app, review_app

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__)
contract_app = typer.Typer(no_args_is_help=True, help="Contracts: what a source's deliveries look like.")
quarantine_app = typer.Typer(no_args_is_help=True, help="Rows that could not be accepted: look, repair, replay.")
delivery_app = typer.Typer(no_args_is_help=True, help="Deliveries that were held: look, release, refuse.")
export_app = typer.Typer(no_args_is_help=True, help="Files for other programs.")
database_app = typer.Typer(no_args_is_help=True, help="The embedded database.")
for name, sub in (
    ("contract", contract_app),
    ("rules", rules_app),
    ("quarantine", quarantine_app),
    ("delivery", delivery_app),
    ("export", export_app),
    ("link", link_app),
    ("access", access_app),
    ("keys", keys_app),
    ("audit", audit_app),
    ("review", review_app),
    ("round", round_app),
    ("db", database_app),
):
    app.add_typer(sub, name=name)

RowNumber = Annotated[int, typer.Argument(min=1, max=2**31 - 1)]


def main() -> None:
    """Run one verb; a refusal is one sentence and exit code 1, never a traceback with somebody's data in it."""
    try:
        app()
    except REFUSALS as refusal:
        errors.print(f"hub: {refusal}", style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        errors.print("hub: stopped; what was committed stays, the rest is as it was")
        sys.exit(130)
    except Exception as error:
        from hub.storage.outage import outage

        if sentence := outage(error):
            errors.print(f"hub: {sentence}", style="red", markup=False)
            sys.exit(1)
        where = "".join(traceback.format_tb(error.__traceback__)[-6:])  # places in the program; a message could hold somebody's data
        errors.print(f"hub: a fault of the program ({type(error).__name__}); what was under way was undone. Report these places:", style="red")
        errors.print(where, markup=False)
        sys.exit(70)


REFUSALS = (SettingsError, Refusal, CannotServe, ServerError, DatabaseError, SourcesError, ContractError, BackupError, RepairError)


# --- the flow ---------------------------------------------------------------------------------------------------------


@app.command()
def run(
    folder: Annotated[Path, typer.Argument(exists=True, help="A folder of deliveries, or one file.")],
    on: On = None,
    as_of: AsOf = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
) -> None:
    """Carry every delivery under FOLDER to the published graph, then run the checks."""
    from connectors import replaced
    from hub.running import run_folder

    for name in replaced(settings().contracts):
        console.print(f"a contract under HUB_CONTRACTS takes the place of the hub's own {name}", markup=False)
    outcome = carry_out(lambda hub: run_folder(hub, folder, watch=_no_progress if quiet else _progress, as_of=as_of and as_of.date()), on, behind=True)
    if not outcome.reports and not outcome.refused:
        console.print(f"nothing to carry: {folder} holds no file (files whose names begin with . or ~$ are passed over)", markup=False)
    _print_outcome(outcome)
    if outcome.refusing:
        raise typer.Exit(1)


@app.command()
def pull(source: Annotated[str, typer.Argument(help="A source declared in sources.toml of HUB_HOME, by name.")], on: On = None) -> None:
    """Pull one configured source (SQL or HTTP) and carry what it gives to the published graph."""
    from hub.running import pull_source

    outcome = carry_out(lambda hub: pull_source(hub, source, watch=_progress), on, behind=True)
    _print_outcome(outcome)
    if outcome.refusing:
        raise typer.Exit(1)


@app.command()
def check(on: On = None) -> None:
    """Run the cross-checks at a business date; findings open, persist or are contradicted, never vanish."""
    from hub.running import run_checks

    for outcome in carry_out(run_checks, on, behind=True):
        console.print(outcome.told())


@app.command()
def status(on: On = None) -> None:
    """Sources with their freshness, held deliveries, quarantine, cells that could not be read, findings."""
    from hub.status import status as gather

    for table in carry_out(gather, on):
        print_table(table.title, table.headers, table.rows)


@app.command(context_settings=IDS)
def explain(person: Id, on: On = None) -> None:
    """A person's walk: rows, cleaning, links, facts (those that stand on the day are marked), findings."""
    from hub.auditing import record
    from hub.exports.explain import explain as tell

    async def work(hub: Any) -> str:
        await record(hub, "hub explain", about=[str(person)])
        return await tell(hub.connection, hub.division, person, on=hub.today())

    console.print(carry_out(work, on), markup=False)


# --- deliveries, quarantine, contracts --------------------------------------------------------------------------------


@delivery_app.command("list")
def delivery_list(on: On = None) -> None:
    """Deliveries that are held, since when, with their reasons."""
    from hub.status import held

    table = carry_out(held, on)
    print_table(table.title, table.headers, table.rows)


@delivery_app.command("release", context_settings=IDS)
def delivery_release(delivery: Id, by: Annotated[str, typer.Option(help="Who decides.")], on: On = None, as_of: AsOf = None) -> None:
    """Apply a held or a refused delivery although it looks wrong, or for the right date; who decided is kept."""
    from hub.running import release_delivery

    _print_outcome(carry_out(lambda hub: release_delivery(hub, delivery, by=by, as_of=as_of and as_of.date()), on))


@delivery_app.command("refuse", context_settings=IDS)
def delivery_refuse(delivery: Id, by: Annotated[str, typer.Option(help="Who decides.")], on: On = None) -> None:
    """Refuse a held delivery; it is kept as received and changes nothing; `release` takes it back."""
    from hub.running import refuse_delivery

    console.print(carry_out(lambda hub: refuse_delivery(hub, delivery, by=by), on), markup=False)


@quarantine_app.command("list")
def quarantine_list(source: Annotated[str, typer.Option(help="Only this source.")] = "", on: On = None) -> None:
    """Open rows by source, column and kind of error, and for how many days they have waited."""
    from hub.steps.quarantine import summary

    print_table(
        "隔离区 quarantine",
        ("delivery", "source", "file", "days", "rows", "column", "problem", "first rows"),
        carry_out(lambda hub: summary(hub.connection, hub.division, source, on=hub.today()), on),
    )


@quarantine_app.command("show", context_settings=IDS)
def quarantine_show(
    delivery: Id, sheet: Annotated[str, typer.Argument(help='The sheet\'s name; "" for a text file; FILE/SHEET where several files have one of that name.')], row: RowNumber, on: On = None
) -> None:
    """One row: its cells (numbers masked) and what is wrong with each."""
    from hub.auditing import record
    from hub.steps.quarantine import show

    async def work(hub: Any) -> list[str]:
        await record(hub, "hub quarantine show", about=[f"Row/{delivery}/{row}"])
        return await show(hub.connection, hub.division, delivery, sheet, row, on=hub.today())

    for line in carry_out(work, on):
        console.print(line, markup=False)


@quarantine_app.command("repair")
def quarantine_repair(
    file: Annotated[Path, typer.Argument(exists=True, help="CSV: delivery,sheet,row,column,value")],
    by: Annotated[str, typer.Option(help="Who repairs.")],
    on: On = None,
) -> None:
    """Write repaired cells beside the original row; `hub quarantine replay` applies them."""
    from connectors import load_contracts
    from hub.steps.quarantine import repair

    contracts = load_contracts(settings().contracts)
    console.print(carry_out(lambda hub: repair(hub.connection, hub.division, hub.keys, file, contracts=contracts, by=by), on), markup=False)


@quarantine_app.command("replay")
def quarantine_replay(source: Annotated[str, typer.Option(help="Only this source.")] = "", on: On = None) -> None:
    """Carry repaired rows to the graph, as if their delivery had held them so."""
    from hub.running import replay_quarantine

    console.print(carry_out(lambda hub: replay_quarantine(hub, source), on), markup=False)


@contract_app.command("check")
def contract_check(file: Annotated[Path, typer.Argument(exists=True)]) -> None:
    """Check a contract file; each fault is told with its line and column."""
    from connectors import load_contracts
    from hub.contract.reader import faults_of, read_contract

    if faults := faults_of(file):
        raise Refusal("\n".join(map(str, faults)))
    contract = read_contract(file)
    console.print(f"{file}: good. {contract.name} ({contract.title}): {len(contract.columns)} columns, {contract.mode} deliveries")
    if any(own.name == contract.name for own in load_contracts()):
        console.print(f"the hub has a contract {contract.name} of its own: under HUB_CONTRACTS this one takes its place", markup=False)


@contract_app.command("list")
def contract_list() -> None:
    """The contracts in force, the operator's own included."""
    from connectors import load_contracts

    print_table(
        "合同 contracts",
        ("name", "title", "mode", "columns"),
        [(c.name, c.title, c.mode, str(len(c.columns))) for c in load_contracts(settings().contracts)],
    )


# --- files for other programs -----------------------------------------------------------------------------------------

Out = Annotated[Path, typer.Option("--out", help="The CSV file to write.")]
Because = Annotated[str, typer.Option("--because", help="Why; more than fifty rows need a second person, who reads it.")]
Request = Annotated[int | None, typer.Option("--request", help="The request that a second person has agreed to.")]
For = Annotated[str, typer.Option("--for", help="The role that the file is handed to, such as township.inspector: it holds what that role may see.")]
Purpose = Annotated[str, typer.Option("--purpose", help="What the recipient needs it for, such as visit.")]
Care = Annotated[list[str] | None, typer.Option("--care", help="A township, village (township/village) or school of the recipient; several times.")]


def _recipient(role: str, purpose: str, care: list[str] | None) -> Any:
    """Whom a file is made for; None for nobody but this machine."""
    from hub.exporting import Recipient

    if not role and (purpose or care):
        raise Refusal("--purpose and --care say more of a recipient: name the role with --for")
    return Recipient(role, purpose, frozenset(care or ())) if role else None


@export_app.command("mentions")
def export_mentions(out: Out, because: Because = "", request: Request = None, on: On = None) -> None:
    """Each person named in each source row of the latest round, with person and register household."""
    from hub.exporting import export_named

    console.print(f"{carry_out(lambda hub: export_named(hub, out, request=request, because=because), on)} lines in {out}", markup=False)


@export_app.command("findings")
def export_findings(out: Out, because: Because = "", request: Request = None, role: For = "", purpose: Purpose = "", care: Care = None, on: On = None) -> None:
    """All findings, open and concluded; with a business date, those opened by then; for a recipient, those that it may see."""
    from hub.exporting import export_found
    from hub.query.reading import BadInput

    try:
        told = carry_out(lambda hub: export_found(hub, out, recipient=_recipient(role, purpose, care), request=request, because=because), on)
    except BadInput as bad:
        raise Refusal(str(bad)) from None
    console.print(f"{told} lines in {out}", markup=False)


@export_app.command("entitlements")
def export_entitlements(out: Out, because: Because = "", request: Request = None, on: On = None) -> None:
    """Each child's answer for each programme: RECEIVING, DUE, NOT_DUE or UNKNOWN."""
    from hub.exporting import export_answers

    console.print(f"{carry_out(lambda hub: export_answers(hub, out, request=request, because=because), on)} lines in {out}", markup=False)


@export_app.command("list")
def export_list(
    document: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A GraphQL document that asks one list for its nodes.")],
    out: Annotated[Path, typer.Option("--out", help="The file: .ndjson, .csv or .xlsx.")],
    variables: Annotated[str, typer.Option("--variables", help="The document's variables as a JSON object.")] = "{}",
    because: Because = "",
    request: Request = None,
    role: For = "",
    purpose: Purpose = "",
    care: Care = None,
    on: On = None,
) -> None:
    """A whole list of the graph, streamed to a file: { children(filter: {disabled: true}) { nodes { name township } } }."""
    from hub.exporting import export_document
    from hub.exports.lists import TooLong
    from hub.query.limits import TooMuch
    from hub.query.reading import BadInput

    try:
        told = carry_out(lambda hub: export_document(hub, document.read_text(encoding="utf-8"), variables, out, hub.today(), request=request, because=because, recipient=_recipient(role, purpose, care)), on)
    except (BadInput, TooMuch, TooLong) as bad:
        raise Refusal(str(bad)) from None
    console.print(f"{told} rows in {out}")


@app.command()
def evaluate(truth: Annotated[Path, typer.Argument(exists=True, help="The truth folder of a demo city.")], on: On = None) -> None:
    """Compare the graph with a demo city's planted truth."""
    from hub.demo.evaluate import evaluate as compare

    console.print(str(carry_out(lambda hub: compare(hub, truth, on=hub.today()), on)), markup=False)


# --- serving and keeping ----------------------------------------------------------------------------------------------


@app.command()
def serve(port: Annotated[int, typer.Option(help="0: any free port.")] = -1, on: On = None) -> None:
    """Serve the GraphQL endpoint and the query page on this machine."""
    from hub.serving import serve_hub

    serve_hub(settings(on), port=None if port < 0 else port, say=console.print)


@app.command()
def worker(once: Annotated[bool, typer.Option("--once", help="One round, then stop.")] = False, on: On = None) -> None:
    """Pull the configured sources by their cadence, run the checks, tell departments, keep nothing longer than it may be."""
    from hub.retention import keep as removing
    from hub.running import work

    async def keeping(hub: Any) -> str:
        return (await removing(hub, by="worker", dry_run=False)).told()

    asyncio.run(work(settings(on), once=once, say=lambda said: console.print(said, markup=False), keep=keeping))


@app.command()
def keep(
    by: Annotated[str, typer.Option("--by", help="Who has it removed; the audit says so.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed.")] = False,
    on: On = None,
) -> None:
    """Remove what has been kept for as long as it may be (G.10); the worker does so each day."""
    from hub.retention import keep as removing

    told = carry_out(lambda hub: removing(hub, by=by, dry_run=dry_run), on)
    console.print(f"{'would be removed' if dry_run else 'removed'}: {told.told()}", markup=False)


@app.command(context_settings=IDS)
def forget(
    person: Id,
    by: Annotated[str, typer.Option("--by", help="Who has the person forgotten.")],
    because: Annotated[str, typer.Option(help="Why: the request, or the period that has ended.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
    on: On = None,
) -> None:
    """Remove a person whom no list names any more from every table, with the sealed numbers; the audit stays, and valid."""
    from hub.forgetting import forget as forgetting

    told = carry_out(lambda hub: forgetting(hub, [person], by=by, because=because, dry_run=dry_run), on)
    console.print(f"{'would go' if dry_run else 'gone'}: {told.people} people with {told.rows} rows and {told.numbers} sealed numbers")


@app.command()
def demo(
    children: Annotated[int | None, typer.Option(help="How many children the city has: 20,000, or those of the city that stands.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same city, byte for byte; 1.")] = None,
    dirt: Annotated[str | None, typer.Option(help="How dirty the lists are: none, easy, medium, hard or extreme; medium.")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the load.")] = False,
    spring: Annotated[bool, typer.Option("--spring", help="With a third round, of 31 March, for what happens in spring only.")] = False,
) -> None:
    """Make an invented city, carry its deliveries through the whole flow, print what was found, and serve it."""
    from hub.demo.show import asked_for, show

    show(settings(), asked_for(settings(), children, seed, dirt, spring=spring), serve_it=not no_serve, console=console, watch=_progress)


@app.command("demo-reset")
def demo_reset() -> None:
    """Throw the demo city and its database away (never another database)."""
    from hub.demo.show import reset

    console.print(reset(settings()))


@app.command()
def backup(
    target: Path, with_keys: Annotated[bool, typer.Option("--with-keys", help="Put the sealing keys beside the data.")] = False
) -> None:
    """Back up the database with its counts and digests."""
    from hub.storage.backup import backup as save

    console.print(str(save(settings(), target, with_keys=with_keys)))


@app.command()
def restore(source: Annotated[Path, typer.Argument(exists=True)]) -> None:
    """Restore a backup into an empty database and prove that it is the same."""
    from hub.storage.backup import restore as bring_back

    console.print(str(bring_back(settings(), source)))


@database_app.command("up")
def database_up() -> None:
    """Start the database (the embedded one stays up for later verbs) and migrate it."""
    from hub.storage.database import keep_up

    keep_up(settings())
    carry_out(_nothing)
    console.print("the database is up and migrated")


@database_app.command("down")
def database_down() -> None:
    """Stop the embedded database."""
    from hub.storage.database import stop_database

    console.print(stop_database(settings()))


async def _nothing(hub: Any) -> None:
    return None


# --- telling ----------------------------------------------------------------------------------------------------------


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )


def _no_progress() -> None:
    return None


def _print_outcome(outcome: Any) -> None:
    """One line a delivery with where every row went, then the reasons and notices, then the checks."""
    rows = []
    for report in outcome.reports:
        c = report.counts
        if report.state == "ALREADY":
            console.print(f"already received: {report.file}: {'; '.join(report.reasons)}; nothing to do", markup=False)
        if report.state in ("ALREADY", "REFUSED"):
            continue
        rows.append(
            (
                report.source,
                report.as_of.isoformat(),
                report.state,
                *map(str, (c.read, c.not_data, c.new, c.changed, c.unchanged, c.quarantined, c.refused, c.ended)),
            )
        )
    if rows:
        print_table(
            "deliveries: rows read = not data + new + changed + unchanged + quarantined + refused or held",
            ("source", "as of", "state", "read", "not data", "new", "changed", "unchanged", "quarantined", "refused or held", "(ended)"),
            rows,
        )
    for report in (r for r in outcome.reports if r.state != "ALREADY"):
        for reason in report.reasons:
            console.print(f"{report.state.lower()}: {report.file}: {reason}", markup=False)
        if report.state == "HELD":
            console.print(f"held: {report.file}: {report.counts.refused} rows wait, {report.faulty} of them with errors", markup=False)
        for notice in report.notices:
            console.print(f"notice: {report.file}: {notice}", markup=False)
        if report.unread.rows:
            console.print(f"not read: {report.file}: {report.unread.told()}", markup=False)
        if report.not_data:
            kinds = Counter(report.not_data)
            console.print(f"not data: {report.file}: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()), markup=False)
    for refused in outcome.refused:
        console.print(f"refused: {refused.file}: {refused.reason}; {refused.hint}", markup=False)
    for rule in outcome.checks:
        console.print(rule.told(), markup=False)
    if outcome.queue and outcome.queue.waiting:
        console.print(f"{outcome.queue.told()}: `hub review list`", markup=False)


if __name__ == "__main__":
    main()
