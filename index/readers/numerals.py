"""The numbers that Word sets before paragraphs by itself, written out in its formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LARGEST = 9999


def written(number: int, style: str) -> str:
    """Return `number` in Word's number format `style`; an unknown format and what it cannot write come in digits.

    >>> written(12, "chineseCounting"), written(3, "decimalEnclosedCircle"), written(4, "lowerRoman")
    ('十二', '③', 'iv')
    """
    writer = _WRITERS.get(style)
    return writer(number) if writer and 0 < number <= _LARGEST else str(number)


def _counting(number: int, digits: str = _DIGITS, units: str = "十百千", zero: str = "零") -> str:
    """Return a number up to 9999 in words; 10 to 19 without the leading one, but in legal numerals.

    >>> _counting(10), _counting(110), _counting(2005)
    ('十', '一百一十', '二千零五')
    """
    words = ""
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            gap = zero if words and not number // 10 ** (place + 1) % 10 else ""
            words += gap + digits[digit] + (units[place - 1] if place else "")
    return words.removeprefix("一") if digits == _DIGITS and 10 <= number <= 19 else words


def _spelt(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _legal(number: int) -> str:
    return _counting(number, _LEGAL_DIGITS, "拾佰仟")


def _circled(number: int) -> str:
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return str(number)


def _listed(first: int, last: int) -> Callable[[int], str]:
    """Return a writer for numbers that have a character each, up to `last`."""
    return lambda number: chr(first + number - 1) if number <= last else str(number)


def _letters(first: str) -> Callable[[int], str]:
    """Return a writer a … z, aa … zz."""
    return lambda number: chr(ord(first) + (number - 1) % 26) * min(1 + (number - 1) // 26, 9)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)]


_WRITERS: Mapping[str, Callable[[int], str]] = {
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "ideographDigital": _spelt,
    "japaneseDigitalTenThousand": _spelt,
    "taiwaneseDigital": _spelt,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "ideographEnclosedCircle": _listed(0x3220, 10),
    "decimalEnclosedParen": _listed(0x2474, 20),
    "decimalEnclosedFullstop": _listed(0x2488, 20),
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": _letters("a"),
    "upperLetter": _letters("A"),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
