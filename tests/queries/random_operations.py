"""Random operations over the whole read schema: whatever has been asked least comes first, so that nothing stays unasked."""

import base64
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type, is_non_null_type

from hub.identity.deciding import BY_HARM
from hub.query.cursors import global_id
from hub.rules.indicators import INDICATORS
from schema.declared import graph
from schema.person import ASSERTED
from tests.queries.random_data import IDS, PUBLICATIONS, SOURCES, TEXTS, TODAY, TOWNS

FILTERS = {
    "disabled": bool, "enrolled": bool, "onMinimumLivingAllowance": bool, "leftBehind": bool, "parentInPrison": bool, "hasFinding": bool,
    "rule": str, "ageFrom": int, "ageTo": int, "sex": str, "township": str, "nameContains": str,
}  # fmt: skip


class Operations:
    """Makes operations; `asked` counts every field and argument, alone and below an asKnownAt."""

    def __init__(self, seed: int, second_road: frozenset[str]) -> None:
        self.chance = random.Random(seed)
        self.second_road = second_road
        self.asked: Counter[str] = Counter()
        self.cursors: dict[str, list[str]] = {}
        self.order = "NAME"
        self.deep = False  # for what lies so deep that it is hardly met
        self.few = False  # fields: of such many can be asked, each with other arguments

    def make(self) -> tuple[str, dict[str, Any]]:
        """An operation and its variables."""
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self.names = 0
        self.size = 40 if self.deep else self.chance.choice((1, 1, 2, 3) if self.few else (4, 10, 25))
        self.known = ""
        self.way = {known: self._way(known) for known in ("", " as known")} if self.deep else {}
        body = self._selection(graph.types.query_type, 8 if self.deep else self.chance.choice((2, 3) if self.few else (2, 3, 4, 6)))
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        head = f"query Q({declared}) " if declared else self.chance.choice(("query Q ", ""))
        return " ".join([head + body, *self.fragments]), {name: value for name, (_, value) in self.variables.items() if value is not Ellipsis}

    def learn(self, answer: Any) -> None:
        """Remember the cursors in an answer, by the order that they belong to."""
        if isinstance(answer, dict):
            for key, value in answer.items():
                if isinstance(value, str) and key.lower().endswith("cursor"):
                    order = orjson.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))[0]
                    known = self.cursors.setdefault(order, [])
                    known.append(value)
                    del known[:-50]
                else:
                    self.learn(value)
        elif isinstance(answer, list):
            for one in answer:
                self.learn(one)

    def everything(self) -> set[str]:
        """All fields and arguments that can be reached from Query, and all fields once more below an asKnownAt."""
        found: set[str] = set()
        waiting, seen = [graph.types.query_type], set()
        while waiting:
            type_ = waiting.pop()
            if type_ is None or type_.name in seen:
                continue
            seen.add(type_.name)
            for name, field in self._fields(type_).items():
                found.add(f"{type_.name}.{name}")
                if type_.name != "Query" and not type_.name.startswith(("Access", "Correction")):  # the audit is no fact on two time axes
                    found.add(f"{type_.name}.{name} as known")
                found |= {f"{type_.name}.{name}({argument})" for argument in field.args}
                target = get_named_type(field.type)
                if isinstance(target, GraphQLInterfaceType):
                    waiting += graph.types.get_possible_types(target)
                elif isinstance(target, GraphQLObjectType):
                    waiting.append(target)
        return found | {f"ChildFilter.{name}" for name in FILTERS}

    def _fields(self, type_: Any) -> dict[str, Any]:
        return {name: field for name, field in type_.fields.items() if f"{type_.name}.{name}" not in self.second_road}

    def _selection(self, type_: Any, depth: int) -> str:
        """A selection set, some of it in fragments."""
        fields = self._fields(type_)
        names = [n for n, f in fields.items() if is_leaf_type(get_named_type(f.type)) or (depth > 1 and self.size > 0)] or ["__typename"]
        names.sort(key=lambda n: self._turn(type_, n) if self.deep else self.asked[f"{type_.name}.{n}{self.known}"] + self.chance.random() * 3)
        count = min(len(names), self.chance.choice((2, 4, 8) if self.deep else (1, 2, 3, 5)))
        chosen = names[:count] if type_.name != "Query" else names[: min(count, 2)]
        told = [self._field(type_, name, depth) if name in fields else name for name in chosen]
        if self.chance.random() < 0.15:
            told.append("__typename")
        if self.chance.random() < 0.1:
            told.append(self.chance.choice(told) if all("{" not in t for t in told) else "__typename")
        return "{ " + " ".join(self._wrapped(type_, part) for part in told) + " }"

    def _way(self, known: str) -> dict[str, int]:
        """Type -> how many edges lead from it to what was never asked."""
        way: dict[str, int] = {}
        leads: dict[str, set[str]] = {}  # type -> those that have an edge to it
        for name, type_ in graph.types.type_map.items():
            if isinstance(type_, GraphQLInterfaceType):
                for one in graph.types.get_possible_types(type_):
                    leads.setdefault(one.name, set()).add(name)
            elif isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
                for field, told in self._fields(type_).items():
                    leads.setdefault(get_named_type(told.type).name, set()).add(name)
                    if not all(self.asked[f"{name}.{field}{one}"] for one in (known, *(f"({argument})" for argument in told.args))):
                        way[name] = 0
        for steps in range(1, 9):
            for name in [name for name, far in way.items() if far == steps - 1]:
                for one in leads.get(name, ()):
                    way.setdefault(one, steps)
        return way

    def _turn(self, type_: Any, name: str) -> float:
        """What was never asked first, then what leads to such."""
        field = self._fields(type_).get(name)
        asked = self.asked[f"{type_.name}.{name}{self.known}"]
        if field is None or not asked or any(not self.asked[f"{type_.name}.{name}({argument})"] for argument in field.args):
            return 0
        if name == "pageInfo" or name.endswith("Cursor"):
            return self.chance.random() * 3
        known = " as known" if "asKnownAt" in field.args else self.known
        return 1 + self.way[known].get(get_named_type(field.type).name, 20) + self.chance.random() * 3

    def _wrapped(self, type_: Any, part: str) -> str:
        match self.chance.randrange(14):
            case 0:
                return f"... on {type_.name} {{ {part} }}"
            case 1:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_.name} {{ {part} }}")
                return f"...{name} ...{name}"
            case 2:
                return f"... @{self.chance.choice(('include', 'skip'))}(if: {self._told('Boolean!', self.chance.random() < 0.5)}) {{ {part} }}"
            case 3 if any(i.name == "Node" for i in getattr(type_, "interfaces", ())):
                return f"... on Node {{ nodeId: id }} {part}"
        return part

    def _field(self, type_: Any, name: str, depth: int) -> str:
        field = type_.fields[name]
        self.size -= 1
        below, self.known = self.known, self.known
        arguments = self._arguments(type_.name, name, field.args)
        self.asked[f"{type_.name}.{name}{self.known}"] += 1
        if self.known:
            self.asked[f"{type_.name}.{name}"] += 1
        target = get_named_type(field.type)
        self.names += 1
        alias = f"a{self.names}: " if arguments or self.chance.random() < 0.2 else ""
        told = f"{alias}{name}{arguments}"
        if isinstance(target, GraphQLInterfaceType):
            kind = self.kind
            told += f" {{ id __typename ... on {kind} {self._selection(graph.types.type_map[kind], depth - 1)} ... on School {{ another: name }} }}"
        elif not is_leaf_type(target):
            told += " " + self._selection(target, depth - 1)
        self.known = below
        return told

    def _arguments(self, type_name: str, field: str, declared: Any) -> str:
        if "asKnownAt" in declared:
            self.known = ""
        if not declared:
            return ""
        self.order = "NAME"
        given = [n for n, a in declared.items() if (is_non_null_type(a.type) and a.default is None) or self.asked[f"{type_name}.{field}({n})"] == 0 or self.chance.random() < (0.6 if n == "asKnownAt" else 0.3)]
        if "first" in given and "last" in given and self.chance.random() < 0.95:
            given.remove(max(("first", "last"), key=lambda n: self.asked[f"{type_name}.{field}({n})"] + self.chance.random() * 3))
        told = []
        for name in sorted(given, key=lambda n: n in ("after", "before")):
            value = self._value(field, name)
            if value is ...:
                continue
            self.asked[f"{type_name}.{field}({name})"] += 1
            if name == "asKnownAt" and value is not None:
                self.known = " as known"
            told.append(f"{name}: {self._filter(value) if name == 'filter' else self._told(str(declared[name].type), value)}")
        return f"({', '.join(told)})" if told else ""

    def _value(self, field: str, name: str) -> Any:
        chance = self.chance
        match name:
            case "asKnownAt":
                return chance.choice((*range(1, PUBLICATIONS + 1), *range(1, PUBLICATIONS + 1), None, 99 if chance.random() < 0.1 else 2))
            case "on":
                return chance.choice((None, (TODAY - timedelta(days=chance.randrange(500))).isoformat(), "2024-02-29"))
            case "first" | "last":
                return chance.choice((0, 1, 2, 3, 5, None, 100, 101 if chance.random() < 0.05 else 4))
            case "orderBy":
                self.order = chance.choice(("NAME", "BIRTH_DATE", "TOWNSHIP"))
                return self.order
            case "groupBy":
                return chance.choice(("TOWNSHIP", "SEX", "AGE"))
            case "after" | "before":
                return chance.choice(self.cursors.get(self._order(field)) or [...]) if chance.random() < 0.97 else chance.choice(("x", "", "WyJhIl0"))
            case "id" if field in ("node", "nodeAt"):
                self.kind = min((kind for kind in IDS if kind in graph.types.type_map), key=lambda kind: (self.deep and self.way[" as known" if field == "nodeAt" else ""].get(kind, 9), self._least(kind) + chance.random() * 4))
                return chance.choice(IDS[self.kind]) if chance.random() < 0.97 else chance.choice(("x", global_id("Nobody", 1), ""))
            case "id" | "householdId" | "personId":
                kind = {"household": "Household", "aidPlan": "Household", "school": "School"}.get(field, "Person")
                return chance.choice(IDS[kind]) if chance.random() < 0.95 else chance.choice(("1", "zzz", IDS["Mention"][0]))
            case "filter":
                return {n: self._filtered(n) for n in chance.sample(list(FILTERS), min(len(FILTERS), chance.choice((0, 1, 1, 2, 3))))}
            case "township" | "code":
                return chance.choice(TOWNS)
            case "field":
                return chance.choice((*ASSERTED, "nothing"))
            case "conclusion" if field == "schoolAgeRegister":
                return chance.choice(("失学", "在校", *TEXTS[:3]))
            case "owner":
                return chance.choice(("SCHOOL", "CASE", None)) if chance.random() < 0.97 else "SOMETHING"
            case "blindSpot" | "local":
                return chance.choice((True, False, None))
            case "kind" if field == "linkReviews":
                return chance.choice(BY_HARM) if chance.random() < 0.97 else "SOMETHING"
            case "name":
                return chance.choice(INDICATORS).name if chance.random() < 0.97 else "nothing"
            case "freeze":
                return chance.randrange(1, PUBLICATIONS + 1)
            case "decided" | "waiting" | "counted":
                return chance.choice((True, False, None))
            case "kind":
                return chance.choice(("", *TEXTS))
            case "round":
                return chance.choice(IDS["InspectionRound"][:4]) if chance.random() < 0.97 else chance.choice(("x", IDS["Mention"][0]))
            case "rule" | "status":
                return self._filtered("rule") if name == "rule" else chance.choice(("待核查", "销号", ""))
            case "source":
                return chance.choice((*SOURCES, "", None))
            case "nameContains" | "programme":
                return chance.choice(TEXTS)
        raise AssertionError(f"no values for the argument {name} of {field}")

    def _order(self, field: str) -> str:
        """The order that the cursors of a list belong to."""
        return f"people/{self.order}" if field in ("children", "persons") else field

    def _least(self, kind: str) -> int:
        """How often the field of a type that was asked least below an asKnownAt was asked there."""
        return min(self.asked[f"{kind}.{name} as known"] for name in graph.types.type_map[kind].fields)

    def _filtered(self, name: str) -> Any:
        self.asked[f"ChildFilter.{name}"] += 1
        if FILTERS[name] is bool:
            return self.chance.choice((True, False, None))
        if FILTERS[name] is int:
            return self.chance.choice((0, 6, 10, 17, None, 151 if self.chance.random() < 0.1 else 30))
        return {"township": self.chance.choice(TOWNS), "sex": "女性", "rule": "unenrolled_disabled"}.get(name, self.chance.choice(TEXTS[:6]))

    def _filter(self, value: dict[str, Any]) -> str:
        if self.chance.random() < 0.5:
            return self._told("ChildFilter", value)
        types = {bool: "Boolean", int: "Int", str: "String"}
        return "{ " + ", ".join(f"{n}: {self._told(types[FILTERS[n]], v)}" for n, v in value.items()) + " }"

    def _told(self, type_: str, value: Any) -> str:
        """A value as it stands in the document: a variable, or written out."""
        if self.chance.random() < 0.5 and (value is not None or not type_.endswith("!")):
            name = f"v{len(self.variables)}"
            self.variables[name] = (type_, value if value is not None or self.chance.random() < 0.5 else ...)
            return f"${name}"
        return _literal(value, bare=type_.startswith(("PersonOrder", "ChildGroup")))


def _literal(value: Any, *, bare: bool = False) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k}: {_literal(v)}" for k, v in value.items()) + " }"
    return str(value) if bare else orjson.dumps(value).decode().replace("\x7f", "\\u007f")
