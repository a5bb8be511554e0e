"""The dirt that real lists carry, put on clean values: a rate per kind, and the same dirt on the same row every month."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hub.demo import names
from hub.domain.values.division import TOWNSHIPS


@dataclass(frozen=True)
class Dirt:
    """Shares of cells that carry each kind of dirt. `numbers` multiplies what befalls citizen numbers of children."""

    missing: float = 0.048
    damaged: float = 0.017
    foreign: float = 0.010
    adult_missing: float = 0.28
    old_form: float = 0.006  # 15 digits, for those born before 1985
    spelling: float = 0.03  # full width, lower-case x, spaces, apostrophes
    name: float = 0.012  # lost characters, traditional forms, homophones, remarks, blanks
    date: float = 0.25  # another way to write it
    partial: float = 0.02
    phone: float = 0.08
    township: float = 0.2
    double: float = 0.001


NONE = Dirt(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
EASY = Dirt(0.02, 0.006, 0.003, 0.15, 0.004, 0.02, 0.006, 0.15, 0.01, 0.05, 0.1, 0.0005)
MEDIUM = Dirt()
HARD = Dirt(0.09, 0.04, 0.025, 0.45, 0.01, 0.06, 0.035, 0.4, 0.05, 0.15, 0.3, 0.002)
EXTREME = Dirt(0.15, 0.08, 0.05, 0.6, 0.02, 0.1, 0.07, 0.5, 0.1, 0.25, 0.4, 0.004)
LEVELS = {"none": NONE, "easy": EASY, "medium": MEDIUM, "hard": HARD, "extreme": EXTREME}

_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_BLANKS = ("", "", "", "无", "-")


@dataclass
class Smudge:
    """Dirt for one row: its own random source, so that the row looks the same in every round."""

    rng: Random
    dirt: Dirt

    def number(self, number: str, *, adult: bool = False, others: tuple[str, ...] = ()) -> tuple[str, str]:
        """(the cell, id_state): ok, missing, invalid or foreign – somebody else's valid number."""
        rng, dirt = self.rng, self.dirt
        draw = rng.random()
        if draw < (dirt.adult_missing if adult else dirt.missing):
            return rng.choice(_BLANKS), "missing"
        draw = rng.random()
        if draw < dirt.damaged:
            return self._damaged(number), "invalid"
        if draw < dirt.damaged + dirt.foreign and others and not adult:
            return rng.choice(others), "foreign"
        if adult and number[6:10] < "1985" and rng.random() < dirt.old_form * 3:
            return number[:6] + number[8:17], "ok"
        if rng.random() < dirt.spelling:
            return rng.choice(
                (number.translate(_WIDE), number.lower(), f" {number}", f"'{number}", f"{number[:6]} {number[6:14]} {number[14:]}")
            ), "ok"
        return number, "ok"

    def _damaged(self, number: str) -> str:
        rng = self.rng
        kind = rng.randrange(5)
        if kind == 0:
            return number[:15] + "000"
        if kind == 1:
            place = rng.randrange(6, 17)
            return number[:place] + str((int(number[place]) + rng.randint(1, 9)) % 10) + number[place + 1 :]
        if kind == 2:
            place = rng.randrange(8, 16)
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            return swapped if swapped != number else number[:17]
        return number[:17] if kind == 3 else f"{number[0]}.{number[1:6]}E+17"

    def name(self, name: str) -> str:
        """A name as a list has it."""
        rng = self.rng
        if rng.random() >= self.dirt.name:
            return name.replace("·", rng.choice("·•.．")) if "·" in name and self.dirt.name else name
        kind = rng.randrange(5)
        if kind == 0 and len(name) > 1:
            place = rng.randrange(1, len(name))
            return name[:place] + rng.choice("?□") + name[place + 1 :]
        if kind == 1:
            return "".join(names.TRADITIONAL.get(c, c) for c in name)
        if kind == 2:
            return misheard(name)
        return f"{name}（小）" if kind == 3 else f"{name[0]}　{name[1:]}"

    def date(self, day: date | None) -> str:
        """A date in one of the ways offices write it."""
        if day is None:
            return ""
        rng = self.rng
        draw = rng.random()
        if draw < self.dirt.partial:
            return rng.choice((f"{day:%Y%m}", f"{day.year}年{day.month}月", f"{day.year}.{day.month}"))
        if draw < self.dirt.date:
            serial = (day - date(1899, 12, 30)) // timedelta(days=1)
            return rng.choice(
                (
                    f"{day.year}年{day.month}月{day.day}日",
                    f"{day.year}/{day.month}/{day.day}",
                    f"{day.year}.{day.month}.{day.day}",
                    f"{day:%Y-%m-%d}",
                    f"{day:%Y-%m-%d} 00:00:00",
                    str(serial),
                )
            )
        return f"{day:%Y%m%d}"

    def phone(self, phone: str) -> str:
        """A telephone number."""
        rng = self.rng
        if rng.random() >= self.dirt.phone:
            return phone
        return rng.choice(
            (f"{phone[:3]} {phone[3:7]} {phone[7:]}", f"+86{phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", phone.translate(_WIDE), "")
        )

    def township(self, code: str) -> str:
        """A township's name in one of its spellings."""
        name = TOWNSHIPS[code]
        rng = self.rng
        if rng.random() >= self.dirt.township:
            return name
        stem = name.removesuffix("满族乡").removesuffix("街道")
        return rng.choice((stem if stem != name else name, f"瓦房店市{name}", f"大连市瓦房店市{name}", f"辽宁省瓦房店市{name}"))

    def address(self, code: str, village: str) -> str:
        """An address down to the village."""
        return self.township(code) + village

    def sex(self, sex: str) -> str:
        """男 or 女, rarely a code."""
        return (
            ("男", "女")[int(sex) - 1]
            if self.rng.random() >= self.dirt.spelling / 3
            else self.rng.choice((sex, "男性" if sex == "1" else "女性"))
        )


def misheard(name: str) -> str:
    """A name as somebody writes it who only heard it: another name, where a character of the given one has a homophone."""
    return name[0] + "".join(names.HOMOPHONES.get(c, c) for c in name[1:])


def smudge(dirt: Dirt, *key: object) -> Smudge:
    """The dirt of one row, told by its key."""
    return Smudge(Random("/".join(map(str, key))), dirt)


def without_number_dirt(dirt: Dirt) -> Dirt:
    """The same dirt, but every number valid."""
    return replace(dirt, missing=0, damaged=0, foreign=0, adult_missing=0)
