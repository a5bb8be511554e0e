"""Every column of the departments' layouts is declared by the contract it belongs to; the lists are the layouts' own."""

import pytest

from connectors import load_contracts
from hub.contract.spellings import place_headers

CONTRACTS = {contract.name: contract for contract in load_contracts()}

MEMBER = "姓名 关系 关系说明 现住址 户口所在地行政区划 联系电话 是否监护人 身份证件类型 身份证件号 民族 工作单位 职务".split()
REGISTER_71 = [
    *"""学校标识码 姓名 性别 出生日期 出生地行政区划代码 籍贯 民族 国籍/地区 身份证件类型 港澳台侨外 健康状况 政治面貌 身份证件号 户口性质
    户口所在地行政区划 班号 入学年月 入学方式 就读方式 现住址 通信地址 家庭地址 联系电话 邮政编码 是否独生子女 是否受过学前教育 是否留守儿童
    是否需要申请资助 是否享受一补 是否孤儿 是否烈士或优抚子女 上下学距离 上下学方式 是否需要乘坐校车 曾用名 身份证件有效期 血型 特长 学籍辅号
    班内学号 学生来源 电子信箱 主页地址 残疾类型 是否由政府购买学位 随班就读""".split(),
    *(f"成员{n}{what}" for n in (1, 2) for what in MEMBER),
    "是否进城务工人员随迁子女",
]
EXPORTED = "学校名称 年级 班级 学籍号 学籍状态 就读状态 问题学籍类型 照片状态 残疾证明类型 残疾证书号 残疾程度 特教就读类型 残疾情况说明".split()
VOCATIONAL_MEMBER = "姓名 关系 是否监护人 联系电话 出生年月 身份证件类型 身份证件号 民族 政治面貌 健康状况 工作或学习单位 职务".split()
VOCATIONAL_73 = [
    *"""姓名 性别 出生日期 身份证件类型 身份证件号 姓名拼音 班级名称 学号 学生类别 学习形式 入学方式 就读方式 国籍/地区 港澳台侨外 婚姻状况
    乘火车区间 是否随迁子女 生源地行政区划码 出生地行政区划码 籍贯地行政区划码 户口所在地区县以下详细地址 所属派出所 户口所在地行政区划码 户口性质
    学生居住地类型 入学年月 专业简称 学制 民族 政治面貌 健康状况 学生来源 招生对象 联系电话 是否建档立卡贫困户 招生方式 联招合作类型 准考证号
    考生号 考试总分 联招合作办学形式 联招合作学校代码 校外教学点 分段培养方式 英文姓名 电子信箱/其他联系方式 家庭现地址 家庭邮政编码 家庭电话""".split(),
    *(f"成员{n}{what}" for n in (1, 2) for what in VOCATIONAL_MEMBER),
]

