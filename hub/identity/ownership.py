"""Whose a number is that is told with several names, and which number is whose after it was corrected."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hub.identity import names
from hub.identity.clusters import Parents
from hub.identity.comparing import BORN, born_levels, date_levels
from hub.identity.evidence import CHILD, HOMES, RELATIONS, Evidence, Ints, Mentions, distinct, holds, parts, surname


def trusted_numbers(mentions: Mentions) -> tuple[Ints, list[tuple[int, int, str]], list[int]]:
    """The number of each mention where it is believed (-1 elsewhere), pairs that one number holds though they are two people, and who is torn.

    Under one number the holder's name is the one beside which most rows write the number's own birth date, of several the register's. A mention of another name has
    somebody else's number (D-42) where it is known beside the holder as somebody of its own, or around itself as a child of that very name,
    where its row says another birth date or sex, where one list has both, or where nothing in the name or a date speaks for the holder; a name
    that the holder had before does (D-26). Once a name is told to be another child's (``_told_apart``), no mention of that name has the number; and
    none without a birth date, where the rows of that name that tell one tell another than the number's.
    Torn is a mention of the holder's number and the name of a twin who sounds alike, or lives with the other parent, if nothing else tells which of the two it is (D-24).
    """
    trusted = mentions.number.copy()
    conflicts: list[tuple[int, int, str]] = []
    torn: list[int] = []
    groups = _several_names(mentions)
    if not groups:
        return trusted, conflicts, torn
    known = Known.of(mentions, groups)
    for places in groups:
        spelt = Counter(mentions.names[mentions.name[p]] for p in places)
        dated = Counter(mentions.names[mentions.name[p]] for p in places if _dated(mentions, p))
        listed = {mentions.names[mentions.name[p]] for p in places if mentions.register[p] >= 0 and not mentions.beside[p]}
        holder = min(spelt, key=lambda name: (-dated[name], -spelt[name], "?" in name, -known.nearest_twin(mentions, places[0], name), name not in listed, name))
        theirs = [p for p in places if mentions.names[mentions.name[p]] == holder]
        formerly = {(mentions.names[mentions.name[p]], mentions.names[mentions.former[p]]) for p in places if mentions.former[p] >= 0}
        others = [p for p in places if (name := mentions.names[mentions.name[p]]) != holder and not formerly & {(holder, name), (name, holder)}]
        apart = {mentions.names[mentions.name[p]] for p in others if _told_apart(mentions, p, theirs, known)}
        verdicts = {p: "TWINS" if _one_of(mentions.names[mentions.name[p]], apart, holder) else _borrowed(mentions, p, theirs, known) for p in others}
        otherwise = {name for p, verdict in verdicts.items() if verdict and mentions.evidence[p].contradicted and not dated[name := mentions.names[mentions.name[p]]]}
        for place, verdict in verdicts.items():
            if verdict is None and mentions.evidence[place].born is None and mentions.names[mentions.name[place]] in otherwise:
                verdict = "NUMBER_CONFLICT"
            if verdict:
                trusted[place] = -1
                conflicts.append((place, theirs[0], "TWINS" if verdict == TORN else verdict))
                if verdict == TORN:
                    torn.append(place)
    return trusted, conflicts, torn


TORN = "TORN"


def _several_names(mentions: Mentions) -> list[list[int]]:
    """The places under each number that is told with more than one name."""
    order = np.lexsort((mentions.name, mentions.number))
    order = order[(mentions.number[order] >= 0) & (mentions.name[order] >= 0)]
    number, name = mentions.number[order], mentions.name[order]
    changes = np.flatnonzero((number[1:] == number[:-1]) & (name[1:] != name[:-1]))
    wanted = set(np.unique(number[changes]).tolist())
    groups: dict[int, list[int]] = defaultdict(list)
    for place, code in zip(order.tolist(), number.tolist(), strict=True):
        if code in wanted:
            groups[code].append(place)
    return [groups[code] for code in sorted(groups)]


def of_the_corrected(mentions: Mentions, trusted: Ints) -> Ints:
    """The trusted numbers, each that was replaced by another told as that one where the name is the same person's (D-27).

    A number may have been given twice, or be a brother's, and the other holder keeps it: so it is only who goes by the name that has the new one
    (``_one_name``), and nobody where a list has both numbers as those of two (``_two_of_a_list``). Of two numbers each of which is told as the other's
    earlier one that stays which more rows give.
    """
    corrected = trusted.copy()
    having = np.flatnonzero((mentions.earlier >= 0) & (trusted >= 0) & (mentions.name >= 0))
    if not len(having):
        return corrected
    holders: dict[int, list[int]] = defaultdict(list)
    for place in np.flatnonzero(holds(distinct(mentions.earlier[having]), trusted) & (mentions.name >= 0)).tolist():
        holders[int(trusted[place])].append(place)
    told = set(zip(mentions.earlier[having].tolist(), trusted[having].tolist(), strict=True))
    asked = np.flatnonzero(holds(distinct(np.r_[mentions.earlier[having], trusted[having]]), trusted))
    rows = Counter(trusted[asked].tolist())
    subjects: dict[int, list[int]] = defaultdict(list)
    for place in asked[mentions.beside[asked] == 0].tolist():
        subjects[int(trusted[place])].append(place)

    def kept(one: int, other: int) -> bool:
        return (rows[one], mentions.numbers[one]) > (rows[other], mentions.numbers[other])

    for place in having.tolist():
        earlier, number = int(mentions.earlier[place]), int(trusted[place])
        if (number, earlier) in told and kept(earlier, number):
            continue
        if not _two_of_a_list(mentions, subjects[earlier], subjects[number]):
            for other in holders[earlier]:
                if _one_name(mentions, place, other):
                    corrected[other] = number
    return corrected


def _two_of_a_list(mentions: Mentions, ones: Iterable[int], others: Collection[int]) -> bool:
    """Whether the household register has rows of both at one time, or another list has them in one household."""
    return any(
        _listed_both(mentions, one, other) and (mentions.register[one] >= 0 <= mentions.register[other] or mentions.living[one] == mentions.living[other] >= 0)
        for one in ones
        for other in others
    )


def _one_name(mentions: Mentions, place: int, other: int) -> bool:
    """Whether the name beside a corrected number is that of who had the earlier one: the very name or the former one, or one that agrees where the two cannot be kin.

    Names of brothers and sisters agree too: such have another sex, birth dates that are no slip of each other, or, as twins, the same one (D-24).
    """
    one, had = mentions.names[mentions.name[place]], mentions.names[mentions.name[other]]
    if mentions.former[place] == mentions.name[other] or names.level(one, had) == names.EXACT:
        return True
    if names.level(one, had) not in names.AGREE or {1, 2} == {int(mentions.sex[place]), int(mentions.sex[other])}:
        return False
    return BORN[int(born_levels(mentions, np.array([place]), np.array([other]))[0])] not in ("same day", "far")


def of_one_name(mentions: Mentions) -> tuple[Ints, Ints]:
    """(codes, places): rows of one name that all give one number which is somebody else's, a code for each name and number.

    They are one person's, unless two of them are told to be two children: then a clerk has put the number in for anybody (D-12), and it says nothing.
    """
    told: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in np.flatnonzero((mentions.number < 0) & (mentions.claimed >= 0) & (mentions.name >= 0)).tolist():
        if mentions.evidence[place].number is not None:
            told[int(mentions.claimed[place]), int(mentions.name[place])].append(place)
    several = [places for places in told.values() if len(places) > 1]
    parents = Parents(mentions, np.array([place for places in several for place in places], dtype=np.int64))
    kept = [places for places in several if not any(_two_children(mentions, *pair, parents) for pair in combinations(places, 2))]
    codes = [code for code, places in enumerate(kept) for _ in places]
    return np.array(codes, dtype=np.int64), np.array([place for places in kept for place in places], dtype=np.int64)


def _two_children(mentions: Mentions, one: int, other: int, parents: Parents) -> bool:
    """Whether two rows of one name are told to be about two children: by their birth dates, or where these are not told by two households of one list, or their parents."""
    m = mentions
    if m.beside[one] or m.beside[other]:
        return False
    born = [(int(m.year[place]), int(m.month[place]), int(m.day[place])) for place in (one, other)]
    if all(day >= 0 for *_, day in born):
        return born[0] != born[1]
    return (_listed_both(m, one, other) and _two_households(m, one, other)) or parents.differ([one], [other])


FATHER_MOTHER = frozenset({RELATIONS["父亲"][0], RELATIONS["母亲"][0]})


@dataclass
class Known:
    """Who is known by a name and is not the holder of a number: by a number and birth date of their own, or as one of a household."""

    born: dict[tuple[int, int, int, str], list[int]]  # (birth date, surname) -> the places that give a number
    home: dict[tuple[int, str, int], list[int]]  # (source, kind of household, household) -> the places of those whom it lists by name
    row: Mapping[int, list[int]]  # record -> the places of those it names, of the rows in question
    named: Mapping[int, list[int]]  # name -> the places that give a number, of the names in question
    told: Parents

    @classmethod
    def of(cls, mentions: Mentions, groups: Iterable[list[int]]) -> "Known":
        """Gather them; ``groups`` are the places in question."""
        asked = np.array([place for places in groups for place in places], dtype=np.int64)
        born: dict[tuple[int, int, int, str], list[int]] = defaultdict(list)
        dates = mentions.year * 512 + mentions.month * 32 + mentions.day
        for place in np.flatnonzero((mentions.number >= 0) & (mentions.name >= 0) & (mentions.day >= 0) & holds(distinct(dates[asked]), dates)).tolist():
            born[int(mentions.year[place]), int(mentions.month[place]), int(mentions.day[place]), surname(mentions.names[mentions.name[place]])].append(place)
        home: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        for kind, column in HOMES:
            homes = getattr(mentions, column)
            for place in np.flatnonzero((homes >= 0) & holds(distinct(homes[asked]), homes) & (mentions.name >= 0) & (mentions.beside == 0)).tolist():
                home[int(mentions.source[place]), kind, int(homes[place])].append(place)
        named: dict[int, list[int]] = defaultdict(list)
        namesakes = np.flatnonzero((mentions.number >= 0) & holds(distinct(mentions.name[asked]), mentions.name))
        for place in namesakes.tolist():
            named[int(mentions.name[place])].append(place)
        row: dict[int, list[int]] = defaultdict(list)
        known = cls(born, home, row, named, Parents(mentions, asked))
        twins = {one for place in asked.tolist() for one in known.others_of_the_day(mentions, place, mentions.names[mentions.name[place]])}
        about = np.r_[asked, namesakes, np.array(list(twins), dtype=np.int64)]
        for place in np.flatnonzero(holds(distinct(mentions.record[about]), mentions.record)).tolist():
            row[int(mentions.record[place])].append(place)
        known.told = Parents(mentions, about)
        return known

    def others_of_the_day(self, mentions: Mentions, holder: int, name: str) -> list[int]:
        """The places of those of this family name who have another number of the holder's birth date."""
        born = (int(mentions.year[holder]), int(mentions.month[holder]), int(mentions.day[holder]), surname(name))
        return [one for one in self.born.get(born, ()) if mentions.number[one] != mentions.number[holder]]

    def twins(self, mentions: Mentions, holder: int, name: str, level: int) -> list[int]:
        """Of those the ones of this name, or of one that agrees with it better than at this level."""
        return [one for one in self.others_of_the_day(mentions, holder, name) if _agrees(name, mentions.names[mentions.name[one]], better_than=level)]

    def nearest_twin(self, mentions: Mentions, holder: int, name: str) -> int:
        """The level at which the name agrees best with that of one of those."""
        levels = [names.level(name, mentions.names[mentions.name[one]]) for one in self.others_of_the_day(mentions, holder, name)]
        return min((level for level in levels if level in names.AGREE), default=names.NOTHING)

    def kin(self, mentions: Mentions, place: int, others: Iterable[int]) -> bool:
        """Whether a row names somebody whom one of the others names too, or has their household or telephone."""
        mine = self.people(mentions, place)
        return any(mine & self.people(mentions, one) for one in others)

    def beside(self, mentions: Mentions, place: int, holder: int, level: int) -> bool:
        """Whether a list has, in the holder's own household at one time, somebody of a row's name or of one that agrees with it better than the holder's does.

        That is somebody of another number or, where the holder's name does not agree, of none. One whose birth date the row tells need agree no better; a mother's name is no child's.
        """
        number, source = int(mentions.number[holder]), int(mentions.source[holder])
        name, told = mentions.names[mentions.name[place]], mentions.evidence[place]
        born = parts(told.born) if told.contradicted else None

        def fits(one: int) -> bool:
            theirs = (int(mentions.year[one]), int(mentions.month[one]), int(mentions.day[one]))
            least = names.MISSING if mentions.kind[one] != mentions.kind[holder] else names.HALF if theirs == born else level
            return _agrees(name, mentions.names[mentions.name[one]], better_than=least)

        return any(
            (theirs := int(mentions.number[one])) != number and (theirs >= 0 or level not in names.AGREE) and fits(one) and mentions.at_once(one, holder)
            for kind, column in HOMES
            if (home := int(getattr(mentions, column)[holder])) >= 0
            for one in self.home.get((source, kind, home), ())
        )

    def namesake(self, mentions: Mentions, place: int) -> bool:
        """Whether somebody of the very same name with another number is around, at the same school too."""
        mine, school = self.around(mentions, place), mentions.school[place]
        others = (one for one in self.named[int(mentions.name[place])] if mentions.number[one] != mentions.number[place])
        return any(0 <= school == mentions.school[one] or mine & self.around(mentions, one) for one in others)

    def parents(self, mentions: Mentions, places: Iterable[int]) -> dict[int, set[int]]:
        """Relation -> the numbers of fathers or mothers whom rows name beside their subjects."""
        told: dict[int, set[int]] = defaultdict(set)
        for place in places:
            for other in self.row.get(int(mentions.record[place]), ()):
                if mentions.relation[other] in FATHER_MOTHER and mentions.number[other] >= 0:
                    told[int(mentions.relation[other])].add(int(mentions.number[other]))
        return told

    def other_parents(self, mentions: Mentions, place: int, others: Iterable[int]) -> bool:
        """Whether a row names a father or mother of another number than the rows of the others do."""
        theirs = self.parents(mentions, others)
        return any(numbers.isdisjoint(theirs[relation]) for relation, numbers in self.parents(mentions, [place]).items() if relation in theirs)

    def around(self, mentions: Mentions, place: int) -> set[tuple[str, int]]:
        """By what a row tells of whom it names: village, telephone, household, and the people beside them."""
        return self.people(mentions, place) | ({("village", int(mentions.village[place]))} if mentions.village[place] >= 0 else set())

    def people(self, mentions: Mentions, place: int) -> set[tuple[str, int]]:
        """The same without the village."""
        told = {("phone", int(mentions.phone[place]))} | {(kind, int(getattr(mentions, column)[place])) for kind, column in HOMES}
        for other in self.row.get(int(mentions.record[place]), ()):
            if other != place:
                told |= {("name", int(mentions.name[other])), ("number", int(mentions.number[other])), ("phone", int(mentions.phone[other]))}
        return {one for one in told if one[1] >= 0}


