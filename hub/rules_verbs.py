"""The verbs about cross-checks: which there are, whether a file is good, what a rule asks the database."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.contract.model import ContractError
from hub.refusal import Refusal
from hub.rules import DEFINITIONS, RULES
from hub.rules.approval import fingerprint, refuse_unapproved
from hub.rules.reader import read_rule
from hub.rules.rule import Rule
from hub.storage.embedded.places import Places
from hub.verbs import On, carry_out, console, print_table, settings

rules_app = typer.Typer(no_args_is_help=True, help="Cross-checks: which there are, whether a file is good, what one asks.")


@rules_app.command("list")
def rules_list() -> None:
    """The cross-checks in force, with the clauses they serve."""
    today = date.today()
    print_table(
        "核查规则 cross-checks",
        ("number", "name", "title", "owner", "version", "clauses"),
        [(r.number, r.name, r.title_zh, r.owner, r.version if r.in_force(today) else f"{r.version} (not in force)", ", ".join(r.clauses)) for r in RULES],
    )


@rules_app.command("check")
def rules_check(files: Annotated[list[Path] | None, typer.Argument(exists=True, dir_okay=False)] = None) -> None:
    """Check rule files; the first fault of each is told with its line and what to do. Where the hub has its database, that is asked too.

    Without files: whether the rules are those that a second person has approved, and the fingerprint that a new version must carry.
    """
    from connectors import load_contracts

    if not files:
        refuse_unapproved()
        console.print(f"the {len(RULES)} rules are as approved; 指纹 = {fingerprint()}", markup=False)
        return

    sources = [contract.name for contract in load_contracts(settings().contracts)]
    read: dict[Path, Rule] = {}
    faults = {}
    for file in files:
        try:
            read[file] = read_rule(file, DEFINITIONS, sources=sources, others=[*RULES, *read.values()])
        except ContractError as fault:
            faults[file] = str(fault)
    if read and (settings().database_url or Places(settings().home).data.is_dir()):
        faults |= {file: f"{file}: PostgreSQL refuses it: {fault}" for file, fault in carry_out(lambda hub: _refused(hub, read)).items()}
    for file, rule in read.items():
        if file not in faults:
            console.print(f"{file}: good. {rule.number} {rule.name} ({rule.title_zh}), version {rule.version}", markup=False)
    if faults:
        raise Refusal("\n     ".join(faults[file] for file in files if file in faults))


async def _refused(hub: Any, rules: Mapping[Path, Rule]) -> dict[Path, str]:
    """What the database says of the rules whose statement it does not take."""
    from hub.steps.check import refused_by_database

    told = {file: await refused_by_database(hub.connection, hub.division, rule, hub.today()) for file, rule in rules.items()}
    return {file: fault for file, fault in told.items() if fault}


@rules_app.command("show")
def rules_show(name: str) -> None:
    """A rule as the database is asked, with the definitions it stands on."""
    from hub.rules.rule import needed

    rule = next((rule for rule in RULES if rule.name == name), None)
    if rule is None:
        raise Refusal(f"no rule is called {name}; there are {', '.join(rule.name for rule in RULES)}")
    for word in needed([rule], DEFINITIONS):
        console.print(word.sql, markup=False, highlight=False, soft_wrap=True)
    console.print(rule.asked, markup=False, highlight=False, soft_wrap=True)


@rules_app.command("indicators")
def rules_indicators(
    known: Annotated[int | None, typer.Option("--as-known-at", help="The publication as known at which; the newest. The same one gives the same answer for ever.")] = None,
    name: Annotated[str, typer.Option("--only", help="One indicator, with its townships.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="With --only: a CSV of the subjects behind it (township, subject, in the numerator).")] = None,
    on: On = None,
) -> None:
    """The indicators of E.12: numerator, denominator and share, at a date and as known at a publication."""
    from hub.exports.cells import write_csv
    from hub.rules.indicators import INDICATORS, closing_days, corrections_answered, measure, short_of

    chosen = [one for one in INDICATORS if name in ("", one.name)]
    if not chosen or (out and not name):
        raise Refusal(f"--only names one of {', '.join(one.name for one in INDICATORS)}")

    async def work(hub: Any) -> Any:
        newest = await hub.connection.fetchval("select coalesce(max(no), 0) from publication where division = $1", hub.division)
        at = newest if known is None else known
        if not 1 <= at <= newest:
            raise Refusal(f"there is no publication {at}; the newest is {newest}")
        told = [await measure(hub.connection, hub.division, one, on=hub.today(), known=at) for one in chosen]
        return told, await closing_days(hub.connection, hub.division, on=hub.today(), known=at), await corrections_answered(hub.connection, hub.division, on=hub.today()), at

    told, days, answered, at = carry_out(work, on)
    rows: list[tuple[str, ...]] = []
    for one in told:
        places = [("全市", one.city), *(sorted(one.townships.items()) if name else [])]
        rows += [
            (one.indicator.name, one.indicator.zh, place or "-", str(share.above), str(share.below), *("" if value is None else str(value) for value in (share.percent, one.indicator.target, short_of(one.indicator.target, share))))
            for place, share in places
        ]
        if out:
            lines = [(place, subject, subject in set(share.above_list)) for place, share in sorted(one.townships.items()) for subject in share.below_list]
            write_csv(out, ("township", "subject", "counted"), lines)
    print_table(f"指标 indicators on {told[0].on} as known at publication {at}", ("name", "名称", "where", "above", "below", "%", "target", "short of it"), rows)
    if "*" in days and name in ("", "closing"):
        console.print(f"销号用时中位数 median days to close: {days['*']:g}", markup=False)
    if answered and not name:
        print_table("校核答复率 corrections answered in time", ("department", "above", "below", "%"), [(owner, str(one.above), str(one.below), str(one.percent)) for owner, one in answered.items()])


@rules_app.command("freeze")
def rules_freeze(by: Annotated[str, typer.Option("--by", help="Who freezes.")], on: On = None) -> None:
    """Keep all indicators as they are on a day (assessment dates, the start of the school year); `hub rules frozen NO` measures them again."""
    from hub.rules.frozen import freeze
    from hub.storage.publishing import publishing

    async def work(hub: Any) -> Any:
        async with publishing(hub.connection, division=hub.division, kind="freeze", by=by, business_date=hub.today()) as publication:
            return publication.no, await freeze(publication, hub.today())

    no, kept = carry_out(work, on)
    console.print(f"freeze {no}: {len(kept)} values on {kept[0].on} as known at publication {kept[0].known}", markup=False)


@rules_app.command("frozen")
def rules_frozen(no: Annotated[int, typer.Argument(min=1, help="The freeze, as `hub rules freeze` printed it.")]) -> None:
    """Frozen values of the city, measured again from the two axes: lists that are not the same are refused by name."""
    from hub.rules.frozen import frozen, measured_again
    from hub.rules.releasing import CITY

    async def work(hub: Any) -> Any:
        kept = await frozen(hub.connection, hub.division, no)
        return kept, await measured_again(hub.connection, hub.division, kept)

    kept, other = carry_out(work)
    if not kept:
        raise Refusal(f"there is no freeze {no}")
    rows: list[tuple[str, ...]] = [(one.name, str(one.above), str(one.below)) for one in kept if one.township == CITY]
    print_table(f"指标 indicators frozen on {kept[0].on} as known at publication {kept[0].known}", ("name", "above", "below"), rows)
    if other:
        raise Refusal("measured again these are not the same: " + ", ".join(sorted({one.name for one in other})))
    console.print("measured again: identical", markup=False)
