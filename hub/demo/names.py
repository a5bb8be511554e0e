"""A stock of names for invented people: common, rare, compound and minority ones."""

from random import Random

SURNAMES = ("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 "
            "范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文 丛 曲 衣 隋 矫 单 仇 解 查 欧阳 尉迟 上官").split()
GIVEN = {
    "1": "浩宇 子轩 宇航 浩然 梓豪 俊熙 明轩 博文 天佑 嘉豪 宇轩 皓轩 一鸣 思远 子墨 泽宇 家豪 文博 俊杰 志强 建国 国强 伟 强 磊 军 勇 杰 涛 明 超 鹏 飞 刚 平 辉 建军 建华 志刚 海涛 海洋 德福 长海 忠诚 "
         "世财 凯 瑞 睿 晨 昊 煜 烨 鑫 淼 堃 喆".split(),
    "2": "子涵 欣怡 梓涵 雨涵 诗涵 思彤 一诺 佳怡 雨桐 可馨 语嫣 紫萱 若曦 梦洁 静怡 佳琪 雪 婷 丽 娜 敏 静 秀英 桂英 玉兰 淑芬 秀兰 凤英 桂芳 春梅 红梅 丽华 雅琴 小雨 晓燕 晓红 海燕 玉梅 翠花 美玲 淑芹 "
         "雨萱 昕 妍 琳 瑶 颖 萌 莹 蕾".split(),
}
MINORITY = {"1": "阿里木·买买提 巴图·苏和 艾力·吐尔逊".split(), "2": "阿依古丽·买买提 其其格·乌兰 古丽·艾山".split()}
RARE = "䶮 㛃 𣲗 𬭎".split()
HOMOPHONES = {"晓": "小", "佳": "嘉", "雨": "宇", "梓": "子", "欣": "心", "怡": "宜", "涵": "晗", "轩": "萱", "伟": "玮", "静": "婧"}
TRADITIONAL = {"杰": "傑", "张": "張", "陈": "陳", "刘": "劉", "华": "華", "国": "國", "龙": "龍", "凤": "鳳", "丽": "麗", "军": "軍", "马": "馬", "许": "許", "诚": "誠", "贤": "賢", "兰": "蘭"}
VILLAGE_A = "前 后 东 西 南 北 大 小".split()
VILLAGE_B = "王 李 张 刘 陈 杨 赵 孙 于 姜 林 曲 隋 胡 朱 周 吴 徐".split()
VILLAGE_C = "屯 沟 岭 泡 甸 庙 河 房 堡 山".split()


def surname(rng: Random) -> str:
    """A surname; the first of the stock are the most frequent, as they are in life."""
    return SURNAMES[min(int(rng.expovariate(1 / 18)), len(SURNAMES) - 1)]


def given(rng: Random, sex: str, born: int) -> str:
    """A given name of one or two characters, rarely with a rare character."""
    if rng.random() < 0.004:
        return rng.choice(RARE)
    name = rng.choice(GIVEN[sex])
    if len(name) == 1 and rng.random() < 0.55:
        other = rng.choice(GIVEN[sex])
        name += other[0] if other[0] != name else ""
    elif born > 2000 and len(name) == 2 and rng.random() < 0.35:
        name = name[0] + rng.choice(GIVEN[sex])[-1]
    return name


def village(rng: Random) -> str:
    """A village of an invented name."""
    return rng.choice(VILLAGE_A) + rng.choice(VILLAGE_B) + rng.choice(VILLAGE_C) + "村"
