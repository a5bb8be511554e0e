"""Blind spots counted with sets from CSV files of the tables; imports nothing of the hub. Usage: blind_spots.py FOLDER ON REF"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

folder, on, ref = Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])


def rows(table):
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text):
    return date.fromisoformat(text) if text else None


def valid(row):
    lower, _, upper = row["valid"].partition("|")
    return (lower == "None" or day(lower) <= on) and (not upper or on < day(upper))


def age(born):
    return ref.year - born.year - ((ref.month, ref.day) < (born.month, born.day))


people = {row["id"]: day(row["born_to"]) for row in rows("person_resolved") if row["born_to"]}
of_age = {person for person, born in people.items() if 6 <= age(born) <= 15}
kindergartens = {row["id"] for row in rows("school") if "幼儿园" in row["name"]} | {"7"}

marked = {
    r["person"] for r in rows("absence_spell")
    if valid(r) and r["mark"] in ("辍学", "状态不明") and (not r["marked_on"] or day(r["marked_on"]) <= on)
    and not any(r[c] and day(r[c]) <= on and r[c] >= r["marked_on"] for c in ("returned_on", "closed_on"))
}
ENDED = {"退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明"}
places = {
    r["person"] for r in rows("enrolment")
    if valid(r) and r["state"] not in ENDED and (int(r["grade"]) >= 1 if r["grade"] else r["school"] not in kindergartens)
}
moved = [r for r in rows("movement") if valid(r)]
elsewhere = {
    r["person"] for r in moved
    if r["moved_on"] and on - timedelta(366) <= day(r["moved_on"]) <= on and r["progress"] in ("", "已完成")
    and ((r["kind"] in ("转学(转出)", "跨省转学", "省内转学") and r["to_school"]) or r["kind"] in ("出国", "公派留学"))
}
vocational = {r["person"] for r in rows("vocational_enrolment") if valid(r) and age(people[r["person"]]) >= 15}
school = (places - marked) | elsewhere | vocational

done = {r["person"] for r in rows("graduation") if valid(r) and (not r["grade"] or int(r["grade"]) >= 9)}
done |= {  # who left the student register as a graduate
    r["person"] for r in rows("graduation")
    if r["source"] == "education.student_register" and not valid(r) and r["valid"].partition("|")[0] <= on.isoformat() and (not r["grade"] or int(r["grade"]) >= 9)
    and not any(e["person"] == r["person"] and valid(e) and (not e["grade"] or int(e["grade"]) <= 9) for e in rows("enrolment"))
}
done |= {r["person"] for r in moved if r["kind"] in ("毕业", "结业") and r["progress"] in ("", "已完成") and day(r["moved_on"]) <= on and (not r["grade"] or int(r["grade"]) >= 9)}
done = {person for person in done if person in people and age(people[person]) >= 14}
gone = {r["person"] for r in rows("hukou_registration") if valid(r) and r["deceased_on"] and day(r["deceased_on"]) <= on}

case = {r["person"] for r in rows("absence_spell") if valid(r) and not any(r[c] and day(r[c]) <= on for c in ("returned_on", "closed_on"))}
case |= {r["person"] for r in rows("finding") if r["status"] not in ("待核查", "销号")}
SETTLED = {"04", "05", "06", "07", "08", "10", "11", "12", "14"}  # elsewhere, done, gone or exempt, by a document
case |= {
    r["person"] for r in rows("finding")
    if r["status"] == "销号" and r["conclusion"] in SETTLED and r["school_year"] == str(ref.year) and r["rule"].startswith(("unenrolled", "absence_clock"))
}
plan = {r["person"] for r in rows("deferral_approval") if valid(r) and (not r["approved_on"] or day(r["approved_on"]) <= on) and on <= day(r["until"])}
OVER = {"复学", "恢复学籍", "转学(转入)", "转学(转出)", "跨省转学", "省内转学", "退学", "开除学籍", "取消学籍"}
over = [(r["person"], day(r["moved_on"])) for r in moved if r["kind"] in OVER and r["progress"] in ("", "已完成")]
over += [(r["person"], day(r["marked_on"] or r["first_absent_on"])) for r in rows("absence_spell") if valid(r) and r["mark"] == "辍学" and r["person"] in marked]
over += [(r["person"], day(r["valid"].partition("|")[0])) for r in rows("enrolment") if valid(r) and r["state"] in ("流失", "下落不明", "退学", "开除")]
plan |= {
    r["person"] for r in moved
    if r["kind"] == "休学" and day(r["moved_on"]) <= on and r["suspended_until"] and day(r["suspended_until"]) >= on and r["progress"] in ("", "已完成")
    and not any(person == r["person"] and day(r["moved_on"]) < since <= on for person, since in over)
}
print("\n".join(sorted(of_age - school - done - gone - case - plan)))
