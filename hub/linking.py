"""What ``hub link`` does: train the weights, link everything anew, measure against a truth, explain a pair."""

import csv
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.exports.mentions import told_mentions
from hub.identity.gathering import Neighbourhood, stored_evidence
from hub.identity.linking import relink_all
from hub.identity.scoring import SUBJECT, Score, Told, scores, twins_confused
from hub.identity.training import train
from hub.identity.weights import Weights, shipped
from hub.opening import Hub
from hub.refusal import Refusal
from hub.reviewing import Queue, queue
from hub.running import run_checks
from hub.steps.assemble import prepare, rehome
from hub.steps.resolve import resolve
from hub.storage.publishing import Publication, publishing

#: How the samples' truth calls each source.
SHORT_NAMES = {
    "edu": "学生基础信息",
    "dibao": "城乡低保对象",
    "liushou": "农村留守儿童",
    "justice": "服刑人员未成年子女",
    "dpf": "持证残疾人",
    "police": "常住人口",
}
FEW_UNKNOWN, ROUNDS = 0.01, 12  # the share of a truth's rows that may be missing; how many other days are looked at
FEWEST_NUMBERS = 2_000  # fewer mentions with a valid number teach nothing that holds elsewhere


@dataclass(frozen=True)
class Linked:
    """What linking everything anew came to."""

    mentions: int
    persons: int
    moved: int
    queue: Queue


async def link_everything(hub: Hub) -> Linked:
    """Decide about every mention anew, with the newest weights, publish what changed, and check."""
    async with publishing(hub.connection, division=hub.division, kind="link", by="hub", business_date=hub.today()) as publication:
        await prepare(publication)
        await relink_all(publication, hub.keys)
        moved = await hub.connection.fetchval("select count(*) from in_rehomed")
        await rehome(publication)
        await resolve(publication)
    await run_checks(hub)
    told = await hub.connection.fetchrow(
        """select (select count(*) from identity where division = $1) as mentions, (select count(distinct person) from identity where division = $1) as persons""",
        hub.division,
    )
    return Linked(told["mentions"], told["persons"], moved, await queue(hub))


async def train_weights(hub: Hub) -> tuple[str, int]:
    """Fit the weights that come with the hub to its own valid numbers and keep them; returns their version and how many numbers taught them."""
    evidence, opened = await stored_evidence(hub.connection, hub.division, hub.keys)
    numbered = sum(mention.number is not None for mention in evidence)
    if numbered < FEWEST_NUMBERS:
        raise Refusal(f"{numbered} mentions have a valid number, and {FEWEST_NUMBERS} are needed; the weights that come with the hub stand")

    def digits(number: Hashable) -> str:
        return opened.get(number) or ""

    async with publishing(hub.connection, division=hub.division, kind="weights", by="hub", business_date=hub.today()) as publication:
        weights = train([evidence], digits, hub.today().year, f"trained-{hub.today().isoformat()}-{publication.no}", shipped())
        await _keep(publication, weights)
    return weights.version, numbered


async def shipped_weights(hub: Hub) -> str:
    """Go back to the weights that come with the hub; returns their version."""
    async with publishing(hub.connection, division=hub.division, kind="weights", by="hub", business_date=hub.today()) as publication:
        await _keep(publication, shipped())
    return shipped().version


async def _keep(publication: Publication, weights: Weights) -> None:
    await publication.connection.execute(
        "insert into linkage_weights (division, publication, version, weights) values ($1, $2, $3, $4)",
        publication.division,
        publication.no,
        weights.version,
        weights.told().decode(),
    )


@dataclass(frozen=True)
class Measured:
    """The scores of the linkage, how many twins were confused, and how much is left to persons."""

    scores: tuple[Score, ...]
    twins: int
    review_per_thousand: float
    unknown: int  # mentions of the truth that the graph does not have
    fits: date | None = None  # the day whose deliveries have more of the truth's rows: the truth is of that round

    def __str__(self) -> str:
        last = f"clusters with two twins: {self.twins}; pairs for review for each 1,000 child rows: {self.review_per_thousand:.1f}; mentions not in the graph: {self.unknown}"
        other = [f"the truth is of another round: its rows are those of the deliveries that stood on {self.fits}; measure with --on {self.fits}"] if self.fits else []
        return "\n".join([*other, *map(str, self.scores), last])


