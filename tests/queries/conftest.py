"""A small city's deliveries in the graph, and a client of the endpoint that counts its statements."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import event

from hub.access.sealing import Keys
from hub.answering import Answering
from hub.rules import RULES
from hub.steps.check import check
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.web import create_app
from tests.flow import DIVISION, carry, number, write_csv

REGISTER = ["序号", "户号", "户主姓名", "与户主关系", "姓名", "曾用名", "性别", "公民身份号码", "出生日期", "民族", "户籍地址", "派出所"]
SCHOOL = [
    "序号",
    "学校",
    "年级",
    "全国学籍号",
    "学生姓名",
    "性别",
    "出生日期",
    "身份证件类型",
    "身份证件号",
    "民族",
    "户口所在地",
    "现住址",
    "监护人1姓名",
    "监护人1关系",
    "监护人1证件号",
    "监护人1电话",
    "是否留守儿童",
]
DISABLED = ["序号", "残疾人证号", "姓名", "性别", "残疾类别", "残疾等级", "出生日期", "监护人姓名", "监护人电话", "户籍地址"]
ALLOWANCE = [
    "序号",
    "低保证号",
    "户主姓名",
    "户主身份证号",
    "家庭成员姓名",
    "与户主关系",
    "成员身份证号",
    "性别",
    "出生日期",
    "乡镇街道",
    "村社区",
    "联系电话",
    "救助类别",
]
TOWNS = ["复州城镇", "许屯镇", "新华街道", "松树镇"]


@dataclass
class Client:
    """Asks the endpoint; `statements` are those of the last request, without the transaction's own."""

    http: httpx.AsyncClient
    statements: list[str] = field(default_factory=list)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        self.statements.clear()
        answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]


async def fill(connection: asyncpg.Connection, keys: Keys, folder: Path, children: int) -> None:
    """A month's deliveries of four departments about some children, every third disabled, every fourth of these unenrolled."""
    register, school, disabled, allowance = [REGISTER], [SCHOOL], [DISABLED], [ALLOWANCE]
    for i in range(children):
        born = date(2012 + i % 6, 1 + i % 12, 1 + i % 28)
        theirs, parents = (
            number(born, 100 + i % 400 * 2, area="210299" if i < 400 else "210298"),
            number(date(1985, 5, 5), 100 + i, area="210297"),
        )
        name, parent, town = f"王{chr(0x4E00 + i)}", f"李{chr(0x5E00 + i)}", TOWNS[i % len(TOWNS)]
        register.append(
            [str(2 * i + 1), f"2102{i:06d}", parent, "户主", parent, "", "", parents, "19850505", "汉族", f"瓦房店市{town}八里庄村", ""]
        )
        register.append(
            [
                str(2 * i + 2),
                f"2102{i:06d}",
                parent,
                "长女",
                name,
                "",
                "女",
                theirs,
                f"{born:%Y%m%d}",
                "汉族",
                f"瓦房店市{town}八里庄村",
                "",
            ]
        )
        if i % 12:
            school.append(
                [
                    str(i),
                    f"{town[:2]}中心小学",
                    "4年级",
                    f"G{theirs}",
                    name,
                    "女",
                    f"{born:%Y%m%d}",
                    "居民身份证",
                    theirs,
                    "汉族",
                    f"{town}八里庄村",
                    town,
                    parent,
                    "母亲",
                    parents,
                    "13900000000",
                    "否",
                ]
            )
        if i % 3 == 0:
            disabled.append([str(i), theirs + "52", name, "女", "智力", "二级", f"{born:%Y%m%d}", parent, "13900000000", f"{town}八里庄村"])
            allowance.append(
                [str(i), f"DB{i:05d}", parent, parents, name, "长女", theirs, "女", f"{born:%Y%m%d}", town, "八里庄村", "", "农村低保"]
            )
    for title, rows in (("常住人口", register), ("学生基础信息", school), ("持证残疾人", disabled), ("城乡低保对象", allowance)):
        write_csv(folder, f"{title}_202609.csv", rows)
    await carry(connection, keys, folder)
    async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=date(2026, 10, 20)) as publication:
        await check(publication, [rule for rule in RULES if rule.name == "unenrolled_disabled"], on=date(2026, 10, 20))


@pytest.fixture
def served(tmp_path):
    """`async with served(database) as client`: the endpoint over a database, on 20 October 2026."""

    @asynccontextmanager
    async def over(database):
        settings = database.settings(HUB_BUSINESS_DATE="2026-10-20")
        logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
        app = create_app(settings, Database(None, logins))
        answering: Answering = app.answering
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:
            client = Client(http)

            answering.noted = client.statements.append

            @event.listens_for(answering.reader.sync_engine, "before_cursor_execute")
            def note(conn, cursor, statement, parameters, context, executemany):
                if "set_config" not in statement and not statement.startswith("set transaction"):
                    client.statements.append(statement)

            yield client
        await answering.close()

    return over


@pytest.fixture
async def writer(database, tmp_path):
    """A writer's connection and the keys."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    yield connection, Keys.load_or_make(tmp_path / "home" / "keys" / "sealing.json")
    await connection.close()
