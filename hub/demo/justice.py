"""The justice bureau's extract: prisoners and their minor children, often without number, and often several children in one cell."""

from collections.abc import Iterator

from hub.demo.city import Person
from hub.demo.dirt import Smudge
from hub.demo.sheets import Line, Named, Round

TITLE = "服刑人员未成年子女"


def prisoners(round_: Round) -> Iterator[Line]:
    """A prisoner and a minor child; a third of those with several children have them all in one cell."""
    told: dict[str, list[Person]] = {}
    parents: dict[str, Person] = {}
    for child in round_.city.children():
        for parent in (child.father, child.mother):
            if parent is not None and parent.in_prison(round_.day):
                parents[parent.id] = parent
                told.setdefault(parent.id, []).append(child)
    for parent_id, children in told.items():
        parent = parents[parent_id]
        if len(children) > 1 and (TITLE in parent.said or round_.smudge("服刑人员", parent_id).rng.random() < 1 / 3):
            yield _together(round_, parent, children)
        else:
            yield from (_alone(round_, parent, child) for child in children)


def _alone(round_: Round, parent: Person, child: Person) -> Line:
    """A row of its own for a child."""
    s = round_.smudge("服刑", child.id)
    number, state = _number(s, child)
    cells = {
        "未成年子女姓名": s.name(child.name),
        "子女性别": s.sex(child.sex),
        "子女出生日期": s.date(child.born),
        "子女身份证号": number,
    }
    return _line(round_, s, parent, child, cells, [Named("主体", child, state)])


def _together(round_: Round, parent: Person, children: list[Person]) -> Line:
    """One row for all children of a prisoner; without all their numbers it has none, for nobody could tell whose they are."""
    s = round_.smudge("服刑", parent.id)
    numbers = [_number(s, child) for child in children]
    known = all(state == "ok" for _, state in numbers)
    cells = {
        "未成年子女姓名": "、".join(s.name(child.name) for child in children),
        "子女性别": "、".join(s.sex(child.sex) for child in children),
        "子女出生日期": "、".join(s.date(child.born) for child in children),
        "子女身份证号": "、".join(child.number for child in children) if known else "",
    } | parent.said.get(TITLE, {})
    state = "ok" if cells["子女身份证号"] else "missing"
    return _line(round_, s, parent, children[0], cells, [Named(f"子女{n}", child, state) for n, child in enumerate(children, start=1)])


def _number(s: Smudge, child: Person) -> tuple[str, str]:
    """The number of a prisoner's child is known in two of five rows."""
    return s.number(child.number) if s.rng.random() < 0.4 or not s.dirt.missing else ("", "missing")


def _line(round_: Round, s: Smudge, parent: Person, child: Person, cells: dict[str, str], named: list[Named]) -> Line:
    """The row around its children: the prisoner, the sentence, who cares for them."""
    assert parent.sentence is not None
    number, state = s.number(parent.number)
    guardian = child.guardian if child.guardian is not parent else (child.mother if parent is child.father else child.father)
    relation = child.guardian_is if guardian is child.guardian else "母亲" if parent is child.father else "父亲"
    around = {
        "罪犯编号": f"21{int(parent.id[1:]):08d}",
        "服刑人员姓名": parent.name,
        "服刑人员身份证号": number,
        "羁押监所": parent.prison,
        "刑期止日": f"{parent.sentence[1]:%Y-%m}",
        "现监护人姓名": guardian.name if guardian else "",
        "监护人与子女关系": relation,
        "监护人电话": s.phone(guardian.phone) if guardian else "",
        "户籍地": s.address(child.township, child.village),
    }
    others = [Named("服刑人员", parent, state), *([Named("监护人", guardian, "missing")] if guardian else [])]
    return Line(around | cells, [*named, *others])
