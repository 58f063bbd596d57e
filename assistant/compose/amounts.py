"""Figures in their base unit, said as a person writes them."""

from __future__ import annotations

from decimal import Decimal

_LARGER = {
    "米": ((Decimal(1000), "公里"),),
    "克": ((Decimal(10**6), "吨"), (Decimal(1000), "公斤")),
    "平方米": ((Decimal(10**6), "平方公里"),),
}
"""Units that a person would use for a large figure in a base unit."""


def amount(number: Decimal, unit: str) -> str:
    """Return a figure in its base unit as a person writes it: shares as points, large sums in 万 or 亿.

    >>> from decimal import Decimal
    >>> amount(Decimal("371500000"), "元"), amount(Decimal("0.126"), "ratio"), amount(Decimal(13), "条")
    ('3.715亿元', '12.6个百分点', '13条')
    """
    if unit in ("ratio", "百分点"):
        points = number * 100 if unit == "ratio" else number
        return f"{points.normalize():f}个百分点"
    for factor, larger in _LARGER.get(unit, ()):
        if number > factor:
            number, unit = number / factor, larger
            break
    for size, name in ((Decimal(10**8), "亿"), (Decimal(10**4), "万")):
        if number >= size:
            return f"{(number / size).normalize():f}{name}{unit}"
    return f"{number.normalize():f}{unit}"
