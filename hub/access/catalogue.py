"""The catalogue of data items (政务数据目录): what each is, whose, how sensitive, and who may see it for which purpose since when.

It is one file that an official can read, ``catalogue.toml`` beside this module; whatever is wrong in it is told with line and
column, and then nothing is served. The terms are those of the 政务数据共享条例 (Order 809, art. 4 and 5: a catalogue with sharing
types); the retention is domain G.10. Who sees what is decided from it in ``hub.access.deciding``, and nowhere else.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from hub.contract.approval import Version, read_versions
from hub.contract.form import Form

FILE = Path(__file__).with_name("catalogue.toml")
MOST_LINES = 5_000


class Sharing(StrEnum):
    """Whether an item is shared (政务数据共享条例)."""

    OPEN = "无条件共享"
    CONDITIONAL = "有条件共享"
    NONE = "不予共享"


class Level(StrEnum):
    """How much harm a leak does; from SENSITIVE on it is about persons (个人信息保护法 28: every child under 14 is)."""

    PUBLIC = "公开"
    INTERNAL = "内部"
    SENSITIVE = "敏感"
    HIGHLY = "高度敏感"


class Reach(StrEnum):
    """Which rows a role reaches: all of the county, or those in its care."""

    COUNTY = "全市"
    TOWNSHIP = "乡镇"
    VILLAGE = "村居"
    SCHOOL = "学校"


class Mask(StrEnum):
    """How a column is shown where a grant says 脱敏 (domain G.8)."""

    NAME = "姓名"  # the first character and a star: 王*
    GONE = "隐去"  # nothing at all


@dataclass(frozen=True)
class Item:
    """One data item with the fields of the graph and the tables that hold it."""

    code: str
    name: str
    owner: str
    sharing: Sharing
    condition: str
    level: Level
    retention: str
    fields: frozenset[str]  # "Type.field"
    tables: frozenset[str]
    masks: Mapping[str, Mask]  # "table.column" -> mask
    sources: frozenset[str] = frozenset()  # lists that tell it by naming somebody: "department.list", or "department." for all of a department's

    values: bool = True  # whether what these lists say of somebody has a word in the values that are chosen for the person

    plainly: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # "table.column" -> a word there that tells it -> the word that is seen without it

    @property
    def personal(self) -> bool:
        """Whether it tells something of a person, so that seeing it needs a purpose and leaves an entry."""
        return self.level in (Level.SENSITIVE, Level.HIGHLY)


@dataclass(frozen=True)
class Role:
    """What somebody is in a department, and how far that reaches."""

    code: str
    name: str
    department: str
    reach: Reach


@dataclass(frozen=True)
class Grant:
    """Some roles may see some items for some purposes from one day to another."""

    code: str
    name: str
    roles: frozenset[str]
    purposes: frozenset[str]
    items: frozenset[str]
    masked: bool
    since: date
    until: date | None

    def stands(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Catalogue:
    """The whole file."""

    versions: tuple[Version, ...]
    purposes: Mapping[str, str]  # code -> name
    roles: Mapping[str, Role]
    items: Mapping[str, Item]
    grants: tuple[Grant, ...]
    of_a_case: frozenset[str] = frozenset()  # purposes that need a case, and reach the people of that one alone

    @cached_property
    def item_of(self) -> Mapping[str, Item]:
        """"Type.field" -> its item."""
        return {name: item for item in self.items.values() for name in item.fields}

    @cached_property
    def tables(self) -> frozenset[str]:
        """Every table with rows about persons."""
        return frozenset(table for item in self.items.values() for table in item.tables)


def read_catalogue(path: Path = FILE, *, approved: bool = True) -> Catalogue:
    """The catalogue in a file; ContractError names line, column and what is allowed there.

    ``approved=False`` leaves out the one check that a draft cannot pass: that its newest version carries its fingerprint.
    """
    form = Form(path, most=MOST_LINES)
    told = form.data
    form.only(told, ("版本", "用途", "角色", "授权", "信息项"), "the catalogue")
    for part in ("版本", "用途", "角色", "授权", "信息项"):
        if not form.table(told.get(part, {}), part):
            form.fail(f"the catalogue has no {part}", part)
    versions = read_versions(form, told["版本"])
    days = {str(version.no): version.on for version in versions}
    purposes = {code: _purpose(form, code, raw) for code, raw in told["用途"].items()}
    roles = {code: _role(form, code, raw) for code, raw in told["角色"].items()}
    items = {code: _item(form, code, raw) for code, raw in told["信息项"].items()}
    _each_field_once(form, items)
    grants = tuple(_grant(form, code, raw, roles, purposes, items, days) for code, raw in told["授权"].items())
    if approved and versions[-1].fingerprint != fingerprint(told):
        form.fail(
            f"what stands here is not what version {versions[-1].no} approved: add a version that names who proposes and who approves, with 指纹 = {fingerprint(told)!r}",
            "版本", str(versions[-1].no), "指纹",
        )
    of_a_case = frozenset(code for code, raw in told["用途"].items() if form.flag(raw, "个案", "用途", code, default=False))
    return Catalogue(versions, purposes, roles, items, grants, of_a_case)


def fingerprint(told: Mapping[str, Any]) -> str:
    """The SHA-256 of everything in the file except the fingerprints: what the second person approves."""
    versions = {no: {key: value for key, value in raw.items() if key != "指纹"} for no, raw in told["版本"].items()}
    text = json.dumps({**told, "版本": versions}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint_of(path: Path) -> str:
    """The fingerprint of a file that is otherwise in order."""
    read_catalogue(path, approved=False)
    return fingerprint(Form(path, most=MOST_LINES).data)


def _purpose(form: Form, code: str, raw: Any) -> str:
    at = ("用途", code)
    raw = form.table(raw, *at)
    form.only(raw, ("名称", "依据", "个案"), "a purpose", *at)
    form.text_of(raw, "依据", *at)
    return form.text_of(raw, "名称", *at)


def _role(form: Form, code: str, raw: Any) -> Role:
    at = ("角色", code)
    raw = form.table(raw, *at)
    form.only(raw, ("名称", "部门", "范围"), "a role", *at)
    return Role(code, form.text_of(raw, "名称", *at), form.text_of(raw, "部门", *at), Reach(form.choice(raw, "范围", list(Reach), *at)))


def _item(form: Form, code: str, raw: Any) -> Item:
    at = ("信息项", code)
    raw = form.table(raw, *at)
    form.only(raw, ("名称", "提供部门", "共享类型", "共享条件", "敏感级别", "保存期限", "数据表", "来源", "取值", "透露值", "脱敏", "字段"), "an item", *at)
    sharing = Sharing(form.choice(raw, "共享类型", list(Sharing), *at))
    condition = form.optional(raw, "共享条件", *at) or ""
    if sharing is not Sharing.OPEN and not condition:
        form.fail(f"{sharing} needs 共享条件: the range and the law it rests on", *at, "共享类型")
    level = Level(form.choice(raw, "敏感级别", list(Level), *at))
    tables = form.texts(raw, "数据表", *at)
    if sharing is Sharing.OPEN and level is not Level.PUBLIC:
        form.fail("what is shared without condition must be 公开", *at, "敏感级别")
    if level in (Level.SENSITIVE, Level.HIGHLY) and not tables and sharing is not Sharing.NONE:
        form.fail("an item about persons names the tables that hold it: 数据表", *at)
    sources = form.texts(raw, "来源", *at)
    for source in sources:
        if not re.fullmatch(r"[a-z_]+\.([a-z_]+)?", source):
            form.fail(f"{source} is no source: write department.list, or department. for all of a department's lists", *at, "来源", source)
    if "取值" in raw and not sources:
        form.fail("取值 is of the lists that 来源 names; there are none", *at, "取值")
    masks = form.table(raw.get("脱敏", {}), *at, "脱敏")
    for column in masks:
        if column.partition(".")[0] not in tables or not re.fullmatch(r"[a-z_]+\.[a-z_]+", column):
            form.fail(f"{column} is no column of one of its tables: write table.column", *at, "脱敏", column)
        form.choice(masks, column, list(Mask), *at, "脱敏")
    fields = form.table(raw.get("字段", {}), *at, "字段")
    named = frozenset(f"{type_}.{name}" for type_ in fields for name in form.texts(fields, type_, *at, "字段"))
    if not named:
        form.fail("an item names the fields of the graph that show it: 字段", *at)
    return Item(
        code, form.text_of(raw, "名称", *at), form.text_of(raw, "提供部门", *at), sharing, condition, level,
        form.text_of(raw, "保存期限", *at), named, frozenset(tables), {column: Mask(mask) for column, mask in masks.items()}, frozenset(sources),
        form.flag(raw, "取值", *at, default=True), _plainly(form, raw, *at),
    )


def _plainly(form: Form, raw: Mapping[str, Any], *at: str) -> dict[str, dict[str, str]]:
    told = form.table(raw.get("透露值", {}), *at, "透露值")
    for column in told:
        if not re.fullmatch(r"[a-z_]+\.[a-z_]+", column):
            form.fail(f"{column} is no column: write table.column", *at, "透露值", column)
    return {column: {word: form.text_of(words, word, *at, "透露值", column) for word in form.table(words, *at, "透露值", column)} for column, words in told.items()}


def _each_field_once(form: Form, items: Mapping[str, Item]) -> None:
    met: dict[str, str] = {}
    for item in items.values():
        for name in sorted(item.fields):
            if name in met:
                form.fail(f"{name} stands in {met[name]} already; a field has one item", "信息项", item.code, "字段", *name.split("."))
            met[name] = item.code


def _grant(
    form: Form, code: str, raw: Any, roles: Collection[str], purposes: Collection[str], items: Mapping[str, Item], days: Mapping[str, date]
) -> Grant:
    at = ("授权", code)
    raw = form.table(raw, *at)
    form.only(raw, ("名称", "角色", "用途", "信息项", "显示", "自", "至"), "a grant", *at)

    def named(key: str, allowed: Collection[str]) -> frozenset[str]:
        found = form.texts(raw, key, *at)
        if not found:
            form.fail(f"{key} is missing: nobody, nothing or no purpose is granted", *at)
        return frozenset(form.one_of(name, allowed, key, *at, key, name) for name in found)

    told = named("信息项", items)
    for item in sorted(told):
        if items[item].sharing is Sharing.NONE:
            form.fail(f"{item} is 不予共享 and cannot be granted", *at, "信息项", item)
    since = days[form.one_of(form.text_of(raw, "自", *at), days, "版本", *at, "自")]
    until = days[form.one_of(form.text_of(raw, "至", *at), days, "版本", *at, "至")] if "至" in raw else None
    if until is not None and until < since:
        form.fail("至 is an earlier version than 自", *at, "至")
    masked = form.choice(raw, "显示", ("原样", "脱敏"), *at, default="原样") == "脱敏"
    return Grant(code, form.text_of(raw, "名称", *at), named("角色", roles), named("用途", purposes), told, masked, since, until)
