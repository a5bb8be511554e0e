"""Why an entry of the household register was cancelled, in the words of the police: a move by where it leads (B.8, E.0.5)."""

import pytest

from hub.domain.values.defect import Defect
from hub.domain.values.register_state import REGISTER_STATES

WORDS = {
    "市内迁移": "市内迁移 迁往市内 迁往市(县)内 市县内迁移 本市迁移 迁往本市其他乡镇 市内其他乡镇 所内移居 跨乡镇迁移 迁出（市内） 迁往新华街道 迁往瓦房店市新华街道 户口迁往辽宁省大连市瓦房店市复州城镇",
    "迁出": "迁出 户口迁出 迁出(市外) 市外迁移 跨市迁移 迁往外市 迁往市外 迁往本市以外 迁往大连市 迁往大连市内 迁往沈阳市和平区新华街道 迁往甘井子区 随父迁往庄河市 本市迁往沈阳市 迁往北京市朝阳区",
    "重户": "重户 重复户口 删除重户 错登 误登",
    "死亡注销": "死亡 病故 去世 意外死亡",
    "出国(境)注销": "出国（境）定居 出国定居",
    "失踪": "失踪 宣告失踪",
    "注销": "注销 参军",
}


@pytest.mark.parametrize(("text", "label"), [(text, label) for label, texts in WORDS.items() for text in texts.split()])
def test_what_words_mean(text, label):
    assert REGISTER_STATES.read(text).label == label


@pytest.mark.parametrize("text", ["户口迁移", "迁往市区", "迁往八里庄社区", "收养", "判刑", "户主死亡"])
def test_what_nobody_can_read(text):
    assert isinstance(REGISTER_STATES.read(text), Defect)


@pytest.mark.parametrize("text", ["", "无"])
def test_nothing_is_told(text):
    assert REGISTER_STATES.read(text) is None
