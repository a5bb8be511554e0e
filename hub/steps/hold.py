"""Hold: a delivery that looks wrong is not applied; a person releases or refuses it, and sees why it was held.

The limits look at what a normal month does not do: a fifth of the rows gone, a column that went blank or became
unreadable, two columns whose contents changed places, days after the date that the delivery speaks for, numbers that contradict the rows they stand in. (That most rows change
is normal: every September each grade does.) A contract may set its own limits.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import permutations

import orjson

from hub.contract.model import NewWord, Sign, StateWord, Twice
from hub.contract.readers import LONG_AFTER
from hub.contract.sheets import SHEET
from hub.contract.spellings import variants
from hub.steps.stage import Stage

#: Limits as shares; the smallest number of rows at which shares mean anything.
LIMITS = {
    "rows_lost": 0.2,  # of the rows that stood before
    "rows_quarantined": 0.1,  # of the rows read
    "column_blank": 0.3,  # rise of a column's share of blank cells
    "columns_swapped": 0.5,  # of the changed rows looked at, each column holds what the other held
    "column_unreadable": 0.4,  # share of a column's filled cells that could not be read, or were words new to its list, beyond what was so before
    "states_unknown": 0.5,  # of an undeclared column's filled cells, those that are words of the contract's own states
    "dated_later": 0.005,  # of the rows, those that tell of days long after the date that the delivery speaks for
    "numbers_contradicted": 0.3,  # of the numbers given for people in one role, those that another birth date or sex stands beside
}
SAYS_LITTLE = frozenset({"text", "line_number"})  # remarks may stand twice
MIN_ROWS = 20
TOLD_ANEW = 0.2  # of the numbers that stood before, so many must be told anew for their contradictions to mean a column
MIN_ROWS_UNREAD = 5  # what cannot be read is plain sooner than what is missing
MIN_LATER = 2  # one such row is a slip of its own
MIN_TROUBLED = 3  # of a column that few rows fill one or two odd cells are no sign of another column
MIN_STOOD, MIN_LOST = 5, 3  # of a list of a few people one or two come and go


async def reasons_to_hold(stage: Stage, before: Mapping[str, Mapping[str, float]] | None) -> list[str]:
    """Why this delivery should wait for a person: sentences with figures; none where it looks as usual.

    ``before`` is the profile of the source's delivery that last stood: column -> {"filled", "troubled", "new"} shares.
    """
    limits = LIMITS | dict(stage.contract.hold)
    counts = stage.tally.counts
    reasons = [f"column {column}: {rows} cells that the contract freezes out" for column, rows in stage.tally.frozen.items()]
    stood = len(stage.desk.before)
    if stage.contract.mode == "full":
        lost = len(stage.ended())
        if stood >= MIN_STOOD and lost >= max(limits["rows_lost"] * stood, MIN_LOST):
            reasons.append(f"{lost} of {stood} rows that stood before are gone ({lost / stood:.0%}; limit {limits['rows_lost']:.0%})")
    data = counts.read - counts.not_data
    if data >= MIN_ROWS_UNREAD and counts.quarantined > max(limits["rows_quarantined"] * data, 1):
        reasons.append(f"{counts.quarantined} of {data} rows could not be accepted (limit {limits['rows_quarantined']:.0%})")
        reasons += stage.tally.refused
    elif stage.contract.mode == "full" and stood and 0 < data == counts.quarantined:
        reasons.append(f"none of its rows could be accepted ({data} of {data}), and {stood} stood before")
        reasons += stage.tally.refused
    later = stage.tally.signs[Sign.LATER]
    if later >= MIN_LATER and later > limits["dated_later"] * data:
        reasons.append(
            f"{later} of {data} rows tell of days more than {LONG_AFTER.days} days after {stage.window.lower}, the date it speaks for; "
            "if that is mistyped, release it with the right one: --as-of YYYY-MM-DD"
        )
    if data >= MIN_ROWS_UNREAD:
        reasons += _unreadable(profile(stage), before or {}, limits, stage.tally.troubled)
    if data >= MIN_ROWS:
        reasons += _blank(stage, before or {}, limits)
        reasons += _new_words(stage, before or {}, limits)
    reasons += [
        f"column {sign.column} stands twice, and the two differ in {rows} of {data} rows; take out or rename the wrong one, or release the delivery with the first"
        for sign, rows in stage.tally.signs.items()
        if isinstance(sign, Twice) and not ((rule := stage.contract.columns.get(sign.column)) and rule.type in SAYS_LITTLE)
    ]
    reasons += _states_unknown(stage, limits)
    return reasons + await _contradicted(stage, limits) + await _swapped(stage, limits)


def profile(stage: Stage) -> dict[str, dict[str, float]]:
    """For each column: the share of rows in which it is filled, by its cell or by the sheet's name; of its filled cells, those that could not be read, and those let pass as new words."""
    data = max(stage.tally.counts.read - stage.tally.counts.not_data, 1)
    by_sheet = next((column for column, rule in stage.contract.columns.items() if rule.sheet and rule.type == "division"), SHEET)
    filled_in = {**stage.tally.filled, by_sheet: max(stage.tally.filled[by_sheet], stage.tally.filled[SHEET])}
    return {
        column: {
            "filled": round(filled / data, 4),
            "troubled": round(stage.tally.troubled[column] / max(filled, 1), 4),
            "new": round(stage.tally.signs[NewWord(column)] / max(filled, 1), 4),
        }
        for column, filled in filled_in.items()
        if column != SHEET and filled
    }


