"""Words that offices use for one another in headers (D-22); a header is compared with each replaced by the first.

They hold inside longer headers too: 监护人身份证号码 is 监护人身份证号. What only one source writes belongs in its contract.
"""

from collections.abc import Mapping

HEADER_WORDS: Mapping[str, str] = {
    "身份证号": (
        "居民身份证号码 居民身份证号 公民身份证号码 公民身份证号 公民身份号码 公民身份号 "
        "身份证件号码 身份证件号 身份证号码 身份号码 证件号码 证件号"
    ),
    "残疾人证号": "残疾人证号码 残疾人证件号 残疾证书号 残疾证号码 残疾证号 残疾人证编号",
    "电话": "联系电话号码 联系电话 联系方式 手机号码 手机号 电话号码 移动电话",
    "出生日期": "出生年月日 出生年月 出生时间",
    "户籍地址": "户籍所在地址 户口所在地址 户籍所在地 户口所在地 户口地址 户籍地",
    "现住址": "现居住地址 现居住地 现居地址 现居住址 居住地址 现住地址 家庭住址",
    "学籍号": "全国学籍号码 全国学籍号 学籍号码",
    "乡镇街道": "乡镇(街道) 乡(镇、街道) 乡镇/街道 乡镇、街道 镇街 乡镇办 所属乡镇",
    "村社区": "村(社区) 村(居) 村/社区 村居 行政村(社区) 村(居)委会",
    "与户主关系": "与户主的关系 与户主之关系 户主关系",
    "序号": "顺序号 行号",
}
