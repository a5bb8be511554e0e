"""What the verbs of the flow do: carry a folder or a configured source, release, refuse, replay, check, and work by the clock.

It sits under the two lids: contracts and transports come from ``connectors``, the flow is ``hub.pipeline``.
"""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any

import orjson

from connectors import load_contracts
from connectors.configured import ConfiguredSource, SourcesError, configured_sources
from connectors.transports.files import fingerprints, open_deliveries
from connectors.transports.folder import bytes_of, unopened
from hub import pipeline
from hub.casework.corrections import settle_promised
from hub.casework.gaps import judging
from hub.casework.stale import ask_for_stale
from hub.contract.dates import day_in_path
from hub.contract.model import Contract
from hub.contract.recognise import header_test
from hub.domain.delivery import RawDelivery, Refused
from hub.opening import Hub, open_hub
from hub.pipeline import Report
from hub.refusal import Refusal
from hub.reviewing import Queue, queue
from hub.rules import RULES
from hub.rules.approval import refuse_unapproved
from hub.settings import Settings
from hub.steps.check import RuleOutcome, check
from hub.steps.drafting import seldom_collected
from hub.steps.quarantine import repaired
from hub.steps.validate import Delivery, named_in, sort_out
from hub.storage.outage import outage
from hub.storage.publishing import publishing
from hub.telling import tell_departments

Watch = Callable[[], Any]
Of = tuple[str, date]  # which delivery: source and business date


@dataclass(frozen=True)
class Outcome:
    """What a run did: a report a delivery, what could not be read, the checks that followed, and who is left to a person where anything was published."""

    reports: tuple[Report, ...]
    refused: tuple[Refused, ...]
    checks: tuple[RuleOutcome, ...]
    queue: Queue | None

    @property
    def refusing(self) -> bool:
        """Whether something was refused, now or when the same bytes came before."""
        return bool(self.refused) or any(report.state == "REFUSED" for report in self.reports)


async def run_folder(hub: Hub, folder: Path, *, watch: Watch, as_of: date | None = None) -> Outcome:
    """Carry every delivery under a folder, oldest first, then check; ``as_of`` is the date they speak for, whatever their names say."""
    _not_to_come(as_of, hub.today())
    contracts = load_contracts(hub.settings.contracts)
    known, theirs = await _known(hub, folder, as_of)
    raws = list(open_deliveries(folder, is_header=header_test(contracts), known=known))
    if together := _together(raws, theirs, contracts, today=hub.today(), as_of=as_of):
        known = {sha256: report for sha256, report in known.items() if sha256 not in together}
        raws = list(open_deliveries(folder, is_header=header_test(contracts), known=known))
    kept = {}
    for place, raw in enumerate(raws):
        try:
            if raw.sha256:  # what was read at all
                kept[raw.file] = hub.raw.keep(bytes_of(_received(folder, raw.file)))
        except OSError as error:  # it has gone since, or a link or a pipe has taken its place
            raws[place] = replace(unopened(raw.file, error), sha256=raw.sha256)
    outcome = await _carry(hub, raws, contracts, kept=kept, watch=watch, as_of=as_of)
    if as_of:
        await _refuse_misdated(hub, as_of)
    return replace(outcome, reports=(*known.values(), *outcome.reports))


async def pull_source(hub: Hub, name: str, *, watch: Watch) -> Outcome:
    """Pull one configured source and carry what it gives."""
    faults: list[SourcesError] = []
    sources = configured_sources(hub.settings.home, faults)
    if name not in sources:
        if faults:
            raise faults[0]
        raise Refusal(f"no source {name} in {hub.settings.home / 'sources.toml'}; there are: {', '.join(sources) or 'none'}")
    contracts = [c for c in load_contracts(hub.settings.contracts) if c.name == sources[name].contract]
    if not contracts:
        raise Refusal(f"{hub.settings.home / 'sources.toml'}: [{name}] no contract is called {sources[name].contract}; see `hub contract list`")
    if sources[name].asks_for_news and contracts[0].mode != "incremental":
        raise Refusal(f"{hub.settings.home / 'sources.toml'}: [{name}] {contracts[0].name} is a list that must come whole, since whoever is missing on it has left: take changed_column or since_parameter out")
    last = await hub.connection.fetchval("select max(as_of) from delivery where division = $1 and source = $2 and state = 'PUBLISHED'", hub.division, contracts[0].name)
    key = hub.keys.key_no

    def seal(data: bytes) -> bytes:
        return hub.keys.encrypt(data, b"pull")

    def unseal(data: bytes) -> bytes:
        return hub.keys.decrypt(data, b"pull", key)

    try:
        raw = await asyncio.to_thread(sources[name].pull, hub.settings.home / "pulls", seal, unseal, last=last)
    except (SourcesError, Refusal):
        raise
    except Exception as error:  # whatever a foreign server makes of its answers, its message may hold somebody's data
        raw = Refused(name, f"what it gives cannot be read ({type(error).__name__})", "ask whoever runs it to look at its answers, or correct sources.toml; nothing that stood has ended by it")
    return await _carry(hub, [raw], contracts, kept={}, watch=watch, as_of=hub.today())


