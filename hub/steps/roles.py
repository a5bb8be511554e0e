"""Roles: whom the versions of one record name beside its subject, from delivery to delivery.

A guardian, a head of household or a parent may be somebody else next month. A mention is one person named in one record: whoever a
version names in a role, and can be nobody whom the record has named there before, has a mention of its own, so that the earlier one
keeps its person and ends. A corrected number under the same name, or a corrected name under the same number, is no other person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from typing import Any

from hub.access.sealing import Keys
from hub.contract.model import SUBJECT
from hub.domain.noun import Kind, Owner
from hub.domain.nouns import NOUNS
from hub.identity import names
from hub.steps.stage import Stage, waiting
from hub.steps.versions import near_dates


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom one version of a record names in a role."""

    mention: int
    record: int
    hash: int
    role: str
    since: date
    number: bytes | None  # a valid one, by its blind index
    name: str | None
    born: date | None


Said = Sequence[Named]  # what the versions of a record have said of one person
Moved = tuple[int, int, int, int]  # record, hash, mention as drafted, mention that is meant


async def follow_roles(stage: Stage) -> None:
    """Give those whom the delivery names in a role the mention of who they are; as drafted, each role is one mention's."""
    connection, division = stage.publication.connection, stage.publication.division
    stood = STOOD_LATE.format(stage.publication.no) if stage.window.late else STOOD
    records = [row["record"] for row in await connection.fetch(PASSED.replace("STOOD", stood), division, SUBJECT)]
    if not records:
        return
    told = _by_record(await connection.fetch(f"select distinct on (id, hash) {NAMED} from in_mention m where role <> $1 and record = any($2::bigint[]) order by id, hash, since", SUBJECT, records))
    before = _by_record(await connection.fetch(f"select {NAMED} from {stood} m where division = $1 and role <> $2 and record = any($3::bigint[])", division, SUBJECT, records))
    await _move(stage, [moved for record in records for moved in followed(stage.keys, told[record], before[record])])


def followed(keys: Keys, told: Said, before: Said) -> Iterator[Moved]:
    """Whose mention each of those is that some versions of one record name, where it is not the one that they were drafted with.

    What a version that was there before has said of its people stays. So the first of a role whom the hub meets has the role's own mention,
    and only ids hang on the order in which deliveries come.
    """
    known: dict[int, dict[str, int]] = defaultdict(dict)
    people: dict[int, list[Named]] = defaultdict(list)
    for one in before:
        known[one.hash][one.role] = one.mention
        people[one.mention].append(one)
    versions: dict[int, list[Named]] = defaultdict(list)
    for one in sorted(told, key=lambda one: (one.since, one.role)):
        versions[one.hash].append(one)
    for content, version in versions.items():
        meant = _meant(version, people, known[content])
        for one in version:
            mention = meant.get(one.role) or _new(keys, one, people)
            people[mention].append(one)
            if mention != one.mention:
                yield one.record, content, one.mention, mention


def _meant(version: Said, people: Mapping[int, Said], known: Mapping[str, int]) -> dict[str, int]:
    """Role -> the mention of who is named in it, where the record has named them before: surest first, and nobody in two roles."""
    meant = dict(known)
    for fits in FITS:
        for one in version:
            found = [mention for mention, said in people.items() if mention not in meant.values() and fits(one, said)] if one.role not in meant else []
            if found:
                meant[one.role] = max(found, key=lambda mention: (max((s.since for s in people[mention] if s.since <= one.since), default=date.min), mention))
    return meant


def _new(keys: Keys, one: Named, people: Mapping[int, Said]) -> int:
    """A mention that is nobody's yet: the role's own, else one that tells what is the person's own."""
    own = one.number.hex() if one.number else one.name or ""
    others = (keys.number(str(one.record), one.role, own, str(n)) for n in count())
    return next(mention for mention in chain([one.mention], others) if mention not in people)


def _again(one: Named, said: Said) -> bool:
    """Whether the person is named in the role by the same number or name as before."""
    return any(_same(one, other) and one.role == other.role for other in said)


def _in_another_role(one: Named, said: Said) -> bool:
    """Whether the person has been named in another role: father and mother change places, of several children one leaves the cell."""
    return any(_same(one, other) for other in said) and not any(_differ(one.number, other.number) or _differ(one.born, other.born) for other in said)


def _may_be(one: Named, said: Said) -> bool:
    """Whether nothing tells that somebody else has the role now."""
    return any(one.role == other.role for other in said) and not any(somebody_else(one, other) for other in said)


FITS: tuple[Callable[[Named, Said], bool], ...] = (_again, _in_another_role, _may_be)


def somebody_else(one: Named, other: Named) -> bool:
    """Whether two that one record names in one role cannot be one person."""
    if one.number is not None and one.number == other.number:
        return False
    born = one.born is not None and other.born is not None
    near = born and near_dates(one.born, other.born)  # type: ignore[arg-type]  # both are there
    level = names.level(one.name, other.name)
    if level == names.EXACT:
        return False
    if level == names.MISSING or level in names.AGREE:
        return _differ(one.number, other.number) and not near
    return _differ(one.number, other.number) or not born or one.born != other.born


def _same(one: Named, other: Named) -> bool:
    return (one.number is not None and one.number == other.number) or (one.name is not None and one.name == other.name)


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _by_record(rows: Sequence[Any]) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = defaultdict(list)
    for row in rows:
        found[row["record"]].append(Named(*row))
    return found


async def _move(stage: Stage, moved: Sequence[Moved]) -> None:
    """Let the delivery's mentions and facts mean those who are meant."""
    if not moved:
        return
    connection = stage.publication.connection
    await connection.execute("create temp table if not exists in_role (record bigint, hash bigint, drafted bigint, meant bigint) on commit drop; truncate in_role")
    await connection.copy_records_to_table("in_role", records=moved)
    await connection.execute("analyze in_role")
    columns = [("mention", "id"), ("mention", "anchor")]
    for name in await waiting(stage.publication):
        noun = NOUNS[name]
        columns += [(name, "mention")] if noun.owner is Owner.PERSON else []
        columns += [(name, f"{column.name}_mention") for column in noun.columns if column.kind is Kind.PERSON]
    for table, column in columns:
        await connection.execute(f"update in_{table} t set {column} = r.meant from in_role r where t.record = r.record and t.hash = r.hash and t.{column} = r.drafted")


NAMED = "id, record, hash, role, lower(valid) as since, case when number_state = 'valid' then number_blind end as number, name_key, birth_date"
STOOD = "mention"
STOOD_LATE = "(select * from mention_history where upper(known) = {})"  # a late delivery's records are told anew: what stood of them has just gone there
#: The records of the delivery that name in a role somebody by another number or name than before, or somebody by one that another mention had.
PASSED = """
    select distinct n.record from in_mention n join STOOD o on o.division = $1 and o.record = n.record and o.role <> $2
     where n.role <> $2 and case when o.id = n.id then o.number_blind <> n.number_blind or o.name_key <> n.name_key
                                 else o.number_blind = n.number_blind or o.name_key = n.name_key end"""
