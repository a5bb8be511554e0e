"""The demo's accounts: one for each kind of user (domain H), with a township, a village and a school of the invented city in their care."""

import asyncpg

from hub.access.accounts import Account, Accounts, read_accounts, write_accounts
from hub.settings import Settings

CARE = """
select f.township, (select p.village from person_resolved p where p.division = f.division and p.township = f.township and p.village is not null
                     group by p.village order by count(*) desc, p.village limit 1) as village
  from finding f where f.division = $1 and f.township is not null group by f.division, f.township order by count(*) desc, f.township limit 1
"""
SCHOOL = "select school from enrolment where division = $1 and school is not null group by school order by count(*) desc, school limit 1"


async def demo_accounts(settings: Settings, connection: asyncpg.Connection) -> Accounts:
    """The accounts of the demo's home; made when there are none."""
    found = read_accounts(settings.home)
    if found is not None:
        return found
    care = await connection.fetchrow(CARE, settings.division)
    township, village = (care["township"], care["village"]) if care else ("", "")
    school = await connection.fetchval(SCHOOL, settings.division)
    return write_accounts(
        settings.home,
        [
            Account("education", "教育局学籍科经办人", "education", "education.clerk", "enrolment_check"),
            Account("manager", "教育局数据安全负责人", "education", "education.manager", "approval"),
            Account("school", "学校学籍管理员", "education", "education.school", "enrolment_check", (str(school),)),
            Account("disabled", "残联经办人", "disabled_persons", "disabled.clerk", "special_education"),
            Account("civil", "民政经办人", "civil_affairs", "civil.clerk", "assistance_review"),
            Account("justice", "司法所人员", "justice", "justice.officer", "custody_care"),
            Account("police", "公安局户籍经办人", "public_security", "public_security.clerk", "data_check"),
            Account("township", "乡镇控辍保学专干", "township", "township.inspector", "visit", (township,)),
            Account("village", "村居工作人员", "township", "village.worker", "visit", (f"{township}/{village}",)),
            Account("lead", "联合核查组长", "supervision", "team.lead", "joint_inspection"),
            Account("planner", "帮扶专员", "education", "education.planner", "aid_planning"),
            Account("supervisor", "责任督学", "supervision", "education.supervisor", "supervision"),
            Account("leader", "分管副市长", "government", "city.leader", "statistics"),
            Account("operator", "信息中心运维", "data_bureau", "it.operator", "operation"),
            Account("auditor", "审计管理员", "audit", "it.auditor", "audit"),
        ],
    )
