"""The verbs `hub access …` and `hub audit …`: who may see what, and who looked."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.refusal import Refusal
from hub.verbs import On, carry_out, console, print_table, settings

access_app = typer.Typer(no_args_is_help=True, help="Who may see what: the catalogue, accounts, blocks.")
audit_app = typer.Typer(no_args_is_help=True, help="Who looked: verify the audit, hand it over.")


@access_app.command("lint")
def access_lint(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="A catalogue; the hub's own where it is not given.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Not approved yet: print the fingerprint that its newest version must carry.")] = False,
) -> None:
    """Check the catalogue of data items; a fault is told with line and column."""
    from hub.access.catalogue import FILE, fingerprint_of, read_catalogue

    path = file or FILE
    catalogue = read_catalogue(path, approved=not draft)
    console.print(f"{path}: good. {len(catalogue.items)} items, {len(catalogue.item_of)} fields, {len(catalogue.grants)} grants, version {catalogue.versions[-1].no}", markup=False)
    if draft:
        console.print(f"指纹 = {fingerprint_of(path)}", markup=False)


@access_app.command("who")
def access_who(what: Annotated[str, typer.Argument(metavar="FIELD", help="A field of the graph (Custody.facility) or an item (justice.custody).")], on: On = None) -> None:
    """Who could see a field on a day, for which purpose, how, and by which grant."""
    from hub.access.catalogue import read_catalogue
    from hub.access.deciding import who_could_see

    catalogue = read_catalogue()
    item = catalogue.items.get(what) or catalogue.item_of.get(what)
    if item is None:
        raise Refusal(f"there is no field and no item {what}")
    day = settings(on).today()
    rows: list[tuple[str, ...]] = [
        (sight.role, catalogue.roles[sight.role].name, sight.reach.value, sight.purpose, "脱敏" if sight.masked else "原样", ", ".join(sight.grants))
        for sight in who_could_see(catalogue, item.code, day)
    ]
    console.print(f"{item.code} {item.name}: {item.sharing.value}, {item.level.value}, of {item.owner}, on {day}: {'' if rows else 'nobody'}", markup=False)
    if rows:
        print_table(item.condition or item.name, ("role", "名称", "reach", "purpose", "shown", "grants"), rows)


@access_app.command("token")
def access_token(account: Annotated[str, typer.Argument(help="A demo account; `hub demo` lists them.")]) -> None:
    """Print a fresh token of a demo account."""
    from hub.access.accounts import read_accounts
    from hub.demo.show import demo_settings

    told = settings()
    accounts = read_accounts(demo_settings(told).home) or read_accounts(told.home)
    if accounts is None:
        raise Refusal("there is no demo here: `hub demo` makes one")
    try:
        print(accounts.token(account))
    except KeyError as unknown:
        raise Refusal(str(unknown.args[0])) from None


@access_app.command("block")
def access_block(
    subject: Annotated[str, typer.Argument(help="The account, as the audit names it.")],
    by: Annotated[str, typer.Option(help="Who takes the rights away.")],
    because: Annotated[str, typer.Option(help="Why.")],
    unseen: Annotated[bool, typer.Option("--unseen", help="Also an account that the hub does not know yet.")] = False,
) -> None:
    """Take an account's rights away; it holds within a second. Refused where no such account is known."""
    from hub.access.blocks import NotBlocked, block, meant
    from hub.auditing import known_accounts

    async def work(hub: Any) -> None:
        if not unseen:
            meant(subject, await known_accounts(hub))
        await block(hub.connection, hub.division, subject, by=by, reason=because)

    try:
        carry_out(work)
    except NotBlocked as refused:
        raise Refusal(str(refused)) from None
    console.print(f"{subject} is blocked", markup=False)


