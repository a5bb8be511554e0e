"""Reads a department's JSON interface page by page, however badly the other side behaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.transports.http_ask import Asker, Patience, Sleep, Token, client_for
from connectors.transports.http_json import Records
from connectors.transports.http_paging import Page, Paging
from connectors.transports.records import one_sheet
from connectors.transports.refusal import Unreadable
from connectors.transports.resume import ResumeFile
from hub.domain.delivery import RawDelivery, Refused

ASK_SOURCE = "ask the department's own IT about its interface"

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class HttpSource:
    """Where to read: the address of the first page, how it is paged, and where in a page its records are.

    `records` is the path of keys to the list of records, empty when the page is the list itself. `token` goes
    out as a bearer token; a callable is asked anew when the server answers 401. `since_parameter` with
    `read(since=…)` asks for changes only. Addresses are https, but for loopback.
    """

    name: str
    url: str
    paging: Paging
    records: tuple[str, ...] = ()
    token: Token | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)
    since_parameter: str | None = None
    ca_file: Path | None = None
    patience: Patience = field(default_factory=Patience)

    def read(
        self,
        *,
        since: str | None = None,
        resume: ResumeFile | None = None,
        on_progress: OnProgress | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> RawDelivery | Refused:
        """Reads every page; call it outside an event loop. `on_progress` is told the pages and the rows read.

        After a failure `resume` keeps the pages read so far, and the next call goes on behind them.
        """
        try:
            run = _Run(self, since, resume, on_progress)
            return asyncio.run(run.all_pages(sleep))
        except Unreadable as error:
            return Refused(self.name, error.reason, error.hint)


class _Run:
    """One page run: from the first page, or the last good one, to the end."""

    def __init__(
        self, source: HttpSource, since: str | None, resume: ResumeFile | None, on_progress: OnProgress | None
    ) -> None:
        self._source, self._resume, self._on_progress = source, resume, on_progress
        self._parameters = dict(source.parameters)
        if since is not None and source.since_parameter:
            self._parameters[source.since_parameter] = since
        self._records = Records()
        self._seen: set[str] = set()
        self._pages = 0

    async def all_pages(self, sleep: Sleep) -> RawDelivery:
        source = self._source
        position = self._start()
        async with client_for(source.url, source.ca_file, source.patience) as client:
            asker = Asker(client, source.token, source.patience, sleep)
            while position is not None:
                self._refuse_endless()
                address = source.paging.address(source.url, position, self._parameters)
                page = await asker.page(address, source.records, self._pages + 1)
                position = self._take(position, page)
        if self._resume:
            self._resume.clear()
        return one_sheet(source.name, self._records.headers, self._records.held)

    def _start(self) -> str | None:
        position: str | None = self._source.paging.first(self._source.url)
        if self._resume:
            question = repr((self._source.url, sorted(self._parameters.items()), self._source.records))
            for kept in self._resume.open(question):
                self._records.restore(kept.headers, kept.rows)
                self._seen.add(kept.digest)
                self._pages += 1
                position = kept.position
        return position

    def _take(self, position: str, page: Page) -> str | None:
        """Keeps a good page, and returns where the next one is."""
        self._pages += 1
        if page.records and page.digest in self._seen:
            raise Unreadable(
                f"page {self._pages} is an earlier page once more: its paging has no end", ASK_SOURCE
            )
        self._seen.add(page.digest)
        rows = self._records.add(page.records, self._pages)
        following = self._source.paging.after(position, page, self._records.count)
        if self._resume:
            self._resume.add(following, self._records.headers, rows, page.digest)
        if self._on_progress:
            self._on_progress(self._pages, self._records.count)
        return following

    def _refuse_endless(self) -> None:
        if self._pages >= self._source.patience.pages:
            raise Unreadable(f"the source gave {self._pages:,} pages and no end", ASK_SOURCE)
