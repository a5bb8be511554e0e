"""The verbs about who is who: link anew, train, measure and explain; and the pairs that wait for a person."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.verbs import IDS, Id, On, carry_out, console

link_app = typer.Typer(no_args_is_help=True, help="Who is who: link anew, train, measure, explain.")
review_app = typer.Typer(no_args_is_help=True, help="Pairs that wait for a person: look, decide, take back.")


@link_app.command("run")
def link_run(on: On = None) -> None:
    """Decide about every mention anew, with the newest weights, and publish what changed."""
    from hub.linking import link_everything

    told = carry_out(link_everything, on)
    console.print(f"{told.mentions} mentions are {told.persons} persons; {told.moved} mentions changed theirs; {told.queue.told()}", markup=False)


@link_app.command("train")
def link_train(
    shipped: Annotated[bool, typer.Option("--shipped", help="Go back to the weights that come with the hub.")] = False, on: On = None
) -> None:
    """Fit the weights to the hub's own valid numbers; `hub link run` then applies them to everything."""
    from hub.linking import shipped_weights, train_weights

    if shipped:
        console.print(f"weights {carry_out(shipped_weights, on)}, which come with the hub")
        return
    version, numbered = carry_out(train_weights, on)
    console.print(f"weights {version}, taught by {numbered} mentions with a valid number")


@link_app.command("evaluate")
def link_evaluate(truth: Annotated[Path, typer.Option("--truth", exists=True, dir_okay=False, help="A CSV of who is who, row by row.")], on: On = None) -> None:
    """Compare who is who in the graph with a truth: pairs of subjects, mentions and households."""
    from hub.linking import measure

    console.print(str(carry_out(lambda hub: measure(hub, truth), on)), markup=False)


@link_app.command("explain", context_settings=IDS)
def link_explain(one: Id, other: Id, on: On = None) -> None:
    """Why two mentions (or persons) are one person or two: every feature with its weight."""
    from hub.auditing import record_of
    from hub.linking import explain_pair

    async def work(hub: Any) -> list[str]:
        await record_of(hub, "hub link explain", [one, other])
        return await explain_pair(hub, one, other)

    for line in carry_out(work, on):
        console.print(line, markup=False)


@review_app.command("list")
def review_list(most: Annotated[int | None, typer.Option(help="How many pairs; without it, of those for review now the first 20.")] = None, on: On = None) -> None:
    """The pairs that wait for a person, most harmful first: two mentions, what their rows say, why the pair waits, and who could tell."""
    from hub.auditing import record_of
    from hub.reviewing import Pair, Queue, listed

    async def work(hub: Any) -> tuple[Queue, list[Pair]]:
        queue, pairs = await listed(hub, most)
        await record_of(hub, "hub review list", [mention for pair in pairs for mention in (pair.mention, pair.other)])
        return queue, pairs

    queue, pairs = carry_out(work, on)
    for pair in pairs:
        left = f"  left undecided; {pair.settler} could settle it" if pair.settler else ""
        console.print(f"{pair.kind}  score {pair.score:.1f}{left}\n  {pair.mention}  {pair.sides[0]}\n  {pair.other}  {pair.sides[1]}", markup=False)
    console.print(f"{len(pairs)} shown; {queue.told()}; `hub link explain A B` says why, `hub review decide A B --same|--different` decides", markup=False)


By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why; no numbers.")]


@review_app.command("decide", context_settings=IDS)
def review_decide(
    one: Id, other: Id, same: Annotated[bool, typer.Option("--same/--different", help="One person, or two.")], by: By, reason: Reason, on: On = None
) -> None:
    """Decide that two mentions mean one person or two, and link anew around them; it stands until it is withdrawn."""
    from hub.reviewing import decide

    tell_persons(carry_out(lambda hub: decide(hub, one, other, same=same, by=by, reason=reason), on))


@review_app.command("undecided", context_settings=IDS)
def review_undecided(
    one: Id, other: Id, settler: Annotated[str, typer.Option(help="Who could settle it.")], by: By, reason: Reason, on: On = None
) -> None:
    """Say that two mentions cannot be told from one another: they stay apart, and the pair waits at the end of the queue."""
    from hub.reviewing import leave_undecided

    tell_persons(carry_out(lambda hub: leave_undecided(hub, one, other, settler=settler, by=by, reason=reason), on))


@review_app.command("merge")
def review_merge(person: Id, other: Id, by: By, reason: Reason, on: On = None) -> None:
    """Decide that two persons are one; the id that is given up leads to the other for ever."""
    from hub.reviewing import merge

    tell_persons(carry_out(lambda hub: merge(hub, person, other, by=by, reason=reason), on))


@review_app.command("split", context_settings=IDS)
def review_split(
    person: Id, mentions: Annotated[list[int], typer.Argument(help="The mentions that are somebody else's.")], by: By, reason: Reason, on: On = None
) -> None:
    """Decide that some mentions of a person are none of the others; `hub review withdraw` of one such pair takes all of it back."""
    from hub.reviewing import split

    tell_persons(carry_out(lambda hub: split(hub, person, mentions, by=by, reason=reason), on))


@review_app.command("withdraw", context_settings=IDS)
def review_withdraw(one: Id, other: Id, by: Annotated[str, typer.Option(help="Who withdraws.")], on: On = None) -> None:
    """Take a verdict and what was said with it back: what it joined or parted goes back to the persons it was of."""
    from hub.reviewing import withdraw

    tell_persons(carry_out(lambda hub: withdraw(hub, one, other, by=by), on))


def tell_persons(persons: list[int]) -> None:
    """Whom the mentions mean that were decided on."""
    console.print(f"they mean {' and '.join(map(str, persons))}")


@review_app.command("verdicts")
def review_verdicts(on: On = None) -> None:
    """Every verdict that stands: the two mentions, one person or two, who decided, when and why."""
    from hub.identity.verdicts import standing

    for verdict in carry_out(lambda hub: standing(hub.connection, hub.division), on):
        answer = {True: "one person", False: "two persons", None: f"undecided, {verdict.settler} could settle it"}[verdict.same]
        console.print(f"{verdict.on}  {verdict.mention} {verdict.other}  {answer}  {verdict.by}: {verdict.reason}", markup=False)