def _told_apart(mentions: Mentions, place: int, holders: list[int], known: Known) -> bool:
    """Whether a subject of another name is told to be somebody else than the holder of its number.

    A list has both at one time in two households: in one, in the payments of two months, or with a move, one person may be renamed. Or the two have different fathers or
    mothers, by number, nothing else around them in common, and given names that differ: a new family name alone comes with another father (D-26).
    """
    level = names.level(mentions.names[mentions.name[place]], mentions.names[mentions.name[holders[0]]])
    subjects = [one for one in holders if not mentions.beside[one]]
    if mentions.beside[place] or level in names.AGREE:
        return False
    if any(_listed_both(mentions, one, place) and _two_households(mentions, one, place) for one in subjects):
        return True
    if level not in (names.FAMILY, names.NOTHING) or not known.other_parents(mentions, place, subjects):
        return False
    mine = known.around(mentions, place)
    return not any(mine & known.around(mentions, one) for one in holders)


def _agrees(name: str, other: str, *, better_than: int) -> bool:
    """Whether two names are one, or agree better than at a level."""
    return name == other or ((level := names.level(name, other)) in names.AGREE and level < better_than)


def _one_of(name: str, apart: Collection[str], holder: str) -> bool:
    """Whether a name is one of those told apart from the holder's, or a spelling of one and none of the holder's."""
    return name in apart or (names.level(name, holder) not in names.AGREE and any(names.level(name, other) in names.AGREE for other in apart))


