"""What staging costs beside a bare COPY of the same rows, and beside dlt loading the same files."""

import asyncio
import subprocess
import time
from pathlib import Path

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub.contract.recognise import header_test
from hub.domain.delivery import RawDelivery
from hub.opening import Hub, open_hub
from hub.pipeline import delivery_id, open_stage, stage_rows
from hub.settings import Settings
from hub.steps.assemble import prepare
from hub.steps.stage import waiting
from hub.steps.validate import Delivery, sort_out
from hub.storage.publishing import Publication, publishing

ROOT = Path(__file__).resolve().parents[2]
DLT = ROOT / ".venv-bench" / "bin" / "python"


class Undone(Exception):
    """Ends a publication without a trace."""


def staging(folder: Path, settings: Settings, dsn: str) -> None:
    """Each delivery of a round staged (read, validated, sealed, compared, copied) and undone; its records copied bare."""
    staged, copied, rows, files = asyncio.run(_stage_all(folder, settings))
    print(f"  staging                  {staged:7.1f} s  {rows:8d} rows  {rows / staged:9.0f} rows/s")
    print(f"  bare COPY of these rows  {copied:7.1f} s  staging goes at {copied / staged:.2f} of its speed", flush=True)
    if not DLT.exists():
        print("  dlt is not installed (requirements/bench.lock into .venv-bench): not compared")
        return
    seconds, read = _dlt(files, dsn)
    print(f"  dlt, the same files      {seconds:7.1f} s  {read:8d} rows  {read / seconds:9.0f} rows/s  staging goes at {seconds / staged:.2f} times its speed", flush=True)


async def _stage_all(folder: Path, settings: Settings) -> tuple[float, float, int, list[str]]:
    """Seconds of staging and of bare COPY, rows, and the files they came from."""
    spent = [0.0, 0.0]
    rows, files = 0, set()
    async with open_hub(settings) as hub:
        contracts = load_contracts()
        began = time.perf_counter()
        raws = [raw for raw in open_deliveries(folder, is_header=header_test(contracts)) if isinstance(raw, RawDelivery)]
        deliveries = sort_out(raws, contracts, today=hub.today()).deliveries
        spent[0] += time.perf_counter() - began
        for delivery in deliveries:
            staged, copied, read = await _stage_one(hub, delivery)
            spent[0] += staged
            spent[1] += copied
            rows += read
            files |= {str(folder / part.raw.file) for part in delivery.parts}
    return spent[0], spent[1], rows, sorted(files)


async def _stage_one(hub: Hub, delivery: Delivery) -> tuple[float, float, int]:
    told = (0.0, 0.0, 0)
    try:
        async with publishing(hub.connection, division=hub.division, kind="delivery", by="bench", business_date=hub.today()) as publication:
            await prepare(publication)
            began = time.perf_counter()
            stage = await open_stage(publication, delivery, delivery_id(delivery, hub.keys), hub.keys)
            await stage_rows(stage, delivery)
            staged = time.perf_counter() - began
            copied = await _bare_copy(publication)
            told = (staged, copied, stage.tally.counts.read)
            raise Undone
    except Undone:
        return told


async def _bare_copy(publication: Publication) -> float:
    """Seconds to COPY the rows that were staged (records, periods, mentions, facts), already parsed, each table in one go."""
    connection, spent = publication.connection, 0.0
    for table in ("in_record", "in_record_period", "in_mention", *(f"in_{name}" for name in sorted(await waiting(publication)))):
        rows = [tuple(row) for row in await connection.fetch(f"select * from {table}")]
        if rows:
            await connection.execute(f"create temp table bare_{table} on commit drop as select * from {table} with no data")
            began = time.perf_counter()
            await connection.copy_records_to_table(f"bare_{table}", records=rows)
            spent += time.perf_counter() - began
    return spent


def _dlt(files: list[str], dsn: str) -> tuple[float, int]:
    """dlt in an environment of its own, as its manual has it: dict rows, appended; seconds and rows."""
    told = subprocess.run([str(DLT), str(Path(__file__).with_name("dlt_load.py")), dsn, *files], capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise SystemExit(f"dlt failed: {told.stderr[-1500:]}")
    seconds, rows = told.stdout.split()[-2:]
    return float(seconds), int(rows)
