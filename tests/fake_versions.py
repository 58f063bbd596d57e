"""Invented notices that come in versions, as files in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MATTERS = (
    "老旧小区加装电梯",
    "农村饮水管网改造",
    "拖欠工程款清理",
    "河道采砂监管",
    "中小学课后服务",
    "养老机构消防整治",
    "村级账务公开",
    "企业用地审批",
    "基层减负督查",
    "国有资产处置",
    "窗口服务作风",
    "高标准农田管护",
)
_PLACES = ("东门街道", "柳荫镇", "石桥乡", "北关社区", "沙湾村", "梅岭林场", "新港片区")


def notice(
    unit: str = "澄浦市",
    *,
    lifts: int = 12,
    published: str = "2024年1月15日",
    title: str = "中共{unit}委关于巡视整改进展情况的通报",
    inspected: str = "2023年3月6日至4月28日",
    matters: int = 12,
    seed: int = 0,
) -> str:
    """Return a notice of `unit`; other values of `seed` give other words in nearly every sentence."""
    parts = [
        f"{title.format(unit=unit)}\n",
        f"{inspected}，岚江省委第二巡视组对{unit}开展了巡视，6月12日反馈了意见。现将整改进展情况通报如下。\n",
        "一、整改落实情况\n",
        f"1.关于民生实事推进不快的问题。加装电梯{lifts}部，惠及居民{lifts * 40}户。\n",
    ]
    for number in range(matters):
        matter = _MATTERS[(number + seed) % len(_MATTERS)]
        place = _PLACES[(number * 3 + seed) % len(_PLACES)]
        parts.append(
            f"{number + 2}.关于{matter}不到位的问题。一是在{place}召开现场会{number + seed * 7 + 3}次，"
            f"排查{matter}方面的线索{(number + 2) * (seed + 5)}条。"
            f"二是由{unit}{place}牵头制定{matter}办法第{seed * 13 + number}号，压实{matter}责任。\n"
        )
    return "\n".join([*parts, f"联系电话：0599-5550{len(unit)}88\n", f"中共{unit}委\n{published}\n"])


def write(folder: Path, **texts: str) -> Path:
    """Write each text as a file of that name, `__` for a folder, and return `folder`."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
