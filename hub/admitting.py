"""Who may come in: a token, a purpose, and no block; and what this class of rights then sees of the graph."""

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from graphql import GraphQLSchema

from hub.access.accounts import INVENTED, ISSUER, read_accounts
from hub.access.alarms import Watch
from hub.access.catalogue import Reach
from hub.access.certificates import Certificate, read_certificate
from hub.access.deciding import Asker
from hub.access.requests import GLASSES, STOPPED
from hub.access.rights import rights_of
from hub.access.tokens import Discovered, Issuer, certified, services, verified
from hub.access.viewer import TESTER, Kind, NotAdmitted, Viewer
from hub.query.cursors import local_id
from hub.query.policy import ALLOWS_EVERYTHING, CATALOGUE, Policy
from hub.query.pruning import missing_entries
from hub.query.reading import BadInput
from hub.refusal import Refusal
from hub.rules.approval import refuse_unapproved
from hub.settings import CannotServe, Settings
from hub.storage.readers import Readers

BLOCKS_LAST = 0.5  # seconds: rights taken away work within one
TOKENS_LAST = 60  # seconds for which a token that was verified is not verified again; a block and its end hold at once
MOST_TOKENS = 10_000
#: Who is kept out, who reads of nobody, and who sees through a broken glass; row security is told first which table is opened for that.
STANDING = f"""select (select coalesce(array_agg(subject), '{{}}') from access_block where division = $1 and lifted_at is null) as blocked,
       (select coalesce(array_agg(asked_by), '{{}}') from access_request where division = $1 and {STOPPED} and told.one is not null) as stopped,
       (select coalesce(json_agg(g), '[]')::text from ({GLASSES} and told.one is not null) g) as glasses
  from (select set_config('hub.divisions', $1::int::text, true) || set_config('hub.tables', ',access_request,', true) as one offset 0) told"""
#: Whom a case is about: the child, its guardians, and who stands in its register household ($6: today); nobody where it is not open and the viewer's.
CASE = """select (
  with found as (
    select f.division, f.person, f.township from finding f
     where told.one is not null and f.division = $1 and f.id = $2 and f.status <> '销号' and f.person is not null and f.valid @> $6::date
       and ($3 or f.township = any($4::text[])) and f.reveals = any($5::text[])),
  people as (
    select person as id from found
    union select g.guardian from found f join guardianship g on g.division = f.division and g.person = f.person and g.valid @> $6::date where 'guardianship' = any($5::text[])
    union select o.id from found f join person_resolved c on c.division = f.division and c.id = f.person and c.valid @> $6::date
                       join person_resolved o on o.division = c.division and o.register_household = c.register_household and o.valid @> $6::date
     where 'guardianship' = any($5::text[])),
  towns as (select township from found union select p.township from people o join person_resolved p on p.division = $1 and p.id = o.id and p.valid @> $6::date)
  select json_build_object('people', (select coalesce(json_agg(id), '[]') from people where id is not null), 'towns', (select coalesce(json_agg(township), '[]') from towns where township is not null))::text
  ) as opened
  from (select set_config('hub.divisions', $1::int::text, true) || set_config('hub.reach', 'county', true) || set_config('hub.day', $6::date::text, true)
               || set_config('hub.tables', ',finding,person_resolved,guardianship,', true) as one offset 0) told
 where told.one is not null"""
TEST_PURPOSE = "test"
NO_CASE = "there is no such open case of yours"
log = logging.getLogger("hub.access")


@dataclass(frozen=True)
class Asking:
    """Somebody who is let in, for a purpose, with what that opens."""

    viewer: Viewer
    purpose: str
    policy: Policy
    glasses: tuple[int, ...] = ()  # numbers of the requests by which a glass is broken: each entry of the audit has them
    beside: frozenset[str] = frozenset()  # what these open beside the care; of a case, what it opens in its place
    case: str = ""  # the finding that the purpose is about, as the request states it

    @cached_property
    def care(self) -> frozenset[str]:
        """What is in the viewer's care – of a case its people alone – with the viewer's own department and what a broken glass shows."""
        return (frozenset() if self.case else self.viewer.care) | self.beside | {f"department/{self.viewer.department}"}

    def request(self, division: int, today: date) -> Mapping[str, Any]:
        """What a statement needs to know of who asks, beside the request's own variables; made once a day."""
        found = self._requests.get((division, today))
        if found is None:
            found = self._requests[division, today] = self.policy.request(division, today, self.care)
        return found

    @cached_property
    def _requests(self) -> dict[tuple[int, date], Mapping[str, Any]]:
        return {}


