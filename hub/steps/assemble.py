"""Assemble: what was staged becomes facts of persons, households and schools, on two time axes.

Two calls, with linking between them: ``settle`` writes a delivery's records and mentions and ends what it replaces, ``assemble``
writes the facts of all that was settled, which need to know who is meant. A delivery that is its source's latest only closes what it replaces; a late one has its timelines told anew.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import orjson
from asyncpg import Range

from hub.contract.apply import Reapply
from hub.contract.model import Accepted
from hub.domain.noun import Kind, Owner
from hub.domain.nouns import NOUNS
from hub.steps.kept import Spoken, spoken_for
from hub.steps.resolve import resolve
from hub.steps.roles import follow_roles
from hub.steps.stage import Stage, copy_in, waiting
from hub.steps.standardise import MENTION_FIELDS, Version, fact_fields
from hub.steps.stored import opened
from hub.steps.versions import compare_versions
from hub.storage.history import columns_of, retire
from hub.storage.publishing import Publication

Piece = tuple[date, date | None, int, int]  # lower, upper, hash, delivery


async def prepare(publication: Publication) -> None:
    """Make the temporary tables that staged rows wait in; they go with the transaction. Those of facts are made as facts come.

    One delivery's records and mentions at a time; ``in_told`` and ``in_ended`` keep the mentions and records of all that were settled.
    """
    statements = [
        "create temp table in_record on commit drop as select * from record with no data",
        "create temp table in_record_period on commit drop as select division, id, source, hash, delivery, valid from record_period with no data",
        f"create temp table in_mention on commit drop as select {', '.join(MENTION_FIELDS)} from mention with no data",
        "create temp table in_cut (record bigint primary key) on commit drop",
        "create temp table in_told (mention bigint) on commit drop",
        "create temp table in_ended (record bigint) on commit drop",
    ]
    await publication.connection.execute(";".join(statements))


async def settle(stage: Stage) -> None:
    """Write the delivery's records, their periods and their mentions, and end the facts that it replaces; SeveralPeople as ``compare_versions``."""
    publication = stage.publication
    connection = publication.connection
    await connection.execute("insert into record select * from in_record on conflict do nothing")
    stood = stage.touched if stage.window.late else stage.touched & stage.desk.before.keys()  # of a record that is new nothing is to be cut
    cut = stood | stage.ended()
    await connection.copy_records_to_table("in_cut", columns=["record"], records=[(r,) for r in cut])
    stage.tally.counts.ended = len(stage.ended())
    if stage.window.late:
        await _tell_anew(stage)
    elif not publication.into_empty:
        await _cut(publication, "record_period", "t.id = s.record", stage.window.lower)
        await _cut(publication, "mention", "t.record = s.record", stage.window.lower)
    if not publication.into_empty:
        await compare_versions(stage)
        await follow_roles(stage)
    for name in NOUNS if cut and not publication.into_empty else ():
        if stage.window.late:
            await connection.execute(
                retire(name, source="in_cut", match=f"t.division = {publication.division} and t.record = s.record"), publication.no
            )
        else:
            await _cut(publication, name, "t.record = s.record", stage.window.lower)
    await _flush_nodes(stage)
    await connection.execute(
        f"insert into record_period ({', '.join(PERIODS)}, known_from) select {', '.join(PERIODS)}, $1 from in_record_period",
        publication.no,
    )
    await connection.execute(
        f"insert into mention ({', '.join(MENTION_FIELDS)}, known_from) select {', '.join(MENTION_FIELDS)}, $1 from in_mention",
        publication.no,
    )
    if not publication.into_empty:
        await publication.analyze(stage.tally.counts.new + stage.tally.counts.changed, *SETTLED)
    await connection.execute(
        """insert into in_told select distinct id from in_mention;
           insert into in_ended select record from in_cut;
           truncate in_record, in_record_period, in_mention, in_cut"""
    )
    stage.forget()


async def assemble(publication: Publication) -> None:
    """Write the facts, move those whose person changed, and choose one value per person again where anything did."""
    await rehome(publication)
    written = await waiting(publication)
    for name in NOUNS:
        if name in written:
            await _insert_facts(publication, name)
        await publication.built(name)
    told = await publication.connection.fetchval("select count(*) from in_told")
    await publication.analyze(told, "identity", "person_id", *(SETTLED if publication.into_empty else ()), *written)
    await resolve(publication)


