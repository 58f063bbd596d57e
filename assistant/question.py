"""What a question wants: its units, years, the kind of answer, and the words that carry its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import QuestionError
from assistant.superlative import Extreme, extreme_of
from assistant.types import Wanted
from index.analysis import fold
from index.dates import arabic_years

if TYPE_CHECKING:
    from assistant.units import Gazetteer, Places

MAX_LENGTH = 2000
_CONTENT = re.compile(r"[\u3400-\u9fffA-Za-z]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_CONTACT = re.compile(
    r"(?:联系|监督|举报|咨询|办公|反馈|意见)(?:的)?(?:电话|热线|地址|邮箱)|(?:哪个|什么|啥|多少号?)(?:的)?(?:电话|号码|邮箱|地址|信箱)|"
    r"电话(?:号码)?(?:是|为|号|多少|呢|[?。]|$)|(?:打|拨)(?:什么|哪个?|多少|啥)|邮箱|邮件|电邮|email|e-mail|邮编|邮政编码|联系方式|怎么联系|"
    r"(?:通信|通讯|来信|邮寄)地址|寄到|寄往|寄去|寄给|写信|来信|邮政信箱|信箱"
)
_CONTACT_WORDS = re.compile(
    r"请问|联系|电话|号码|热线|电子|邮箱|邮件|邮政|信箱|地址|邮编|通[信讯]|方式|打|拨|写信|来信|寄[到往去给]?|巡[视察]|整改|情况|落实|监督|举报|反映|反馈|问题|意见|建议|"
    r"群众|老百姓|想|要|该|能|可以|的|我|对|向|给|往|到|哪个|哪里?儿?|什么|啥|多少|是|怎么|吗|呢|有|几|号|用|[ ,。?!]"
)
"""Words of a question for a contact that say nothing else."""
_FEW_UNITS = 20
_YES_NO = re.compile(
    r"(?:吗|(?<![什怎这那])么|没有|没|否|不)[?。!]*$|是否|是不是|有没有|有无|能否|可否|会不会|能不能|可不可以|对不对|要不要|该不该|"
    r"(?:完|成|好|到位|干净)了?没"
)
_LIST = re.compile(
    r"哪些|哪几|哪\d|哪[两三四五六七八九十]|有什么(?!用|意义)|都有(?:什么|谁)|包括什么|包含什么|分别(?:是|指|为|叫|做|有)什么|分别是|"
    r"[两三四五六七八九十](?:个|大|块|项|类|种|张|支|座)[^,。?多少几]{1,12}?(?:都|分别)?(?:是|指的?是?|叫|有)(?:什么|啥)(?:[?。]|$)|具体(?:是|指|有|包括)|列出|列举|都是(?:什么|谁)|各是什么|有哪"
)
_MEASURES = re.compile(
    r"(?:哪些|什么|啥|哪几[项条个]|几[项条])(?:具体)?(?:的)?(?:整改)?(?:举措|措施|做法|办法来|动作|行动来|手段|招数|招|工作(?!组|机制|方案)|努力|"
    r"事情?(?:[?。]|$)|整改)|怎么(?:做|整改|改|治|解决|处理|推进|推动|落实|应对|防|管|抓|办的|弄|补|加强|提高|提升|保障|促进|规范|整治|瘦身|样(?:做|整改|解决))|"
    r"(?:如何|怎样|怎么|咋|靠什么)(?!样)|(?:做|干|采取|搞|开展|推出)(?:了)?(?:些)?(?:哪些|什么|啥)(?!会|文件)|都做了|做了哪|下了哪些功夫|打算怎么"
)
_TITLE = re.compile(
    r"(?:什么|哪(?:一)?[个份部项套]|啥|哪[几两三四五六七八九十]?[份部]|哪些)(?:样的)?(?:[^,。?]{0,6}?)(?:文件|制度|办法|方案|意见|规定|规划|细则|条例|"
    r"通知|计划|纲要|规矩|章程|备忘录|法规|政策文件|实施意见|清单|要点|指南|协议|名称|文)|(?:文件|办法|方案|意见|规定|规划|细则|通知|计划|备忘录|协议|"
    r"制度|清单|决定)[^,。?]{0,8}(?:叫(?:什么|啥)|名称|全称|全名|名字|是哪|题目)|叫什么(?:文件|名称)|(?:全称|全名)|"
    r"(?:出台|印发|下发|颁布|制定)(?:了|的是|过)?(?:什么|啥)[?。!]*$"
)
_DATE = re.compile(
    r"什么时[候间]|何时|啥时候|哪[一]?[天年月日]|哪个(?:月|年|日子|时间)|几月|几号(?!线|楼|院|文)|几日|哪[一]?年|(?:时间|日期|日子)(?:是|为|在)?(?:[?。]|$|哪|什么|多)|"
    r"从几|什么日[期子]|哪个日子|何年|何月|何日|截止时间|(?:分别)?是哪[天年月日]|多久|多长时间"
)
_NUMBER = re.compile(
    r"多少|几(?!乎|号(?![线楼])|月|日|份文件|部法|种说法)|多大|多高|多长(?!时间)|多重|多快|百分之|占比|比例|第几|排名|名次|排第|"
    r"(?<![参函指岁级代读])数[?。! ]*$|(?:数量|金额|总额|总量|规模|面积|人数|增速|增幅|增长率|比重|比率|数字|额度|总投资|覆盖率|安装率|优良率|完成率)(?:是|为|有|达)?(?:[?。]|$)"
)
_ENTITY = re.compile(
    r"谁|哪(?:一)?[个家所座处支位里儿只条种类项名批届方](?!月|年)|哪些?单位|什么(?:单位|部门|机构|组织|称号|荣誉|奖|地方|公司|企业|平台|活动|节目|项目|"
    r"等次|等级|名称|人|品牌)|叫(?:什么|啥)|啥(?:名|称号|单位|荣誉)|何处|何地|何人|第几(?=巡|个巡|轮|届)"
)
_PERSON = re.compile(
    r"(?:叫什么名字|姓名|姓甚名谁|姓啥|姓什么|名字|是谁|哪位|哪一位|何人|谁[?。]?$|谁(?:是|在?担任|在?当)|[记长任席理](?:叫|姓)(?:什么|啥)|哪个(?:前|原|老|县|市|区|省)?(?:负责人|领导|干部|[书记局部厅市区县处院校主董事总经]{1,3}[记长任席理]))"
)
_OFFICE = re.compile(
    r"书记|市长|省长|区长|县长|镇长|主任|局长|厅长|部长|组长|主席|负责人|领导|一把手|董事长|总经理|院长|校长|处长|科长|秘书长|头儿|头头|带头人|掌门人|老总|当家人|干部"
)
_COMPARE = re.compile(
    r"相比|比较|对比|哪个?(?:更|比较)|谁(?:更|比较|的)?[^,。?]{0,8}(?:多|少|高|低|大|小|快|早|晚)|哪(?:边|个|家|里|方|地)[^,。?]{0,10}(?:更|最)?(?:多|少|高|低|大|小|快|早|晚)(?:[?。]|$)|"
    r"分别|各自|各(?:是|有|定|为)|差多少|高多少|多多少|各多少|各有|各出|哪.?更"
)
_EXHAUSTIVE = re.compile(
    r"(?:各|所有|全部|每个?|哪些|哪几个?)(?:的)?(?:单位|地方|地区|通报|市县|地市|家单位|个单位|区县)(?!的?领导)|各地(?!区|段)|"
    r"(?:几|各|所有|全部|这些)份?(?:的)?通报[^,。?]{0,6}[, ]*(?:哪些|哪几|哪个|谁|分别|都)"
)
_THESE = re.compile(r"(?:这|那)?(?:几|些)份?(?:的)?通报(?:里面?|当?中)?")
_WHICH_UNITS = re.compile(
    r"(?:哪些|哪几个?|哪个)(?:的)?(?:单位|地方|地区|通报|市县|地市|家单位|个单位|区县)?(?:都|里)?(?:写了|写明|提到|提及|提过|说到|讲到|谈到|涉及|公布|披露)(?:了|过|到)?"
)
"""哪些单位提到了…: what follows is what each of them is asked for."""
_COMPARES = re.compile(
    r"(?:比一比|比一下|比比|对比(?:一下)?|比较(?:一下)?|相比(?:较|起来|之下)?|[,?!;]?(?:分别|各自?|各家)(?:都)?(?:是|有|为|定|写)?(?:了)?(?:多少|几[个项条家名次人件所])(?=[?。!]*$)|"
    r"^[ ]*论(?=[\u4e00-\u9fff])|写明了?|写了|(?:哪|几)(?:些|几)?份?通报(?:里|中)?)"
)
"""Words of a comparison that no notice says."""
_FIGURES_ASKED = re.compile(
    r"(?:得?(?:怎么样|怎样|如何)了?)?[,。;?! ]+(?:有没有|有无|有)(?:什么|啥)?(?:具体|明确|相关)?的?(?:数字|数据|数)(?:吗|没有|么|呢)?[?!。]*$"
)
"""…,有数字吗? asks for the figure of what stands before."""
_CONTRAST = re.compile(
    r"(?<=[,，。;；(（、 ])(?:而|并|可|但)?(?<!是)(?:不是|不要|别给|别说|不问|非)(?!否|说)[^,，。;；()（）?？!！]{2,20}|[(（]\s*(?:不是|不要|非)[^()（）]{2,20}[)）]"
)
"""(不是2021年), 不是挽回的数: what the question does not ask for, told to tell it apart."""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|届|[^\d]|$)")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood."""

    text: str
    folded: str
    places: Places
    wanted: Wanted
    years: tuple[str, ...]
    comparison: bool
    """Asked of several units, one entry each."""
    exhaustive: bool
    """Asked of every notice (哪些单位…, 各单位…)."""
    office_holder: bool
    """Asks for the name of a person in office."""
    core: str
    """The folded question without the names of units."""
    extreme: Extreme | None = None
    """What units are compared for, if it asks which of them has the most or least."""
    context: str = ""
    """What earlier questions leave to this one, folded, without the names of units."""