@access_app.command("lift")
def access_lift(subject: Annotated[str, typer.Argument()], by: Annotated[str, typer.Option(help="Who gives the rights back: not who took them.")]) -> None:
    """Give an account's rights back."""
    from hub.access.blocks import NotLifted, lift

    try:
        carry_out(lambda hub: lift(hub.connection, hub.division, subject, by=by))
    except NotLifted as refused:
        raise Refusal(str(refused)) from None
    console.print(f"{subject} is let in again", markup=False)


@access_app.command("release")
def access_release(
    no: Annotated[int, typer.Argument(min=1, help="The request, as the log and `accessRequests` name it.")],
    by: Annotated[str, typer.Option(help="Who lets the account read on: not itself.")],
) -> None:
    """Let an account that was stopped for reading of too many people read on; it holds within a second."""
    from hub.auditing import let_read

    console.print(f"{carry_out(lambda hub: let_read(hub, no, by=by))} reads on", markup=False)


@audit_app.command("verify")
def audit_verify(heads: Annotated[Path | None, typer.Option("--heads", exists=True, help="Heads that somebody else has kept.")] = None) -> None:
    """Verify every entry against the chain and its signed heads; the first bad one is named."""
    from hub.auditing import verify_audit

    verdict = carry_out(lambda hub: verify_audit(hub, heads))
    if not verdict.good:
        raise Refusal(f"the audit is BAD: {verdict.wrong}")
    console.print(f"{verdict.entries} entries and {verdict.heads} heads agree")


@audit_app.command("export")
def audit_export(out: Annotated[Path, typer.Option("--out", help="The file to write, one entry a line.")]) -> None:
    """Write the entries for a verifier elsewhere: python hub/access/chain.py ENTRIES HEADS PUBLIC."""
    from hub.auditing import export_audit

    console.print(f"{carry_out(lambda hub: export_audit(hub, out))} entries in {out}", markup=False)


@audit_app.command("looked")
def audit_looked(
    person: Annotated[int, typer.Argument(help="The person's number in the hub.")],
    out: Annotated[Path, typer.Option("--out", help="The page to write, .html; print it.")],
    by: Annotated[str, typer.Option(help="Who gives it to the family.")],
) -> None:
    """A page for a child's family: when which office looked at the child, for which purpose, at what."""
    from hub.auditing import looked

    console.print(f"{carry_out(lambda hub: looked(hub, person, out, by=by))} times in {out}", markup=False)


keys_app = typer.Typer(no_args_is_help=True, help="The sealing keys, and erasure.")


@keys_app.command("rotate")
def keys_rotate(suite: Annotated[str, typer.Option(help="aes (AES-256-GCM) or sm (SM4-GCM).")] = "aes") -> None:
    """Seal every number under a new key; what serves takes it up by itself, what loads must not run."""
    from hub.access.sealing import SUITES
    from hub.keeping import rotate

    if suite not in SUITES:
        raise Refusal(f"--suite may be {', '.join(SUITES)}")
    console.print(f"{carry_out(lambda hub: rotate(hub, suite))} numbers are sealed under the new key", markup=False)


@keys_app.command("forget")
def keys_forget() -> None:
    """Destroy the older keys; backups and deliveries that were sealed under them can no longer be opened."""
    from hub.keeping import forget_keys

    console.print(f"{carry_out(forget_keys)} older keys are destroyed", markup=False)


@keys_app.command("erase")
def keys_erase(
    person: Annotated[int, typer.Argument(help="The person's number in the hub.")],
    by: Annotated[str, typer.Option(help="Who erases.")],
    because: Annotated[str, typer.Option(help="Why: the request, or the period that has ended.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased.")] = False,
) -> None:
    """Erase the ciphertext of a person's numbers; masks stay, nobody can open them, and the audit stays valid."""
    from hub.keeping import erase

    told = carry_out(lambda hub: erase(hub, person, by=by, because=because, dry_run=dry_run))
    console.print(f"{told.numbers} numbers {'would be' if dry_run else 'are'} erased; {told.shared} stay, since somebody else has them too", markup=False)