SETTLED = ("mention", "record", "record_period", "household")
PERIODS = ("division", "id", "source", "hash", "delivery", "valid")


async def _cut(publication: Publication, name: str, match: str, at: date) -> None:
    """End at ``at`` the current rows of the records in ``in_cut``; what they said before stays valid for before."""
    columns = columns_of(name)
    listed = ", ".join(columns)
    shortened = ", ".join("daterange(lower(valid), least(upper(valid), $2))" if c == "valid" else c for c in columns)
    await publication.connection.execute(
        f"""with gone as (delete from {name} t using in_cut s
                           where t.division = $3 and {match} and (upper(t.valid) is null or upper(t.valid) > $2) returning t.*),
                 kept as (insert into {name}_history ({listed}, known)
                          select {listed}, int8range(known_from, $1) from gone where known_from < $1)
            insert into {name} ({listed}, known_from) select {shortened}, $1 from gone where lower(valid) < $2""",
        publication.no,
        at,
        publication.division,
    )


async def rehome(publication: Publication) -> None:
    """Move the facts of mentions whose person changed (``in_rehomed``), and the facts of others that refer to them."""
    connection, division = publication.connection, publication.division
    if not await connection.fetchval("select exists (select from in_rehomed)"):
        return
    await connection.execute(
        f"""create temp table in_moved on commit drop as
            select distinct r.mention, r.person, m.record from in_rehomed r join mention m on m.division = {division} and m.id = r.mention"""
    )
    await connection.execute("analyze in_moved")
    for name, noun in NOUNS.items():
        if noun.owner is not Owner.PERSON:
            continue
        for column in ("person", *(c.name for c in noun.columns if c.kind is Kind.PERSON)):
            mention = "mention" if column == "person" else f"{column}_mention"
            match = f"t.division = {division} and t.{mention} = s.mention and t.{column} is distinct from s.person"
            match += " and t.record = s.record"
            await connection.execute(retire(name, source="in_moved", match=match, delete=False), publication.no)
            await connection.execute(
                f"update {name} t set {column} = s.person, known_from = $1 from in_moved s where {match}", publication.no
            )


async def _insert_facts(publication: Publication, name: str) -> None:
    """Insert the drafted facts of one noun, each mention replaced by its person."""
    noun = NOUNS[name]
    fields = fact_fields(noun)
    if noun.owner is Owner.CITY:
        await publication.connection.execute(
            f"insert into {name} ({', '.join(fields)}, known_from) select {', '.join(fields)}, $1 from in_{name}", publication.no
        )
        return
    people = [c.name for c in noun.columns if c.kind is Kind.PERSON]
    joins = "".join(f" left join identity {c}_i on {c}_i.division = f.division and {c}_i.id = f.{c}_mention" for c in people)
    await publication.connection.execute(
        f"""insert into {name} ({", ".join((*fields, "person", *people, "known_from"))})
            select {", ".join(f"f.{c}" for c in fields)}, i.person{"".join(f", {c}_i.person" for c in people)}, $1
              from in_{name} f join identity i on i.division = f.division and i.id = f.mention{joins}""",
        publication.no,
    )


async def _flush_nodes(stage: Stage) -> None:
    """Write the vault, households and schools that the delivery names for the first time."""
    connection, division, no = stage.publication.connection, stage.publication.division, stage.publication.no
    await connection.execute(
        """create temp table if not exists in_vault (blind bytea, cipher bytea) on commit drop;
           create temp table if not exists in_household (id bigint, kind text, mask text, blind bytea) on commit drop;
           create temp table if not exists in_school (id bigint, name text) on commit drop;
           truncate in_vault, in_household, in_school"""
    )
    await copy_in(stage.publication, "in_vault", list(stage.vault.items()), ("blind", "cipher"))
    await copy_in(
        stage.publication, "in_household", [(id_, *told) for id_, told in stage.households.items()], ("id", "kind", "mask", "blind")
    )
    await copy_in(stage.publication, "in_school", list(stage.schools.items()), ("id", "name"))
    sealed = "in_vault i where not exists (select from erased e where e.division = $1 and e.blind = i.blind)"
    await connection.execute(f"insert into vault select $1, blind, $2, cipher from {sealed} on conflict do nothing", division, stage.keys.key_no)
    await connection.execute(
        "insert into household select $1, id, kind, mask, blind, $2 from in_household on conflict do nothing", division, no
    )
    await connection.execute("insert into school select $1, id, name, null, $2 from in_school on conflict do nothing", division, no)


