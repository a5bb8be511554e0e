"""The types a column may have, and the kinds of noun column that each can fill."""

from collections.abc import Mapping

from hub.domain.noun import Kind

_DATES = frozenset({Kind.DATE, Kind.LAST_DAY, Kind.PARTIAL_DATE, Kind.TEXT})

#: type -> kinds of column it may become. A sealed column takes the plain standardised text; sealing comes later.
TYPES: Mapping[str, frozenset[Kind]] = {
    "line_number": frozenset(),
    "text": frozenset({Kind.TEXT, Kind.HOUSEHOLD, Kind.SCHOOL, Kind.SEALED}),
    "name": frozenset({Kind.TEXT}),
    "citizen_number": frozenset({Kind.SEALED}),
    "person_number": frozenset({Kind.SEALED}),  # a citizen number or, by mistake, a disability certificate's (B.12)
    "student_number": frozenset({Kind.SEALED}),
    "certificate_number": frozenset({Kind.SEALED}),
    "phone": frozenset({Kind.SEALED}),
    "account": frozenset({Kind.SEALED}),
    "date": _DATES,
    "month": _DATES,
    "partial_date": _DATES,
    "period": _DATES,
    "integer": frozenset({Kind.INTEGER, Kind.AMOUNT, Kind.TEXT}),
    "amount": frozenset({Kind.AMOUNT, Kind.TEXT}),
    "decimal": frozenset({Kind.AMOUNT, Kind.TEXT}),
    "yes_no": frozenset({Kind.FLAG, Kind.TEXT}),
    "code": frozenset({Kind.CODE, Kind.TEXT}),
    "grade": frozenset({Kind.INTEGER, Kind.TEXT}),
    "school": frozenset({Kind.SCHOOL, Kind.TEXT}),
    "school_year": frozenset({Kind.TEXT}),
    "address": frozenset({Kind.TEXT}),
    "division": frozenset({Kind.DIVISION, Kind.TEXT}),
    "household": frozenset({Kind.HOUSEHOLD, Kind.SEALED}),
}
#: A person's column -> the types that read it: as another, nobody would be known by it.
READ_AS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name"}),
    "former_name": frozenset({"name"}),
    "number": frozenset({"citizen_number", "person_number"}),
    "student_number": frozenset({"student_number"}),
    "certificate_number": frozenset({"certificate_number"}),
    "phone": frozenset({"phone"}),
}
SECRET_TYPES = frozenset({"citizen_number", "person_number", "student_number", "certificate_number", "phone", "account"})
DATE_TYPES = frozenset({"date", "month", "partial_date"})
