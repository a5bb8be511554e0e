"""What the conclusions of E.0.6 rest on and lead to, code by code."""

from datetime import timedelta

#: Codes whose conclusion rests on a document.
NEEDS_DOCUMENT = frozenset({"04", "05", "06", "07", "08", "09", "10", "11", "12", "14", "16", "17", "18"})
NEEDS_NOTE = frozenset({"13", "99"})
#: Codes that confirm a child out of school: the case goes on and the finding stays open.
GOES_ON = {"15": "属实"}
#: Codes by which the child is at a school here: the register shows it, or comes to.
AT_SCHOOL = frozenset({"01", "02", "03", "16"})
#: Codes of which the departments' own lists come to say the same; and how long they have for it (学籍 is made within two months, E.0.2).
SHOWN_BY_LISTS = AT_SCHOOL | {"09"}
SHOWN_WITHIN = timedelta(days=60)
#: Rules that find a child at no school: what such a code says of it would end the finding.
OUT_OF_SCHOOL = frozenset({"unenrolled", "unenrolled_disabled", "unenrolled_of_prisoners", "unenrolled_poor", "absence_clock"})
#: Codes that tell what only some lists tell of: a finding takes one only where it tells of that itself (G.8).
TELLS_OF = {"17": frozenset({"certificate"}), "18": frozenset({"custody", "parent_situation"})}
