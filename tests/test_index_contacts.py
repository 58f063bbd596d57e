from __future__ import annotations

import pytest

from index.notices import parse_notices
from index.types import Notice, SourceFile


def notice_of(text: str) -> Notice:
    ((notice, _),) = parse_notices(SourceFile("a.txt", text, "", "utf-8"))
    return notice


CONTACT = {"电话": "0599-5550123", "信箱": "云川市霁月大道1号", "邮编": "999001", "邮箱": "xszg@yunchuan.example.cn"}


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("联系电话:0599-5550123;通信地址:云川市霁月大道1号;邮编:999001;电子邮箱:xszg@yunchuan.example.cn。", CONTACT),
        (
            "联系电话：0599-5550123；邮政信箱：云川市霁月大道1号；邮 编：999001；电子邮箱xszg@yunchuan.example.cn。",
            CONTACT,
        ),
        ("联系方式：电话0599-5550123；地址：云川市霁月大道1号 邮编：999001 邮箱：xszg@yunchuan.example.cn", CONTACT),
        ("联系电话：０５９９－５５５０１２３", {"电话": "０５９９－５５５０１２３"}),
        ("联系电话：（0599）5550123", {"电话": "（0599）5550123"}),
        ("电话（传真）：0599 - 5550123", {"电话": "0599 - 5550123"}),
        ("监督电话：13800005555", {"电话": "13800005555"}),
        ("监督电话：12388", {"电话": "12388"}),
        ("联系电话：5550123", {"电话": "5550123"}),
        ("电子邮箱地址：a.b@c.example.com", {"邮箱": "a.b@c.example.com"}),
        ("来信地址：云川市1号（邮编：999001）", {"信箱": "云川市1号（邮编：999001）", "邮编": "999001"}),
        ("受理热线12345工单300件。", {}),
        ("拨打电话12345即可。", {}),
        ("没有。", {}),
    ],
)
def test_the_contact_block(block: str, expected: dict[str, str]) -> None:
    assert dict(notice_of(f"中共云川市委关于整改情况的通报\n一、甲\n完成。\n欢迎监督。{block}\n").contact) == expected