def clean(text: str) -> str:
    """Return `text` without control and direction characters, with blanks collapsed.

    Raises QuestionError if nothing that can be asked is left or it is longer than `MAX_LENGTH` characters.
    """
    if len(text) > MAX_LENGTH:
        raise QuestionError(f"问题有 {len(text)} 个字，超过 {MAX_LENGTH} 个字的上限，请缩短后再问。")
    printable = "".join(char for char in _CONTROL.sub(" ", text) if not "\ud800" <= char <= "\udfff")
    cleaned = " ".join(printable.split())
    if not _CONTENT.search(fold(cleaned)):
        raise QuestionError("问题里没有可以查找的文字，请用一句话说明想知道什么。")
    return cleaned


def understand(text: str, gazetteer: Gazetteer) -> Question:
    """Return what an already cleaned question wants; what it says it does not ask for is left out."""
    text = _CONTRAST.sub(" ", text).strip() or text
    folded = _FIGURES_ASKED.sub("有多少", fold(text))
    places = gazetteer.find(text)
    extreme = extreme_of(_core(folded, places), named=len(places.units) > 1)
    of_units = extreme is not None and len(gazetteer.units) > 1
    exhaustive = not places.held and (
        of_units or _asks_of_units(folded) or _asks_any_contact(folded, places, gazetteer)
    )
    folded = _THESE.sub(lambda found: " " * len(found.group()), folded) if exhaustive else folded
    several = len(places.units) > 1 and (extreme is not None or _asks_of_each(folded))
    with_strangers = bool(places.units and places.other and _COMPARE.search(folded))
    comparison = exhaustive or several or with_strangers
    core = _core(folded, places).rpartition(";")[2]
    return Question(
        text=text,
        folded=folded,
        places=places,
        wanted=wanted_of_each(folded) if comparison else wanted(folded.rsplit(";", 1)[-1]),
        years=tuple(dict.fromkeys(_YEAR.findall(arabic_years(folded)))),
        comparison=comparison,
        exhaustive=exhaustive,
        office_holder=bool(_PERSON.search(folded) and _OFFICE.search(folded)),
        core=_asked_of_each(core) if comparison else core,
        extreme=extreme if comparison else None,
        context=_core(folded, places).rpartition(";")[0],
    )


