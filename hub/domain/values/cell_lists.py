"""Every list that a cell may be read by: the code lists, and those that are read out of words."""

from collections.abc import Mapping

from hub.domain.values.codes import CODE_LISTS, CodeList
from hub.domain.values.diagnosis import DIAGNOSIS
from hub.domain.values.programme import PROGRAMMES
from hub.domain.values.register_state import REGISTER_STATES

CELL_LISTS: Mapping[str, CodeList] = {**CODE_LISTS, **{words.name: words for words in (DIAGNOSIS, PROGRAMMES, REGISTER_STATES)}}