def _listed_both(mentions: Mentions, one: int, other: int) -> bool:
    """Whether one list has the rows of both, at one time."""
    return bool(mentions.source[one] == mentions.source[other]) and mentions.at_once(one, other)


def _two_households(mentions: Mentions, one: int, other: int) -> bool:
    """Whether rows of one list are of two households."""
    homes = [(getattr(mentions, column)[one], getattr(mentions, column)[other]) for _, column in HOMES]
    return any(min(pair) >= 0 for pair in homes) and all(mine != theirs or mine < 0 for mine, theirs in homes)


def _borrowed(mentions: Mentions, place: int, holders: list[int], known: Known) -> str | None:
    """Why a mention's number is not its own: TWINS, NUMBER_CONFLICT or TORN; None where the names can be one person's."""
    keeper = holders[0]
    name, holder = mentions.names[mentions.name[place]], mentions.names[mentions.name[keeper]]
    level = names.level(name, holder)
    told = mentions.evidence[place]
    if level == names.LOST:
        return "NUMBER_CONFLICT" if told.contradicted and any(known.beside(mentions, place, one, level) for one in holders) else None
    listed = told.anchor is None and any(not mentions.beside[one] and _listed_both(mentions, one, place) for one in holders)
    twins = known.twins(mentions, keeper, name, level) if surname(name) == surname(holder) else []
    parted = bool(twins) and known.kin(mentions, place, holders) and not known.kin(mentions, place, twins)
    if parted and level in WRONG | names.AGREE and known.told.differ(twins, [place, *holders]):
        twins = []  # a stranger of that day and name; twins have a father and mother in common (D-24), though one may live with each
    if twins and level in names.AGREE and not told.contradicted:
        return _of_twins_who_sound_alike(int(mentions.sex[place]), int(mentions.sex[keeper]), mentions.sex[twins].tolist(), listed=listed)
    namesake = mentions.kind[keeper] == CHILD and known.namesake(mentions, place)
    if namesake and (told.born is None or told.contradicted):
        return "NUMBER_CONFLICT"
    if level == names.SOUND and not namesake:
        return None
    if twins:
        return TORN if parted and mentions.sex[place] == mentions.sex[keeper] else "TWINS"
    if any(known.beside(mentions, place, one, level) for one in holders):
        return "NUMBER_CONFLICT"
    others = level in WRONG and known.other_parents(mentions, place, holders)
    near = level in names.AGREE or (level in WRONG and not others and known.kin(mentions, place, holders))
    if told.contradicted and level not in HEARD and not (near and _one_slip(told)):  # a wrong name and a wrong date are two slips of one hand, or another child's
        return "NUMBER_CONFLICT"
    if level in names.AGREE:
        return None
    own = _dated(mentions, place)
    if others or listed or (mentions.sex[place] and any(mentions.sex[one] and mentions.sex[one] != mentions.sex[place] for one in holders)):
        return "TWINS" if own else "NUMBER_CONFLICT"
    if own and any(_dated(mentions, one) for one in holders):
        return None
    if level == names.NOTHING:
        return "NUMBER_CONFLICT"
    if level == names.FAMILY and told.born is None and mentions.kind[keeper] == CHILD:
        mine = known.around(mentions, place)
        if not any(mine & known.around(mentions, one) for one in holders):
            return "NUMBER_CONFLICT"
    return None