def _asks_any_contact(folded: str, places: Places, gazetteer: Gazetteer) -> bool:
    """Whether a contact is asked for without saying whose, nor what about: then those of all units are told, if they are few."""
    few = 1 < len(gazetteer.units) <= _FEW_UNITS and not places.other
    return few and _CONTACT.search(folded) is not None and not _CONTACT_WORDS.sub("", folded)


def _asked_of_each(core: str) -> str:
    """Return what a comparison asks of each unit, without the words that only say that it compares."""
    return _COMPARES.sub(" ", _WHICH_UNITS.sub(" ", core))


def asks_of_all(folded: str) -> bool:
    """Whether a folded question asks every notice (哪些单位…, 各地…, 哪个单位…最多), unless it names a unit."""
    return _asks_of_units(folded) or extreme_of(folded) is not None


def _asks_of_units(folded: str) -> bool:
    return _EXHAUSTIVE.search(folded) is not None or _WHICH_UNITS.search(folded) is not None


def _asks_of_each(folded: str) -> bool:
    return bool(_COMPARE.search(folded)) or bool(re.search(r"[和与跟及、,]", folded))


def wanted(folded: str) -> Wanted:
    """Return the kind of answer that a folded question asks for.

    >>> [str(wanted(q)) for q in ("增加学位多少个?", "是哪天反馈的?", "出台了什么文件?", "做了哪些事?", "完成了吗?")]
    ['number', 'date', 'title', 'measures', 'yes_no']
    """
    for kind, pattern in _ORDER:
        if pattern.search(folded):
            return kind
    return Wanted.PHRASE


