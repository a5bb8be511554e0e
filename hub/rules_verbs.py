"""The verbs about cross-checks: which there are, whether a file is good, what a rule asks the database."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hub.contract.model import ContractError
from hub.refusal import Refusal
from hub.rules import DEFINITIONS, RULES
from hub.rules.reader import read_rule
from hub.verbs import console, print_table

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
def rules_check(files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Check rule files; the first fault of each is told with its line and what to do."""
    faults = []
    for file in files:
        try:
            rule = read_rule(file, DEFINITIONS)
        except ContractError as fault:
            faults.append(str(fault))
            continue
        console.print(f"{file}: good. {rule.number} {rule.name} ({rule.title_zh}), version {rule.version}", markup=False)
    if faults:
        raise Refusal("\n     ".join(faults))


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