def _of_twins_who_sound_alike(sex: int, holders: int, twins: Collection[int], *, listed: bool) -> str | None:
    """Whose a row is that gives the number of one twin and the name of the other, where one character that sounds or looks alike is all between the names.

    Of brother and sister the sex tells it; of two of one sex, that its list has the holder beside it.
    """
    if sex and holders and 0 not in twins and holders not in twins:
        return None if sex == holders else "TWINS"
    return "TWINS" if listed else TORN


WRONG = frozenset({names.HALF, names.SYLLABLE})  # one character of several: of a slip, or of the generation that brothers and cousins have in common
HEARD = frozenset({names.SOUND, names.LOST, names.SHORTENED})  # one name, written otherwise or not whole


def _one_slip(told: Evidence) -> bool:
    """Whether the birth date of a row is that of its number but for one slip, or for the calendar."""
    written, numbered = (tuple(np.array([part]) for part in parts(date)) for date in (told.born, told.numbered_born))
    return BORN[int(date_levels(written, numbered)[0])] in ("swapped", "other day", "other month", "other year", "lunar")  # type: ignore[arg-type]


def _dated(mentions: Mentions, place: int) -> bool:
    """Whether a mention's row writes the very birth date that its number tells."""
    mention = mentions.evidence[place]
    return mention.born is not None and mention.born == mention.numbered_born
