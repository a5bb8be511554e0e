"""An account for everybody who uses the hub, over the random data of tests."""

from hub.access.accounts import Account

TOWNSHIP = "210281001"

EVERYBODY = [
    Account("education", "", "education", "education.clerk", "enrolment_check"),
    Account("placement", "", "education", "education.clerk", "special_education"),
    Account("school", "", "education", "education.school", "enrolment_check", ("1",)),
    Account("disabled", "", "disabled_persons", "disabled.clerk", "special_education"),
    Account("civil", "", "civil_affairs", "civil.clerk", "assistance_review"),
    Account("justice", "", "justice", "justice.officer", "custody_care"),
    Account("township", "", "township", "township.inspector", "visit", (TOWNSHIP,)),
    Account("village", "", "township", "village.worker", "visit", (f"{TOWNSHIP}/甲村",)),
    Account("lead", "", "supervision", "team.lead", "joint_inspection"),
    Account("member", "", "justice", "justice.officer", "joint_inspection"),
    Account("federation", "", "disabled_persons", "disabled.clerk", "joint_inspection"),
    Account("police", "", "public_security", "public_security.clerk", "data_check"),
    Account("planner", "", "education", "education.planner", "aid_planning"),
    Account("supervisor", "", "supervision", "education.supervisor", "supervision"),
    Account("leader", "", "government", "city.leader", "statistics"),
    Account("manager", "", "education", "education.manager", "approval"),
    Account("operator", "", "data_bureau", "it.operator", "operation"),
    Account("auditor", "", "audit", "it.auditor", "audit"),
]