#: (layout, contract, its columns, how many there are)
LAYOUTS = [
    ("B.1 import template", "education.student_register", REGISTER_71, 71),
    ("B.1 export", "education.student_register", [*REGISTER_71, *EXPORTED], 84),
    ("B.2 JCXS0101, 0110, 0201", "education.student_register",
     """XH XM YWXM XMPY CYM XBM CSRQ CSDM JG MZM GJDQM SFZJLXM SFZJH HYZKM GATQWM ZZMMM JKZKM XYZJM XXM SFZJYXQ SFDSZN YXXMC YXH RXFSM LYDQM
     XSLYM JDFSM RXNY XSLBM XZ SZBH SZNJ XSDQZTM""".split(), 33),
    ("B.2 JCTB0207", "education.family_member", "XJH GXM CYXM CSNY MZM GJDQM JKZKM CYGZDW CYEM ZYJSZWM ZWJBM DH DZXX".split(), 13),
    ("B.2 JCTB0209", "education.family_economy",
     "XJH JTRK SYRK LDLRK JTRJYSR JTZYSRLY JTLBM KNYYM KNCDM SFDB RXQHKLBM JXDDBX".split(), 12),
    ("B.2 JCXX0101", "education.school", "XXDM XXMC XXDZ XZQHM XXBXLXM XXJBZM".split(), 6),
    ("B.2 JCXX02", "education.school_class", "BH BJMC JBNY SSNJ BZRGH".split(), 5),
    ("B.3 standard", "education.movement", "XJH XM SFZJH YDLBM YDRQ YDYYM SPRQ SPWH YDLYXXM YDQXXXM YDSM YBH YNJ XBH XNJ".split(), 15),
    ("B.16 movements exported", "education.movement",
     """序号 学籍号 姓名 性别 身份证件号 年级 班级 异动类型 异动原因 异动日期 申请日期 申请学校 转入学校 转出学校 审核状态 完成日期 录入日期
     休学截止日期 毕业证书号 异动说明""".split(), 20),
    ("B.4 certificates", "disabled_persons.certificate",
     """残疾人证号 姓名 性别 出生日期 民族 身份证号 残疾类别 残疾等级 多重残疾明细 户口性质 户籍地址 现住址 行政区划(村/社区) 监护人姓名
     监护人身份证号 与残疾人关系 联系电话 初次发证日期 发证日期 有效期至 证件状态 批准机关""".split(), 22),
    ("B.4 survey", "disabled_persons.survey",
     """G200 G205 G206 G1 O14 O15 O16 O17 O18 O19 O20 G2 G3 G4 O1 O2 G7 G8 G10 G12 G13 G14 G14_A G14_B G15 G16 G27 G28 G34 G36 O10_A O10_B O10_D
     G5 G6 HUKOU_NUM MORE_NUM edu_state niandu""".split(), 39),
    ("B.16 list of the unenrolled", "disabled_persons.unenrolled_list",
     """序号 姓名 性别 出生日期 身份证号 残疾人证号 残疾类别 残疾等级 监护人 联系电话 户籍地址 现住址 未入学原因 教育部门核查结果 备注""".split(), 15),
    ("B.5 minimum living allowance", "civil_affairs.minimum_living_allowance",
     """地区 低保证号 保障类型 户主姓名 户主身份证号 成员姓名 成员身份证号 与户主关系 是否保障对象 家庭人口 保障人口 月保障金额 人均补差 分类施保类别
     致贫原因 批准日期 起始年月 停保年月 停保原因 状态 乡镇 村 开户银行 账户名称 银行账号""".split(), 25),
    ("B.5 destitute", "civil_affairs.destitute_support",
     "姓名 身份证号 特困类别 供养方式 生活自理能力 照料护理人 月标准 批准日期 状态".split(), 9),
    ("B.5 orphans and children without care", "civil_affairs.child_welfare",
     """儿童姓名 性别 出生日期 身份证件类型 证件号码 户籍地 现居住地 类别 父亲姓名 父亲证件号 父亲情形 母亲姓名 母亲证件号 母亲情形 监护人姓名
     监护人关系 监护人证件号 监护人电话 健康状况 残疾类型 残疾等级 就学状况 就读学校 发放标准 开户行 账号 认定日期 终止日期 终止原因""".split(), 29),
    ("B.5 left behind", "civil_affairs.left_behind",
     """儿童姓名 性别 出生日期 民族 公民身份号码 户籍地址 居住地址 就学状况 身体状况 寄宿情况 父母务工地点 家庭主要经济来源 委托照料原因
     父母外出有无委托照料人 特殊情况 受委托监护人姓名 证件类型 证件号码 联系电话 与儿童关系 健康状况 残疾类型 残疾等级 村(居)联系人 祖父姓名 祖父出生日期
     祖母姓名 祖母出生日期 外祖父姓名 外祖父出生日期 外祖母姓名 外祖母出生日期 留守类型 最近走访日期""".split(), 34),
    ("B.7 collection form", "justice.prisoners_children",
     "azbjryid wcnznxm xb csny jhrqk shkncd sfsx sfllsh ywwffzxw".split(), 9),
    ("B.7 list", "justice.prisoners_children",
     """序号 服刑人员姓名 服刑人员身份证号 服刑人员性别 罪名 监狱/看守所名称 原判刑期 刑期起止 户籍地 捕前住址 配偶姓名 配偶状况 子女姓名 子女性别
     子女出生年月 子女身份证号 监护人姓名 与子女关系 联系电话 子女现住址 是否在校 学校年级 失学原因 生活困难程度 帮扶情况 备注""".split(), 26),
    ("B.7 governance list", "governance.key_youth",
     """certifID 人员类型 家庭情况 guardianCertifID guardianName 与监护人关系 guardianContact 监护人居住地 是否犯罪 帮扶人 帮扶手段 帮扶情况""".split(), 12),
    ("B.8 register in letter codes", "public_security.household_register",
     """ZJHM XM CYM XBDM MZDM CSRQ JGSSXDM CSDSSXDM HJD_SSSXQDM HJD_SSGAJGDM HJD_XZ HKXZFLDM HH YHZGXDM HYZK XL XZZ_XZ SWRQ ZXSJ ZXYY JLSJ GXSJ
     HZ_XM""".split(), 23),
    ("B.8 residence permits", "public_security.residence_permit",
     """姓名 性别 民族 出生日期 公民身份号码 相片 常住户口所在地住址 居住地住址 签发机关 签发日期 最近签注日期 居住证号 登记日期 到期日期 居住事由
     随行子女姓名 随行子女身份证号 同住父母身份证号""".split(), 18),
    ("B.8 unregistered", "public_security.unregistered", "姓名 出生日期 父亲姓名 母亲姓名 原因 发现日期".split(), 6),
    ("B.9 and B.16 ledger", "education.dropout_ledger",
     """序号 学校 年级 班级 学籍号 姓名 性别 出生日期 身份证号 户籍地址 现住址 监护人姓名 关系 电话 特殊群体 首次无故不到校日期 累计天数 是否请假
     请假类型 请假起始日期 请假截止日期 假条登记日期 标注状态 标注日期 辍学原因 去向 劝返记录 书面报告文号 书面报告日期 送达教育局 送达乡镇 责令限期改正文号
     责令限期改正期限 司法文书类型 司法文书文号 司法文书日期 复学日期 复学方式 销号日期 包保责任人 备注""".split(), 41),
    ("B.10 vocational, 73 columns", "vocational.student_register", VOCATIONAL_73, 73),
    ("B.11 employment", "labour.employment", "单位名称 统一社会信用代码 姓名 身份证号 合同起始 合同终止 岗位 备案日期".split(), 8),
    ("B.11 social insurance", "labour.social_insurance", "身份证号 险种 参保单位 参保起止".split(), 4),
    ("B.11 inspections", "labour.inspection_case", "编号 单位 涉及未成年人数 处理结果".split(), 4),
    ("B.12 poverty relief", "poverty_relief.household",
     "户编号 户主 户类型 识别时间 风险是否消除 成员姓名 证件号码 与户主关系 在校生状况 失学或辍学原因 健康状况 劳动技能 务工情况 义务教育是否有保障".split(), 14),
    ("B.13 aid paid", "finance.aid_payment",
     """学校 年级 姓名 身份证号 学籍号 特殊困难类型 家庭人口 家庭年收入 收入来源 困难等级 学年 学期 资助项目 金额 发放日期 发放方式 银行账号
     发放状态""".split(), 18),
    ("B.13 running costs", "finance.school_funding", "学校 学年 在校生数 核定人数 标准 核定金额 到账金额 到账日期".split(), 8),
    ("B.14 births", "health.birth_certificate",
     "编号 儿童姓名 性别 出生日期 母亲姓名 母亲证件号 父亲姓名 父亲证件号 接生机构".split(), 9),
    ("B.14 screening", "health.disability_screening", "儿童姓名 身份证号 性别 出生日期 筛查结果 转介 诊断 筛查日期".split(), 8),
    ("B.16 deferrals", "education.deferral_approval",
     "姓名 性别 出生日期 身份证号 监护人 监护人身份证号 事由 批准机关 批准文号 批准日期 延缓至".split(), 11),
    ("B.16 calendar", "education.school_calendar", "起始日期 截止日期 类型 名称".split(), 4),
]


@pytest.mark.parametrize(("contract", "columns", "count"), [told[1:] for told in LAYOUTS], ids=[told[0] for told in LAYOUTS])
def test_every_column_of_the_layout_is_declared(contract, columns, count):
    assert len(columns) == count == len(set(columns))
    placed = place_headers(CONTRACTS[contract], columns)
    assert [header for position, header in enumerate(columns) if position not in placed] == []
    assert len({rule.name for rule in placed.values()}) == count  # each its own: no two headers are one column
