"""A name is a surname and one or two characters where the words around it say that a person is named; nowhere else."""

import re
from collections.abc import Iterator
from typing import Final

from app.hotline.spans import Span

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛"
    "仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉"
    "禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银"
    "亢嵇公哈湛宾戎勾茅利于但"
)
_COMPOUND: Final = "欧阳|上官|司马|诸葛|皇甫|尉迟|夏侯|东方|慕容|令狐|司徒|长孙|宇文|端木|公孙|轩辕"
_HAN: Final = "[\u4e00-\u9fff·]"
_SURNAME: Final = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_END: Final = rf"(?=$|[^\u4e00-\u9fff]|电话|手机|联系|身份证|家住|住在|住址|今年|是[{'一本该某'}])"
_NAME: Final = rf"({_SURNAME}{_HAN}{{1,2}}?)"

# After a colon or after 我叫 the next word is a name; after the barer cues it must also end where a word can end.
_LABELLED: Final = re.compile(
    r"(?:姓\s?名|联系人|投诉人|举报人|反映人|诉求人|来电人|申请人|当事人|留言人|求助人|户主|业主|法人代表|法定代表人|法人|负责人|经办人|监护人)"
    rf"(?:姓名)?\s?[:：为是]\s?({_SURNAME}{_HAN}{{1,2}}){_END}"
)
_CALLED: Final = re.compile(rf"(?:我叫|我的名字叫|我名叫|本人叫|名叫|名字叫|本人姓名|本名|叫做){_NAME}{_END}")
_I_AM: Final = re.compile(rf"(?:我是|本人是|本人|我姓名|联系人|投诉人|举报人|法人){_NAME}{_END}")
_TITLES: Final = (
    "先生|女士|小姐|太太|师傅|阿姨|大爷|大妈|大姐|大哥|奶奶|爷爷|叔叔|老师|医生|律师|警官|同学|"
    "老板|经理|书记|主任|局长|所长|校长|队长|站长|村长|院长|科长|处长|镇长|区长|市长|县长|总经理|"
    "董事长"
)
_POLITE: Final = re.compile(rf"({_SURNAME})(?:先生|女士|小姐|太太|师傅|阿姨|大爷|大妈|警官|医生|律师|老师|同学|老板|经理)")
_TITLED: Final = re.compile(rf"(?=({_SURNAME}{_HAN}{{1,2}}?)(?:{_TITLES}))")
# Where a person's name may begin inside a sentence: after something that is not part of a longer word.
_BEFORE: Final = frozenset("的和与找是叫给跟被让向对由请问说有同及了称为，。、；：！？“”（）()《》【】,.;:!? \n\t\r\"'")

# Surnames that more often are ordinary words: they count only where a label or 我叫 stands before them.
_WORDLIKE: Final = frozenset("于来那和但阿都权利成连时项平满农全公祖应门花房华经麻乐厉支党班位车原查初区计关楼")
_PLACE_OR_ROLE: Final = frozenset("人区市县镇村乡户主员者司街路社校院店厂部局所站处科系班级队组们方先女小老书经总主律警馆吧场籍姓检")
_NOT_GIVEN: Final = re.compile(
    r"学生|居民|农民|市民|村民|渔民|牧民|业主|职工|员工|家长|店长|学员|老师|教师|医生|考生|毕业|大学|中学|"
    r"小学|公司|单位|小区|花园|广场|大道|附近|一名|一个|来自|住在|关于|常住|外地|本地|什么|怎么|为何|不|"
    r"这|那|的|了|在|就|也|都|要|想|没|已|被|把|让|给|很|请|您|你|"
    r"我|他|她|它|们|某|与|及|是|有|个|位|名|等|该|此|和|两|姓|副|"
    r"贷|拨|大$|小姐|先生|女士"
)
_COMMON_WORDS: Final = """
农民 来自 项目 平台 门面 门口 权益 权利 利益 满意 安全 许可 成绩 连续 纪委 时候 孙子 企业 祖籍 公示 管理 管部 任课 高中
高级 高校 高三 班主 易受 常年 常客 时任 马上 马路 万科 万达 华润 华为 金融 金地 石油 水电 江南 江北 白领 黄金 田地 田间
高考 高龄 高层 严重 严格 严查 万一 万分 方便 方面 方案 平时 平均 平安 平常 路过 路边 路面 经常 经过 经办 容易 安排 安装
安置 强烈 强制 全体 全家 全部 单独 单亲 单身 党员 党委 车主 车位 车辆 车间 相关 相信 相邻 房东 房产 房款 家住 家里 计划
支持 支付 商家 商户 商业 符合 应届 应该 简单 解决 明确 明显 白天 左右 余下 游客 乐意 童年 包括 包工 双方 温馨 温泉 钱款
钱财 牛奶 马桶 雷锋 柳树 施工 施行 段时 黎明 顾客 顾问 毛坯 康复 向上 向来 向前 文化 文明 文员 齐全 成立 成年 成人 成功
师范 师傅 从事 从小 从未 花近 花了 祝愿 祝福 宁可 尚未 包租 包装 尤其 原来 原因 原告 储户 幸好 时常 时间 阳光 阳台 季度
古稀 古城 司机 丰富 宗旨 祖辈 祖父 强迫 帅哥 豆腐 终身 申报 严令 解释 母亲 费用 周日 曾经
"""
_WORDS: Final = frozenset(_COMMON_WORDS.split())


def names(plain: str) -> Iterator[Span]:
    """The names in a text; a surname before 先生 is one too, while 张某 and 李某某 hide the person already.

    A full name that was given once is found wherever the text repeats it.
    """
    found = list(_cued(plain))
    yield from found
    for name in {span.value for span in found if len(span.value) > 1 and span.value not in _COMPOUND.split("|")}:
        yield from (Span(match.start(), match.end(), "name", name) for match in re.finditer(re.escape(name), plain))


def _cued(plain: str) -> Iterator[Span]:
    for pattern in (_LABELLED, _CALLED):
        yield from (_span(match) for match in pattern.finditer(plain) if _is_name(match[1]))
    for match in _I_AM.finditer(plain):
        if _is_name(match[1]) and match[1][0] not in _WORDLIKE:
            yield _span(match)
    for match in _TITLED.finditer(plain):
        if _begins(plain, match.start(1)) and _is_name(match[1]) and match[1][0] not in _WORDLIKE:
            yield _span(match)
    yield from (_span(match) for match in _POLITE.finditer(plain) if _begins(plain, match.start(1)) and match[1] not in _WORDLIKE)


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(1), match.end(1), "name", match[1])


def _begins(plain: str, position: int) -> bool:
    return position == 0 or plain[position - 1] in _BEFORE


def _is_name(candidate: str) -> bool:
    return candidate[-1] not in _PLACE_OR_ROLE and candidate[:2] not in _WORDS and not _NOT_GIVEN.search(candidate[1:])