async def measure(hub: Hub, truth: Path) -> Measured:
    """The graph's linkage of each source's delivery that stood on the day, against a truth of the samples' or the demo city's form."""
    with truth.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"row", "role", "person_id"} <= rows[0].keys():
        raise Refusal(f"{truth} is no truth of mentions: it needs the columns row, role, person_id, and source or file")
    by_place = await _said(hub, hub.today())
    told = []
    for at, row in enumerate(rows):
        linked, lives = by_place.get(_place(row), (f"~{at}", f"~{at}"))
        source = row["source"] if "source" in row else next((s for s, title in SHORT_NAMES.items() if title in row["file"]), "")
        told.append(
            Told(row["role"] or SUBJECT, source, row["person_id"], row.get("household_id", ""), row.get("kind", ""), row.get("twin") == "1", row.get("id_state", "ok"), linked, lives)
        )
    unknown = _unknown(rows, by_place)
    return Measured(tuple(scores(told)), twins_confused(told), (await queue(hub)).per_thousand, unknown, await _other_round(hub, rows, unknown))


Place = tuple[str, str, str, str]  # the source or file, the sheet, the row, the role


async def _said(hub: Hub, on: date) -> dict[Place, tuple[str, str]]:
    """Person and household of each mention of the deliveries that stood on a day."""
    by_place: dict[Place, tuple[str, str]] = {}
    for mention in await told_mentions(hub.connection, hub.division, on=on):
        name = Path(mention["file"]).name
        source = next((short for short, title in SHORT_NAMES.items() if title in name), "")
        found = str(mention["person"]), str(mention["household"] or f"~{mention['person']}")
        by_place[source, "", mention["row"], mention["role"]] = found
        by_place[name, mention["sheet"] or "Sheet1", mention["row"], mention["role"]] = found
    return by_place


def _place(row: Mapping[str, str]) -> Place:
    role = row["role"] or SUBJECT
    return (row["source"], "", row["row"], role) if "source" in row else (row["file"], row.get("sheet") or "Sheet1", row["row"], role)


def _unknown(rows: Sequence[Mapping[str, str]], by_place: Mapping[Place, object]) -> int:
    return sum(_place(row) not in by_place for row in rows)


async def _other_round(hub: Hub, rows: Sequence[Mapping[str, str]], unknown: int) -> date | None:
    """Where many of a truth's rows are not there: the latest day whose deliveries have clearly more of them.

    A truth that gives rows by number only finds most of them in any round, and other people in them.
    """
    if unknown <= FEW_UNKNOWN * len(rows):
        return None
    days = await hub.connection.fetch(
        "select distinct as_of from delivery where division = $1 and state = 'PUBLISHED' and as_of <> $2 order by as_of desc limit $3", hub.division, hub.today(), ROUNDS
    )
    missing = {day: _unknown(rows, await _said(hub, day)) for (day,) in days}
    best = min(missing, key=lambda day: missing[day], default=None)
    return best if best is not None and missing[best] < unknown / 2 else None


async def explain_pair(hub: Hub, one: int, other: int) -> list[str]:
    """Two mentions, or two persons by the pair of mentions that speaks most for them: how they compare, feature by feature."""
    async with hub.connection.transaction():
        near = await Neighbourhood.around(hub.connection, hub.division, hub.keys, await _mentions(hub, one) | await _mentions(hub, other), hub.today().year)
        told = near.explained(await _mentions(hub, one), await _mentions(hub, other))
    lines = [f"{told.mention} and {told.other}: {'one person' if told.together else 'two persons'}; score {told.score:.3f}, {told.needed:g} is needed to link"]
    lines += [f"  {weight:+8.3f}  {reason}" for reason, weight in told.reasons]
    return [*lines, f"  {sum(weight for _, weight in told.reasons):+8.3f}  sum", *([f"  {told.why}"] if told.why else [])]


async def _mentions(hub: Hub, id_: int) -> set[int]:
    """The mentions of a person, or the mention itself."""
    rows = await hub.connection.fetch(
        """select i.id from identity i where i.division = $1 and i.person = (select current from person_id where division = $1 and id = $2)
           union select i.id from identity i where i.division = $1 and i.id = $2""",
        hub.division,
        id_,
    )
    if not rows:
        raise Refusal(f"no person and no mention has the id {id_}")
    return {row["id"] for row in rows}