def _unreadable(
    now: Mapping[str, Mapping[str, float]], before: Mapping[str, Mapping[str, float]], limits: Mapping[str, float], troubled: Mapping[str, int]
) -> list[str]:
    reasons = []
    for column, told in now.items():
        was = before.get(column, {})
        if troubled[column] >= MIN_TROUBLED and told["troubled"] - was.get("troubled", 0.0) > limits["column_unreadable"] and told["troubled"] > 2 * was.get("troubled", 0.0):
            reasons.append(
                f"column {column}: {told['troubled']:.0%} of its cells cannot be read as what it should hold; was it swapped with another?"
            )
    return reasons


def _blank(stage: Stage, before: Mapping[str, Mapping[str, float]], limits: Mapping[str, float]) -> list[str]:
    """Columns that were filled before. One that the contract does not declare, or that stood twice, may come and go: nothing is read from it."""
    now = profile(stage)
    declared = {rule.name for rule in variants(stage.contract.columns, stage.contract.persons)}
    reasons = []
    for column, was in before.items():
        filled = now.get(column, {}).get("filled", 0.0)
        if column in declared and was["filled"] - filled > limits["column_blank"]:
            reasons.append(f"column {column}: filled in {filled:.0%} of the rows, before in {was['filled']:.0%}")
    return reasons


def _new_words(stage: Stage, before: Mapping[str, Mapping[str, float]], limits: Mapping[str, float]) -> list[str]:
    """Columns whose new words pass, and which tell in other words all at once what they told before: it would be gone."""
    reasons = []
    for column, told in profile(stage).items():
        was = before.get(column, {}).get("new", 1.0)  # what is not known says nothing
        if stage.tally.signs[NewWord(column)] >= MIN_ROWS_UNREAD and told["new"] - was > limits["column_unreadable"] and told["new"] > 2 * was:
            reasons.append(f"column {column}: {told['new']:.0%} of its cells are words that its list does not have, before {was:.0%}")
    return reasons


def _states_unknown(stage: Stage, limits: Mapping[str, float]) -> list[str]:
    """Columns that the contract does not know and that tell a state in its own words: who is dead, moved or struck off would stand on."""
    told: Counter[tuple[str, str]] = Counter()
    others: Counter[tuple[str, str]] = Counter()
    for sign, rows in stage.tally.signs.items():
        if isinstance(sign, StateWord):
            told[sign.header, sign.codes] += rows
            others[sign.header, sign.codes] += 0 if sign.usual else rows
    return [
        f"column {header}: {rows} of {stage.tally.filled[header]} cells are words of the list {codes}, and the contract does not know the column; "
        f"{others[header, codes]} of them say another state than the usual one. Give the column to the contract, or release the delivery without it"
        for (header, codes), rows in told.items()
        if others[header, codes] and rows >= limits["states_unknown"] * stage.tally.filled[header]
    ]


async def _contradicted(stage: Stage, limits: Mapping[str, float]) -> list[str]:
    """Roles whose numbers the rows' own birth dates or sexes contradict, in so many rows that a column must be wrong.

    Only rows told anew are looked at, and of a list that hardly changed these are its doubtful ones: they must be a good part of all.
    """
    reasons = []
    for role in sorted({role for role, _ in stage.numbers}):
        suspect, told = stage.numbers[role, "suspect"], stage.numbers[role, "suspect"] + stage.numbers[role, "valid"]
        if told >= MIN_ROWS_UNREAD and suspect > limits["numbers_contradicted"] * told and told >= TOLD_ANEW * await _stood(stage, role):
            reasons.append(f"{role}: {suspect} of {told} numbers contradict the birth date or sex beside them; were two columns swapped?")
    return reasons


async def _stood(stage: Stage, role: str) -> int:
    """How many numbers the source gave for a role before."""
    stood: int = await stage.publication.connection.fetchval(
        """select count(*) from mention where division = $1 and source = $2 and role = $3 and number_state in ('valid', 'suspect')
            and valid @> $4::date""",
        stage.publication.division,
        stage.contract.name,
        role,
        stage.window.lower,
    )
    return stood


async def _swapped(stage: Stage, limits: Mapping[str, float]) -> list[str]:
    """Pairs of columns of which each now holds what the other held, in most of the changed rows looked at."""
    if len(stage.tally.sample) < MIN_ROWS:
        return []
    rows = await stage.publication.connection.fetch(
        "select id, hash, payload from record where division = $1 and id = any($2::bigint[])",
        stage.publication.division,
        [record for record, _, _ in stage.tally.sample],
    )
    payloads = {(row["id"], row["hash"]): orjson.loads(row["payload"]) for row in rows}
    crossed: Counter[tuple[str, str]] = Counter()
    for record, stood, now in stage.tally.sample:
        was = payloads.get((record, stood), {})
        moved = [c for c in now if c in was and now[c] != was[c]]
        crossed.update((a, b) for a, b in permutations(moved, 2) if a < b and now[a] == was[b] and now[b] == was[a])
    return [
        f"columns {a} and {b}: each holds what the other held in {n} of {len(stage.tally.sample)} rows looked at; were they swapped?"
        for (a, b), n in crossed.items()
        if n > limits["columns_swapped"] * len(stage.tally.sample)
    ]