def wanted_of_each(folded: str) -> Wanted:
    """Return the kind of value that a comparison asks of every unit."""
    folded = _WHICH_UNITS.sub("", folded)
    for kind, pattern in (
        (Wanted.CONTACT, _CONTACT),
        (Wanted.ENTITY, re.compile(r"(?:是|由|叫|为)谁|谁(?:是|任|当|牵头|负责|在?担任)|哪一?位")),
        (Wanted.DATE, re.compile(r"哪[一]?天|什么时[候间]|啥时[候间]|何时|几号|几月|日期|时间|哪[一]?年|多久")),
        (
            Wanted.NUMBER,
            re.compile(
                r"第几(?!巡|联动|轮|届)|多少|数量|数目|几[个项条家名次人件所]|[多高低少大]|谁|排名|增速|比例|率"
            ),
        ),
        (Wanted.TITLE, _TITLE),
    ):
        if pattern.search(folded):
            return kind
    return wanted(folded)


_ORDER = (
    (Wanted.CONTACT, _CONTACT),
    (Wanted.YES_NO, re.compile(r"是不是|是否|有没有|能否|可否|会不会|(?:吗|没有|了没|完没|净了?没)[?。!]*$")),
    (Wanted.DATE, re.compile(r"哪[一]?天|什么时候|啥时候|何时|几号(?!线|楼|院|文)|几月|何日|什么日期|待了多久")),
    (
        Wanted.MEASURES,
        re.compile(
            r"(?:拿|想|使|用|下|支|动|采取|采用|出(?!台))(?:出|了|过|的)*(?:些)?(?:哪些|什么|啥|哪几)[个项条]?(?:样的)?(?:办法|法子|招|手段|点子|对策|功夫|手)|"
            r"(?<![为成做用到得])了(?:一?些)(?:什么|啥)[?。!]*$|"
            r"(?:哪|有|使了|出了)?几(?:个)?(?:高|实|狠)?招"
        ),
    ),
    (
        Wanted.LIST,
        re.compile(
            r"哪(?:几|些|[两三四五六七八九十\d]+)[份部个项]?[^,。?]{0,6}(?:文件|制度|办法|方案|意见)|分别(?:是|指|为|叫|做|有)?(?:什么|啥)"
        ),
    ),
    (Wanted.TITLE, _TITLE),
    (
        Wanted.ENTITY,
        re.compile(r"(?:交给|由|是|叫|找|请)谁|谁(?:来|做|负责|牵头|承担)|哪家|第几(?:个)?(?:联动)?(?:巡|轮|届)"),
    ),
    (Wanted.MEASURES, _MEASURES),
    (Wanted.DATE, _DATE),
    (Wanted.LIST, _LIST),
    (Wanted.NUMBER, _NUMBER),
    (Wanted.ENTITY, _ENTITY),
    (Wanted.YES_NO, _YES_NO),
)


def _core(folded: str, places: Places) -> str:
    chars = list(folded)
    for mention in places.held:
        chars[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(chars)