class Admission:
    """Lets requests in. Without a token nobody is, except where the settings say so over invented data."""

    def __init__(self, settings: Settings, readers: Readers) -> None:
        self.settings, self.readers = settings, readers
        self.issuers = issuers_of(settings)
        self.accounts = read_accounts(settings.home)
        self._verified: OrderedDict[tuple[str, Certificate | None], tuple[Viewer, float]] = OrderedDict()
        self._blocked: frozenset[str] = frozenset()
        self.watch = Watch()
        self.stopped: frozenset[str] = frozenset()  # accounts that read of nobody until a second person lets them
        self._glasses: list[dict[str, Any]] = []
        self._asked = float("-inf")
        if settings.without_token == "everything" and not (settings.home / INVENTED).exists():
            raise CannotServe(f"HUB_WITHOUT_TOKEN=everything is for invented people only, and {settings.home} does not say that it holds no others")

    async def admit(self, authorization: str, purpose: str, case: str = "", certificate: str = "") -> Asking:
        """Who asks, for what, and in which case; NotAdmitted where nobody may. ``certificate`` is what the proxy alone may have handed on."""
        if not authorization and not certificate and self.settings.without_token == "everything":
            return Asking(TESTER, purpose or TEST_PURPOSE, ALLOWS_EVERYTHING)
        shown = read_certificate(certificate) if certificate else None
        scheme, _, token = authorization.partition(" ")
        if shown is not None and not authorization:
            viewer = certified(shown, self.issuers)
        elif scheme.lower() != "bearer" or not token.strip():
            raise NotAdmitted("send an access token: authorization: Bearer …")
        else:
            viewer = await self._viewer(token.strip(), shown)
        try:
            await self.still(viewer)
            if purpose not in CATALOGUE.purposes:
                raise NotAdmitted(f"state a purpose: hub-purpose: one of {', '.join(CATALOGUE.purposes)}", 403)
            return await self.asking(viewer, purpose, case)
        except NotAdmitted as refused:
            refused.viewer = viewer
            raise

    async def asking(self, viewer: Viewer, purpose: str, case: str = "") -> Asking:
        """What a viewer's role may see for a purpose today – by the calendar, whatever the business date; NotAdmitted where that is nothing."""
        if purpose in CATALOGUE.of_a_case:
            return await self._in_a_case(viewer, purpose, case)
        if case:
            raise NotAdmitted(f"this purpose takes no case; {', '.join(sorted(CATALOGUE.of_a_case))} does", 403)
        broken = [one for one in self._glasses if one["asked_by"] == viewer.subject] if self._glasses else ()
        if not broken:
            return _unbroken(viewer, purpose, date.today())
        policy = _policy(viewer.department, viewer.role, purpose, date.today(), True)
        beside = frozenset(f"person/{one['person']}" for one in broken) | frozenset(f"seen/{one['township']}" for one in broken if one["township"])
        return Asking(viewer, purpose, policy, tuple(one["no"] for one in broken), beside)

    async def again(self, asking: Asking) -> Asking:
        """Who was let in before, with what that opens now; NotAdmitted where it opens nothing any more."""
        if asking.viewer.kind is Kind.TEST:
            return asking
        await self.still(asking.viewer)
        return await self.asking(asking.viewer, asking.purpose, asking.case)

    async def _in_a_case(self, viewer: Viewer, purpose: str, case: str) -> Asking:
        """What a purpose opens that is about one case: its child and the child's family, wherever they live. Looked up with each request, so that what is concluded is closed.

        The case is an open finding that the role may know of for the purpose, of a township in the viewer's care, or of any for who reaches the county.
        """
        policy = _policy(viewer.department, viewer.role, purpose, date.today(), True, True)
        if not case:
            raise NotAdmitted("this purpose is about a case: hub-case: the id of an open finding of yours", 403)
        try:
            finding = local_id(case, "Finding")
        except BadInput:
            raise NotAdmitted(NO_CASE, 403) from None
        whole = CATALOGUE.roles[viewer.role].reach is Reach.COUNTY
        row = await self.readers.row(CASE, [self.settings.division, finding, whole, sorted(viewer.care), sorted({"", *policy.allowed.tables}), self.settings.today()])
        told = json.loads(row["opened"])
        if not told["people"]:
            raise NotAdmitted(NO_CASE, 403)
        opened = [f"person/{one}" for one in told["people"]] + [f"seen/{one}" for one in told["towns"]]
        return Asking(viewer, purpose, policy, beside=frozenset(opened), case=str(finding))

    async def still(self, viewer: Viewer) -> None:
        """NotAdmitted where the token has ended, or the viewer's rights were taken away."""
        if viewer.kind is Kind.TEST:
            return
        if viewer.expires < time.time():
            raise NotAdmitted("the token is not valid now: get a new one")
        if time.monotonic() - self._asked > BLOCKS_LAST:
            asked = time.monotonic()
            row = await self.readers.row(STANDING, [self.settings.division])
            self._blocked, self._glasses, self._asked = frozenset(row["blocked"]), json.loads(row["glasses"]), asked
            for subject in self.stopped.difference(row["stopped"]):
                self.watch.forgive(subject)
            self.stopped = frozenset(row["stopped"])
        if viewer.subject in self._blocked:
            raise NotAdmitted("the rights of this account were taken away", 403)

    def look_anew(self) -> None:
        """Something was changed here: whoever asks next is let in by what stands now."""
        self._asked = float("-inf")

    async def _viewer(self, token: str, shown: Certificate | None) -> Viewer:
        found = self._verified.get((token, shown))
        if found is None or found[1] < time.monotonic():
            viewer, known = await verified(token, self.issuers, shown), found is not None
            if not known:
                log.info("let in: a %s of role %s; what is read of people is in the audit, by account", viewer.kind, viewer.role)
            found = (viewer, time.monotonic() + TOKENS_LAST)
            self._verified[token, shown] = found
            if len(self._verified) > MOST_TOKENS:
                self._verified.popitem(last=False)
        return found[0]


