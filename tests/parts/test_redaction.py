"""Personal data in invented sentences is found where it is spoken, and ordinary words of the hotline are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hotline.redaction import find, for_public, mask, valid_id_number
from app.hotline.spans import Span

FOUND = [
    ("我的手机是13912345678，请回电", "phone", "13912345678"),
    ("电话139-1234-5678", "phone", "13912345678"),
    ("请打 139 1234 5678 找我", "phone", "13912345678"),
    ("手机１３９１２３４５６７８", "phone", "13912345678"),
    ("+86 13912345678 一直打不通", "phone", "13912345678"),
    ("13912345678一直打不通", "phone", "13912345678"),
    ("电话一三九一二三四五六七八，谢谢", "phone", "13912345678"),
    ("电话幺三九幺二三四五六七八一直占线", "phone", "13912345678"),
    ("号码一三九1234五六七八", "phone", "13912345678"),
    ("座机020-81234567转802", "phone", "02081234567802"),
    ("（0759）3123456没人接", "phone", "07593123456"),
    ("物业电话是81234567，没人接", "phone", "81234567"),
    ("身份证11010519491231002X", "id_number", "11010519491231002X"),
    ("证件１１０１０５１９４９１２３１００２Ｘ核对过", "id_number", "11010519491231002X"),
    ("号码110105 19491231 0021有误", "id_number", "110105194912310021"),
    ("旧证号110105491231002也在", "id_number", "110105491231002"),
    ("卡号6222 0212 3456 7890 128被扣款", "bank_card", "6222021234567890128"),
    ("打到4111111111111111这张卡", "bank_card", "4111111111111111"),
    ("发到 li_ming.test@example.com 即可", "email", "li_ming.test@example.com"),
    ("邮箱abc＠example．cn", "email", "abc@example.cn"),
    ("车牌粤A·12B45占道", "plate", "粤A12B45"),
    ("粤AD12345新能源车", "plate", "粤AD12345"),
    ("微信号：li_ming-88", "wechat", "li_ming-88"),
    ("加QQ：123456789", "qq", "123456789"),
    ("我叫李小明，住在城南", "name", "李小明"),
    ("我是欧阳晓月，请尽快", "name", "欧阳晓月"),
    ("联系人：王芳 电话", "name", "王芳"),
    ("投诉人:赵铁柱2024年3月", "name", "赵铁柱"),
    ("与张伟先生协商", "name", "张伟"),
    ("物业的周女士说", "name", "周"),
    ("我住幸福花园3号楼2单元502室，楼上漏水", "address", "3号楼2单元502室"),
    ("幸福花园12栋1703的租户", "address", "12栋1703"),
    ("三栋二单元五〇二室", "address", "三栋二单元五〇二室"),
]

LEFT_ALONE = [
    "我是高新区居民，家门口的路灯坏了",
    "我是常德人，来本地打工",
    "我是一名学生，想咨询入学政策",
    "本人农民工，工资被拖欠",
    "关于老师有偿补课的问题",
    "由于医生疏忽造成误诊",
    "项目经理态度恶劣",
    "高中老师违规补课",
    "业主权益受到损害",
    "侵占业主门口的通道",
    "张某在小区养鸡，李某某多次劝阻",
    "幸福花园3栋电梯坏了两天",
    "9栋2单元东边电梯停运",
    "6栋180户居民没有热水",
    "2019年12月30日至2020年1月15日停水",
    "工单号20240315000123，催办",
    "每平方米13800元，总价1380000元",
    "拨打12345和110都没人管",
    "合同编号2019123456789012345",
    "中华人民共和国物业管理条例第三十五条",
    "一三五限行，二四六通行",
    "二〇一九年八月十五日",
    "微信公众号changfengfabu没有更新",
    "微信支付Android版打不开",
    "坐标113.264385, 23.129163",
    "京A牌照限行",
    "噪音85.5分贝，凌晨1:30仍在施工",
    "桂城街道、云城区、川菜馆",
    "10086客服推诿",
    "面积95平方米，3栋105平方米户型",
    "联系方式见附件",
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_personal_data_is_found_and_hidden(text: str, kind: str, value: str) -> None:
    assert [(span.kind, span.value) for span in find(text) if span.kind == kind] == [(kind, value)]
    span = next(span for span in find(text) if span.kind == kind)
    assert text[span.start : span.end] not in mask(text, [span])


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_words_stay(text: str) -> None:
    assert find(text) == () and for_public(text) == text


def test_a_whole_sentence_as_the_public_may_read_it() -> None:
    text = "我叫李小明，电话139 1234 5678，住阳光花园3栋2单元502。李小明多次找陈经理无果，粤B12345长期占道。"
    assert for_public(text) == "我叫【姓名】，电话【电话】，住阳光花园【门牌】。【姓名】多次找【姓名】经理无果，【车牌】长期占道。"


def test_an_identity_number_is_not_mistaken_for_a_phone_or_card() -> None:
    assert [span.kind for span in find("11010519491231002X 和 13912345678 和 6222021234567890128")] == ["id_number", "phone", "bank_card"]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),
        ("110105491231002", True),
        ("110105491331002", False),
        ("1101051949123100", False),
        ("", False),
        ("１１０１０５１９４９１２３１００２X", False),
        ("²1010519491231002X", False),
    ],
)
def test_the_check_character_of_an_identity_number(number: str, valid: bool) -> None:
    assert valid_id_number(number) is valid


TRICKY = "0123456789一二三零幺 -()@.:：栋单元号室我叫王先生微信QQ粤A"


@given(st.text(alphabet=st.characters(), max_size=300) | st.text(alphabet=TRICKY, max_size=200))
def test_spans_of_any_text_are_ordered_disjoint_and_inside_it(text: str) -> None:
    spans = find(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges) and all(span.start < span.end <= len(text) for span in spans)
    outside = "".join(text[end:start] for end, start in zip([0, *edges[1::2]], [*edges[::2], len(text)], strict=True))
    assert len(mask(text, spans)) == len(outside) + sum(len(mask("x", [Span(0, 1, span.kind, "")])) for span in spans)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "，", "一直", " ", "。"]))
def test_no_mobile_number_survives(number: str, after: str) -> None:
    assert number not in for_public(f"请联系{number}{after}")


def test_long_digit_runs_and_repetitions_take_no_time_to_speak_of() -> None:
    for piece in ("1", "我是", "王", "a@", "a.", "3栋", "1 3-", "微信号", "我叫王", "138", "电话", "一"):
        assert len(find(piece * 5_000)) <= 5_000