async def release_delivery(hub: Hub, delivery: int, *, by: str, as_of: date | None = None) -> Outcome:
    """Apply a held delivery, or one that was refused, from the raw store, as a person has decided; ``as_of`` is the right date where the one it came with is wrong."""
    refuse_unapproved()
    row = await _decided(hub, delivery, "HELD", "REFUSED")
    day = as_of or row["as_of"]
    _not_to_come(day, hub.today())
    contracts = load_contracts(hub.settings.contracts)
    parts = orjson.loads(row["parts"])
    with tempfile.TemporaryDirectory(prefix="children-hub-") as folder:
        raws: list[RawDelivery | Refused] = []
        for digest in dict.fromkeys(part["kept"] for part in parts):
            top = next(part["file"] for part in parts if part["kept"] == digest).split(".zip/")[0]
            path = Path(folder) / (
                PurePath(top).name if top.lower().endswith((".csv", ".xlsx", ".xls", ".txt")) else PurePath(top).name + ".zip"
            )
            path.write_bytes(hub.raw.open(digest))
            raws += open_deliveries(path, is_header=header_test(contracts))
        kept = {part["sha256"]: part["kept"] for part in parts}
        raws = [raw for raw in raws if raw.sha256 in kept]
        found = sort_out(
            raws,
            contracts,
            today=hub.today(),
            dates={raw.file: day for raw in raws},
            kept={raw.file: kept[raw.sha256] for raw in raws},
        )
        reports = await pipeline.run(
            [d for d in found.deliveries if d.contract.name == row["source"]],
            connection=hub.connection,
            keys=hub.keys,
            division=hub.division,
            business_date=hub.today(),
            by=by,
            released=True,
        )
    if day != row["as_of"] and row["state"] == "HELD":  # it stands under the right date; under the wrong one nothing of it is applied
        await refuse_delivery(hub, delivery, by=by)
    return Outcome(tuple(reports), found.refused, tuple(await run_checks(hub)), await queue(hub))


async def refuse_delivery(hub: Hub, delivery: int, *, by: str) -> str:
    """Mark a held delivery as refused; nothing of it is applied, and `release_delivery` takes it back."""
    row = await _decided(hub, delivery, "HELD")
    await hub.connection.execute(
        "update delivery set state = 'REFUSED', decided_by = $3, decided_at = now() where division = $1 and id = $2",
        hub.division,
        delivery,
        by,
    )
    return f"refused: {row['file']}"


async def replay_quarantine(hub: Hub, source: str = "") -> str:
    """Carry the repaired rows, then check."""
    refuse_unapproved()
    contracts = {contract.name: contract for contract in load_contracts(hub.settings.contracts)}
    told = []
    for waiting in await repaired(hub.connection, hub.division, source):
        counts = await pipeline.replay(
            waiting.delivery,
            contracts[waiting.source],
            connection=hub.connection,
            keys=hub.keys,
            division=hub.division,
            business_date=hub.today(),
        )
        left = "; what is still wrong with the others: `hub quarantine list` and `show`" if counts.read < waiting.rows else ""
        told.append(f"{waiting.source}: {counts.read} of {waiting.rows} repaired rows replayed{left}")
    if told:
        await run_checks(hub)
    return "\n".join(told) or "nothing is repaired; `hub quarantine repair FILE` comes first"


async def run_checks(hub: Hub) -> list[RuleOutcome]:
    """Run every rule at the business date, ask for lists that are too old, and look at what was promised, as one publication."""
    refuse_unapproved()
    today = hub.today()
    engine = hub.database.engine("writer")
    try:
        async with publishing(hub.connection, division=hub.division, kind="check", by="hub", business_date=today) as publication:
            await ask_for_stale(publication, today)
            outcomes = await check(publication, RULES, on=today, judge=judging(engine, hub.division, today))
            await settle_promised(publication)
            return outcomes
    finally:
        await engine.dispose()