@lru_cache(1024)
def _unbroken(viewer: Viewer, purpose: str, on: date) -> Asking:
    """What a viewer is let in with who has broken no glass."""
    return Asking(viewer, purpose, _policy(viewer.department, viewer.role, purpose, on, False))


@lru_cache(1024)
def _policy(department: str, role: str, purpose: str, on: date, glass: bool, of_a_case: bool = False) -> Policy:
    """What a role may see for a purpose on a day; the care is no part of it. The catalogue is read once, so what was decided stays decided.

    Of a case nobody but its people is in the care, so that it reaches as a broken glass does, and no township.

    NotAdmitted where that is nothing.
    """
    rights = rights_of(CATALOGUE, Asker(department, role), purpose, on)
    policy = Policy(replace(rights, reach=Reach.TOWNSHIP, name=f"{rights.name}/") if of_a_case else rights, glass)
    if not policy.allowed.fields:
        raise NotAdmitted("this role has no grant for this purpose", 403)
    return policy


def issuers_of(settings: Settings) -> Mapping[str, Issuer]:
    """Whose signature counts here, by the name that tokens give."""
    found: dict[str, Issuer] = dict(services(settings.services))
    if settings.oidc_issuer:
        found[settings.oidc_issuer] = Discovered(settings.oidc_issuer, frozenset(settings.oidc_acr))
    accounts = read_accounts(settings.home)
    if accounts is not None and (settings.home / INVENTED).exists():
        found[ISSUER] = accounts
    return found


def check_rules() -> None:
    """CannotServe where the rules are not as a second person approved them."""
    try:
        refuse_unapproved()
    except Refusal as unapproved:
        raise CannotServe(str(unapproved)) from None


def check_entries(types: GraphQLSchema) -> None:
    """CannotServe where a field of the graph has no entry in the catalogue, or an entry no field."""
    without, unknown = missing_entries(CATALOGUE, types)
    if without or unknown:
        raise CannotServe(f"the catalogue and the graph differ: without entry {', '.join(without) or 'none'}; without field {', '.join(unknown) or 'none'}")


def demo_tokens(admission: Admission) -> list[dict[str, str]]:
    """The demo's accounts with fresh tokens, for the query page; none elsewhere."""
    accounts = admission.accounts
    if accounts is None or ISSUER not in admission.issuers:
        return []
    return [{"name": one.name, "title": one.title, "purpose": one.purpose, "token": accounts.token(one.name)} for one in accounts.accounts]

