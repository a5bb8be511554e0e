"""How near two names are, and what a number that was typed wrong may have been."""

import pytest

from hub.identity import names
from hub.identity.slips import slips


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("王小禾", "王小禾", names.EXACT),
        ("王小禾", "王晓禾", names.SOUND),
        ("单小禾", "善小禾", names.SOUND),
        ("单小禾", "丹小禾", names.GIVEN),
        ("仇英", "裘英", names.SOUND),
        ("尉迟恭", "玉迟恭", names.SOUND),
        ("王诗?", "王诗龑", names.LOST),
        ("黎殿钧?", "黎殿钧", names.LOST),
        ("唐昕", "唐昕翀", names.SHORTENED),
        ("刘诺欣", "刘欣诺", names.TURNED),
        ("李硕硕", "李殿硕", names.TURNED),
        ("随世发", "隋世发", names.SOUND),
        ("王子涵", "王思远", names.FAMILY),
        ("高欣怡", "王欣怡", names.GIVEN),
        ("王大山", "李梅", names.NOTHING),
        ("阿里木·买买提", "阿里木买买提", names.SHORTENED),
        ("阿里木·买买提", "买买提·阿里木", names.TURNED),
        ("阿里木·买买提", "艾力·吐尔逊", names.NOTHING),
        ("ANNA·LINDGREN", "ANNA·LINDGRAN", names.NEAR_SOUND),
        (None, "李梅", names.MISSING),
    ],
)
def test_levels_of_names(one, other, level):
    assert names.level(one, other) == names.level(other, one) == level


@pytest.mark.parametrize(
    ("written", "level"),
    [("210299201205030178", 1), ("210299201205030187", 1), ("210299201205030000", 4), ("21029920120503017", 1), ("210299201205039999", 5), ("210299198503174212", 6)],
)
def test_slips_in_numbers(written, level):
    assert slips(written, "210299201205030178") == level