async def work(settings: Settings, *, once: bool, say: Callable[[str], Any], keep: Callable[[Hub], Awaitable[str]]) -> None:
    """The worker: every minute, pull the sources whose cadence is due and tell departments what they have not confirmed; once a day, check, and keep nothing longer than it may be."""
    checked: date | None = None
    while True:
        async with open_hub(settings) as hub:
            await hub.give_way()
            today = hub.today()
            await _pull_due(hub, today, say)
            if checked != today:
                for rule in await run_checks(hub):
                    say(rule.told())
                say(f"removed: {await keep(hub)}")
                checked = today
            for sent in await tell_departments(hub):
                if sent.events or sent.failed:
                    say(sent.told())
        if once:
            return
        await asyncio.sleep(60)


async def _pull_due(hub: Hub, today: date, say: Callable[[str], Any]) -> None:
    """Pull each source whose cadence is due. What is wrong with one is said, and keeps no other from being pulled; a lost database ends the round."""
    faults: list[SourcesError] = []
    for name, source in configured_sources(hub.settings.home, faults).items():
        if not await _due(hub, source, today):
            continue
        try:
            outcome = await pull_source(hub, name, watch=lambda: None)
        except (Refusal, SourcesError) as error:
            say(f"{name}: {error}")
            continue
        except Exception as error:
            if outage(error):
                raise
            say(f"{name}: a fault of the program ({type(error).__name__}); `hub pull {name}` shows where")
            continue
        for report in outcome.reports:
            say("; ".join((f"{name}: {report.source} {report.as_of} {report.state}", *([report.counts.told()] if report.counts.read else []), *report.reasons, *report.notices)))
        if not outcome.reports and not outcome.refused:
            say(f"{name}: nothing")
        for refused in outcome.refused:
            say(f"{name} refused: {refused.reason}; {refused.hint}")
    for fault in faults:
        say(str(fault))


async def _carry(
    hub: Hub,
    raws: Sequence[RawDelivery | Refused],
    contracts: Sequence[Contract],
    *,
    kept: dict[str, str],
    watch: Watch,
    as_of: date | None = None,
) -> Outcome:
    refuse_unapproved()
    dates = {raw.file: as_of for raw in raws} if as_of else None
    found = sort_out(raws, contracts, today=hub.today(), dates=dates, kept=kept)
    reports = []
    with seldom_collected(), watch() or nullcontext() as bar:
        for together in await _batches(hub, found.deliveries):
            reports += await _carry_together(hub, together, bar)
    if not any(r.state == "PUBLISHED" for r in reports):
        return Outcome(tuple(reports), found.refused, (), None)
    return Outcome(tuple(reports), found.refused, tuple(await run_checks(hub)), await queue(hub))