async def _tell_anew(stage: Stage) -> None:
    """A late delivery: set its window in the timelines of the records it touches, and draft all their versions again."""
    publication = stage.publication
    touched = stage.touched | stage.ended()
    timelines = await _timelines(publication, touched)
    spoken = await spoken_for(stage)
    window = Spoken(stage.window.upper, stage.window.upper)
    for record in touched:
        until = spoken.get(record, window)
        pieces = [piece for old in timelines[record] for piece in outside(old, stage.window.lower, until.counts)]
        if record in stage.seen:
            pieces.append((stage.window.lower, until.holds, stage.seen[record], stage.delivery))
        timelines[record] = joined(pieces, keep_sightings=stage.contract.mode == "incremental")
    await publication.connection.execute("truncate in_record_period")
    await redraft(stage, timelines)


async def redraft(stage: Stage, timelines: dict[int, list[Piece]]) -> None:
    """Draft every version of these records from its stored payload; what stood of them goes to history."""
    publication = stage.publication
    connection, division = publication.connection, publication.division
    for name, match in (("record_period", "t.id = s.record"), ("mention", "t.record = s.record")):
        await connection.execute(retire(name, source="in_cut", match=f"t.division = {division} and {match}"), publication.no)
    payloads = {
        (row["id"], row["hash"]): orjson.loads(row["payload"])
        for row in await connection.fetch(
            "select r.id, r.hash, r.payload from record r join in_cut s on r.division = $1 and r.id = s.record", division
        )
    }
    values = await opened(stage, payloads.values())
    again = Reapply(stage.contract)
    periods = []
    for record, pieces in timelines.items():
        stood_until: date | None = None
        for lower, upper, content, delivery in pieces:
            periods.append((division, record, stage.contract.name, content, delivery, Range(lower, upper)))
            raw = {
                name: values[bytes.fromhex(told["blind"])] if isinstance(told, dict) else told
                for name, told in payloads[record, content].items()
            }
            outcome = again(raw, lower)
            if isinstance(outcome, Accepted):  # a row that today's contract would not accept keeps its record and asserts nothing
                stage.desk.draft.add(stage.contract, outcome.subrows, Version(record, content, lower, upper, stood_until))
            stood_until = upper
    await copy_in(publication, "in_record_period", periods, PERIODS)
    await stage.write(stage.desk.draft.take())


async def _timelines(publication: Publication, records: Iterable[int]) -> dict[int, list[Piece]]:
    timelines: dict[int, list[Piece]] = {record: [] for record in records}
    rows = await publication.connection.fetch(
        "select t.id, t.valid, t.hash, t.delivery from record_period t join in_cut s on t.division = $1 and t.id = s.record",
        publication.division,
    )
    found = defaultdict(list)
    for row in rows:
        found[row["id"]].append((row["valid"].lower, row["valid"].upper, row["hash"], row["delivery"]))
    return timelines | found


def outside(piece: Piece, lower: date, upper: date | None) -> list[Piece]:
    """What is left of a piece of a timeline when the window [lower, upper) is taken out."""
    starts, ends, content, delivery = piece
    left: list[Piece] = []
    if starts < lower:
        left.append((starts, lower if ends is None else min(ends, lower), content, delivery))
    if upper is not None and (ends is None or ends > upper):
        left.append((max(starts, upper), ends, content, delivery))
    return left


def joined(pieces: list[Piece], *, keep_sightings: bool) -> list[Piece]:
    """The pieces in order; neighbours of equal content become one, except where each stands for a sighting."""
    timeline: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: p[0]):
        if timeline and not keep_sightings and timeline[-1][1] == piece[0] and timeline[-1][2] == piece[2]:
            timeline[-1] = (timeline[-1][0], piece[1], piece[2], timeline[-1][3])
        else:
            timeline.append(piece)
    return timeline
