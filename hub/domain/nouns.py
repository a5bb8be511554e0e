"""The register of nouns, in the order in which the README tells them."""

from hub.domain import household, place, schooling, support
from hub.domain.noun import register

NOUNS = register(
    # who lives with whom, and who looks after whom
    household.MEMBERSHIP,
    household.GUARDIANSHIP,
    household.KINSHIP,
    household.PARENT_SITUATION,
    household.CUSTODY,
    # where
    place.HUKOU_REGISTRATION,
    place.RESIDENCE,
    place.RESIDENCE_PERMIT,
    # school
    schooling.ENROLMENT,
    schooling.MOVEMENT,
    schooling.ABSENCE_SPELL,
    schooling.SIGNAL,
    schooling.GRADUATION,
    schooling.VOCATIONAL_ENROLMENT,
    schooling.SCHOOLING_STATEMENT,
    schooling.LEFT_BEHIND_FILE,
    schooling.DEFERRAL_APPROVAL,
    # disability and support
    support.CERTIFICATE,
    support.ASSESSMENT,
    support.ASSISTANCE,
    support.PAYMENT,
    support.EMPLOYMENT,
    # the city itself
    schooling.SCHOOL_PROFILE,
    schooling.CALENDAR_PERIOD,
    schooling.COHORT_COUNT,
    schooling.HEAD_COUNT,
    schooling.SCHOOL_FUNDING,
)