async def _batches(hub: Hub, deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """A first load is one publication, linked once, as far as no source comes twice; later each delivery is one, so that nobody waits for long."""
    first: list[Delivery] = []
    if not await hub.connection.fetchval("select exists (select from mention where division = $1)", hub.division):
        sources: set[str] = set()
        for delivery in deliveries:
            if delivery.contract.name in sources:
                break
            sources.add(delivery.contract.name)
            first.append(delivery)
    return [*([first] if first else []), *([delivery] for delivery in deliveries[len(first) :])]


async def _carry_together(hub: Hub, deliveries: Sequence[Delivery], bar: Any) -> list[Report]:
    line = _Line(bar)
    reports = await pipeline.run(
        deliveries,
        connection=hub.connection,
        keys=hub.keys,
        division=hub.division,
        business_date=hub.today(),
        on_rows=line.advance,
        on_link=line.link,
    )
    line.show("")
    return reports


class _Line:
    """The line of the progress bar that tells which delivery is being read, then that its people are being linked."""

    def __init__(self, bar: Any) -> None:
        self.bar = bar
        self.title = ""
        self.task: Any = None

    def show(self, title: str, total: int | None = None) -> None:
        """Show another line, or none."""
        if self.bar and title != self.title:
            if self.title:
                self.bar.remove_task(self.task)
            self.title = title
            self.task = self.bar.add_task(title, total=total) if title else None

    def advance(self, delivery: Delivery, rows: int) -> None:
        """So many more rows of a delivery have been staged."""
        self.show(f"{delivery.contract.title} {delivery.as_of:%Y-%m}", sum(part.sheet.row_count for part in delivery.parts))
        if self.bar:
            self.bar.advance(self.task, rows)

    def link(self) -> None:
        """All rows are staged."""
        self.show("谁是谁 · who is who")


async def _refuse_misdated(hub: Hub, as_of: date) -> None:
    """A held delivery whose bytes now stand under the date that was said is refused: nothing of it waits any more."""
    await hub.connection.execute(
        """update delivery wrong set state = 'REFUSED', decided_by = 'hub run --as-of', decided_at = now()
            where wrong.division = $1 and wrong.state = 'HELD' and wrong.as_of <> $2
              and exists (select from delivery d where d.division = $1 and d.state = 'PUBLISHED' and d.as_of = $2 and d.source = wrong.source
                          and jsonb_path_query_array(d.parts, '$[*].sha256') @> jsonb_path_query_array(wrong.parts, '$[*].sha256'))""",
        hub.division,
        as_of,
    )


def _together(raws: Sequence[RawDelivery | Refused], theirs: Mapping[str, set[Of]], contracts: Sequence[Contract], *, today: date, as_of: date | None) -> set[str]:
    """The known files of deliveries of which another file is new: one list may come in several files, and what it lacks has ended."""
    dates = {raw.file: as_of for raw in raws} if as_of else None
    new = named_in(raws, contracts, today=today, dates=dates)
    return {sha256 for sha256, of in theirs.items() if of & new}


async def _known(hub: Hub, folder: Path, as_of: date | None) -> tuple[dict[str, Report], dict[str, set[Of]]]:
    """Of the files under the folder that were received before under the same name, at the same place or for the day that their path tells: SHA-256 -> what is told of
    it, and the deliveries that it was of. What was held or refused is new under another date.
    """
    rows = await hub.connection.fetch(
        """select distinct on (source, sha256, file, d.as_of) d.id, d.source, d.as_of, d.state, d.decided_by, d.decided_at, p->>'file' as file, p->>'sha256' as sha256
             from delivery d, jsonb_array_elements(parts) p
            where division = $1 and (state = 'PUBLISHED' or as_of = coalesce($2, as_of))
            order by source, sha256, file, d.as_of, array_position(array['PUBLISHED', 'HELD', 'REFUSED'], state), d.decided_at desc""",
        hub.division,
        as_of,
    )
    # Of a workbook of several sources' sheets, what one refused is told rather than what another has taken.
    of_source = {(row["source"], PurePath(row["file"]).name, row["sha256"]): row for row in sorted(rows, key=lambda row: (row["state"] == "PUBLISHED", row["as_of"]))}
    before = {(file, sha256): row for (_, file, sha256), row in sorted(of_source.items(), key=lambda item: item[1]["state"] == "REFUSED")}
    if not before:
        return {}, {}
    received: dict[tuple[str, str], set[tuple[str, date]]] = defaultdict(set)
    theirs: dict[str, set[Of]] = defaultdict(set)
    for row in rows:
        received[PurePath(row["file"]).name, row["sha256"]].add((row["file"], row["as_of"]))
        theirs[row["sha256"]].add((row["source"], row["as_of"]))

    def is_known(file: str, sha256: str) -> bool:
        path = PurePath(file)
        return any(as_of or file == place or day_in_path(path, day) in (day, None) for place, day in received.get((path.name, sha256), ()))

    found: dict[str, set[str]] = defaultdict(set)
    for print_ in fingerprints(folder):
        found[print_.sha256].add(print_.file)
    known = {
        sha: pipeline.received(file, before[PurePath(file).name, sha])
        for sha, files in found.items()
        for file in sorted(files)[:1]
        if all(is_known(f, sha) for f in files)
    }
    return known, {sha: theirs[sha] for sha in known}


def _received(folder: Path, file: str) -> Path:
    """The file on disk that a delivery's display name belongs to (a zip for its members), whether it is still there or not."""
    if folder.is_file():
        return folder.resolve()
    path = folder.resolve() / file
    return next((above for above in path.parents if above.is_file()), path)


def _not_to_come(day: date | None, today: date) -> None:
    if day and day > today:
        raise Refusal(f"{day} is after {today}; say the date that the delivery speaks for with --as-of YYYY-MM-DD, or the day of today with --on")


async def _decided(hub: Hub, delivery: int, *states: str) -> Any:
    """A delivery of which a person decides, as long as it is in one of these states."""
    row = await hub.connection.fetchrow("select * from delivery where division = $1 and id = $2 and state = any($3)", hub.division, delivery, list(states))
    if row is None:
        raise Refusal(f"no held delivery has the id {delivery}; `hub delivery list` shows those that are held")
    return row


async def _due(hub: Hub, source: ConfiguredSource, today: date) -> bool:
    last = await hub.connection.fetchval(
        "select max(as_of) from delivery where division = $1 and source = $2", hub.division, source.contract
    )
    return last is None or (today - last).days >= source.cadence_days
