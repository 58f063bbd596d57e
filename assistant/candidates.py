"""Typed stretches of a sentence that could be the bare answer: figures, dates, titles, names, contacts, clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.types import Wanted
from index.dates import DATE, FULL_DATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Span = tuple[int, int]

_HAN = "\u3400-\u9fff"
COUNTERS = (
    "个百分点|百分点|个位次|平方公里|平方千米|平方米|立方米|公里|千米|公顷|千瓦时|兆瓦|万千瓦|千瓦|个工作日|工作日|个小时|小时|分钟|标箱|"
    "个月|周岁|学时|课时|车次|航次|盏|辆|桩|枚|粒|根|套|口|眼|宗|株|米|"
    "人次|批次|场次|家次|辆次|件次|台套|美元|元|块|人|名|位|个|家|户|项|件|条|处|台|套|辆|栋|幢|座|所|间|张|份|期|批|轮|场|次|起|宗|例|"
    "篇|部|支|只|头|棵|株|艘|架|级|层|类|种|对|组|届|章|节|站|亩|吨|米|天|日|年|月|岁|倍|成|％|%|‰|万|亿|本|村|镇|所|趟|回|圈|周|季度|班|集|条次|公斤|毫克|微克|斤|克|册|笔|门|袋|箱|桶|瓶|双|盒|餐|幅|分(?![之钟别类级步管局为])"
)
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_LATIN = "㎡|km²|km|kg|mg|mm|cm|kV|kW|MW|GW"
_NUMERAL = "零一二两三四五六七八九十百千万亿"
_FIGURE = re.compile(
    rf"(?:百分之(?:{_ARABIC}|[{_NUMERAL}点]+))"
    rf"|(?:(?<![A-Za-z\d.])(?:{_ARABIC})(?!(?!{_LATIN})[A-Za-z])(?:[十百千万亿]+)?(?:余|多|几)?(?:万|亿)?(?:{COUNTERS}|{_LATIN})?(?:以上|以下|左右)?)"
    rf"|(?:(?<![{_NUMERAL}第\d])(?![百千万亿])[{_NUMERAL}]+(?:点[{_NUMERAL}]+)?(?:余|多)?(?:{COUNTERS}))"
    rf"|第(?:\d+|[{_NUMERAL}]+)(?:名|位)?(?![一二三四五六七八九十\d]|批|轮|届|一时间|时间|产业|责任|议题|方|季度|次全)"
)
_CODE = re.compile(r"\d+(?:\+\d+)+|[A-Za-z]\d+|\d{3,4}-\d{7,8}")
_NOT_FIGURES = re.compile(
    rf"{DATE}|[〔\[(【]\d{{4}}[〕\])】](?:第?\d+号)?|第?\d+号|\d{{4}}年度?(?:\d{{1,2}}月)?|(?<!\d)\d{{1,2}}(?:-\d{{1,2}})?月(?!份额)|《[^》]*》|“[^”]*”|"
    r"[零一二三四五六七八九]{4}年度?|[一二三四五六七八九十]+是|一把手|一批|一些|一系列|一次性|一岗|一企|一体|一定|一般|一律|一致|万级|亿级"
)
_WHEN_YEAR = "(?:\\d{4}|[零一二三四五六七八九]{4})年"
_WHEN_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_DATES = re.compile(
    rf"(?:{DATE})(?:至|-|到)(?:{DATE})|{FULL_DATE}|{DATE}|{_WHEN_YEAR}(?:\d{{1,2}}|{_WHEN_MONTH})月(?:底|初|中旬|上旬|下旬|末)?|"
    rf"{_WHEN_YEAR}(?:底|初|末|[上下]半年|[一二三四]季度|春季|秋季|年底)?|"
    r"(?<![\d年])\d{1,2}月(?:底|初|中旬|上旬|下旬)?(?![\d份])|今年|去年|同年|当天|当日|年底前?|年内"
)
_TITLES = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:\((?:试行|暂行|修订|征求意见稿)[^()]*\))?")
_QUOTED = re.compile(r"“([^“”]{2,30})”")
_NAME_TAIL = (
    "巡视组|巡察组|督察组|工作组|领导小组|专班|委员会|党工委|工委|管委会|党委|党组|市委|省委|区委|县委|人民政府|市政府|省政府|政府|纪委监委|纪委|监委|"
    "研究院|研究所|事务所|规划院|设计院|科学院|大学|学院|学校|高中|初中|小学|中学|幼儿园|职院|医院|卫生服务中心|中心|集团|公司|企业|银行|协会|学会|联盟|基金会|"
    "局|厅|部|处|大队|支队|总队|中队|办公室|办(?!法|理|事|公)|法院|检察院|院|馆|站|所|园区|产业园|创业园|孵化器|园|基地|平台|街道|社区|村|镇|乡|区|县|市|省|开发区|新区|经开区|高新区|"
    "高铁|铁路|机场|港|大桥|公路|路|项目|工程|小区|花园|广场|湖|江|河|山|示范区|试验区|先导区|试点|称号|单位|品牌|计划|行动|活动|专项|制度|机制|模式"
)
_TAIL = re.compile(rf"(?:{_NAME_TAIL})(?!长|员|级|民|分|化)")
_PART = re.compile(r"[^,;:。!?\n、《》|]+")
_COUNT = re.compile(rf"(?:\d{{4}}年(?:\d{{1,2}}月)?)?\d*(?:[{_NUMERAL}]*(?:是|个|家|座|条|批))?")
BOUNDARY = re.compile(
    r"由|与|向|在|对|为(?!民)|和|赴|委托|成立|组建|获评|获批|获得|荣获|获|于|到|从|将|把|被|给|以(?!上|下)|及|是|经(?!济|开|营)|至|推动|推进|实施|开展|"
    r"建设(?!集团|公司|投资|开发|银行|工程|控股|发展)|建成|组织|召开|印发|制定|出台|完成|加快|深化|依托|通过|按照|根据|围绕|针对|聘请|邀请|联合|协同|支持|指导|督促|要求|选派|派出|引进|"
    r"引入|签约|新增|创建|打造|设立|入选|的|了|等|交|请|让|学习借鉴|借鉴|进入|移交|承接|托管|领办|合作|接管|挂牌|帮扶|归|属于|作为|成为|评为|"
    r"列入|纳入|授予|达到|实现|其中|以及|同时|协议|提供|编制|绘制|安排|每年|停工|属|现有|拥有|共有|还有|包括|位于|来自|联系|约谈|推广|拍摄|采用|划转|派驻|入驻|归并|合并|并入|划归|培育|推出|更名|命名|承办|主办|选定|结对|对接|走访|慰问"
)
AGENT = re.compile(
    r"(?:由|与|和|同|跟|委托|聘请|邀请|请|交给|交由|依托|协同|联合|学习借鉴|借鉴|移交|归|进入|授予|给|让|赴|向|在|获评|评为|获|入选)$"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
    "岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房"
    "边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲"
    "乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺茅沐尚水平司农扈暴别居衡步弓隗山宓蓬郗班仰秋伊宿怀蒲邰从鄂索咸籍"
    "肖付骆凤皮麻支宣诸荣荀惠储松巫乌巴牧戎祖束幸闻莘贡劳宰雍寿浦戈寇楼昌云禹狄贝裘缪贲杭钮嵇滑於芮羿汲邴厉韶蓟逄郦璩濮郏茹宦慎庾暨阙夔晁訾阚逯危湛酆"
)
_OFFICES = "书记|市长|省长|区长|县长|主任|局长|厅长|部长|主席|董事长|总经理|院长|校长|组长|副书记|委员"
_AFTER_OFFICE = "|".join(
    f"(?<={office})"
    for office in [
        "书记",
        "省长",
        "市长",
        "区长",
        "县长",
        "镇长",
        "局长",
        "主任",
        "部长",
        "厅长",
        "主席",
        "院长",
        "校长",
        "组长",
        "处长",
        "事长",
        "经理",
    ]
)
_NAME = (
    "(?:(?:欧阳|上官|司马|东方|独孤|南宫|闻人|夏侯|诸葛|尉迟|赫连|澹台|皇甫|濮阳|公冶|太叔|申屠|公孙|慕容|钟离|长孙|宇文|司徒|鲜于|司空|令狐|呼延|端木|百里|西门)"
    f"[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,2}})"
)
_PERSON = re.compile(
    rf"(?:(?<![{_HAN}])|(?<=以)|(?<=对)|(?<={'|'.join(['记', '长', '任', '席', '员', '理'])}))"
    rf"{_NAME}(?=案件|案|同志|任(?:{_OFFICES})|等人)"
    rf"|(?:{_AFTER_OFFICE})(?![{_HAN}]{{1,2}}[长记委局部组办县市区]){_NAME}(?=[,。、;:()主出作兼担任为同牵带率在对被等受因收到亲分总包负挂参签调落的和与])"
)
_HOLDER = re.compile(
    rf"(?:(?<=由)|(?<=以)|(?<![{_HAN}]))((?:(?!由|成立|组建)[{_HAN}、]){{1,12}}(?:书记|市长|省长|区长|县长|主任|局长|厅长|部长|领导|同志|负责人|一把手))(?=亲自|担?任(?:双?组长|主任|总指挥|召集人))"
)
"""An office whose holder is appointed to another one, named without a person: 由市委书记任组长."""
_CONTACTS = re.compile(
    r"\(?\d{3,4}\)?-*\d{7,8}|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{6}(?!\d)|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
_ADDRESS = re.compile(r"(?:邮政信箱|通信地址|通讯地址|来信地址|邮寄地址|联系地址|地址)[ ]*:[ ]*([^;。\n]+)")
_MIN_NAME, _MAX_NAME, _MOST_LEFTS = 3, 24, 3
_TITLE_RUN = re.compile(r"《[^《》]+》(?:\([^()]*\))?(?:[^《》。;]{0,12}《[^《》]+》(?:\([^()]*\))?)+")
_SERIES = re.compile(r"(?:“[^“”]+”[^“”,;。]{0,3}){2,}|[^,;:。、《》\s]{1,30}(?:、[^,;:。、《》\s]{1,30})+")
_CLAUSE = re.compile(r"[^,;:。!?\n|]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch `start:end` of a folded text that may be the bare answer."""

    start: int
    end: int
    kind: str
    """figure, date, title, name, quoted, person, office, contact, address, titles, series or clause."""


def find_candidates(folded: str, start: int, end: int, wanted: Wanted) -> list[Candidate]:
    """Return the candidates of the kinds that `wanted` allows in `folded[start:end]`, in order of position."""
    found = [Candidate(*span, kind) for kind in KINDS[wanted] for span in _FINDERS[kind](folded, start, end)]
    return sorted(set(found), key=lambda candidate: (candidate.start, candidate.end, candidate.kind))


def find_kind(folded: str, kind: str) -> list[tuple[int, int]]:
    """Return the stretches of one kind in a folded text, in order of position."""
    return sorted(set(_FINDERS[kind](folded, 0, len(folded))))


def _figures(folded: str, start: int, end: int) -> Iterator[Span]:
    blocked = [match.span() for pattern in (_CODE, _NOT_FIGURES) for match in pattern.finditer(folded, start, end)]
    for match in _FIGURE.finditer(folded, start, end):
        first, last = match.span()
        if not any(first < stop and begin < last for begin, stop in blocked):
            yield first, last


def _names(folded: str, start: int, end: int) -> Iterator[Span]:
    for part in _PART.finditer(folded, start, end):
        if folded[part.start() - 1 : part.start()] == "《" or folded[part.end() : part.end() + 1] == "》":
            continue
        cuts = [match.end() for match in BOUNDARY.finditer(folded, part.start(), part.end())]
        for tail in _TAIL.finditer(folded, part.start(), part.end()):
            lefts = [part.start(), *(cut for cut in cuts if cut < tail.start() + 1)]
            for left in lefts[-_MOST_LEFTS:]:
                count = _COUNT.match(folded, left, tail.end())
                begin = count.end() if count else left
                if _MIN_NAME <= tail.end() - begin <= _MAX_NAME:
                    yield begin, tail.end()


def _spans(pattern: re.Pattern[str], group: int = 0) -> Callable[[str, int, int], Iterator[Span]]:
    return lambda folded, start, end: (match.span(group) for match in pattern.finditer(folded, start, end))


_FINDERS: dict[str, Callable[[str, int, int], Iterator[Span]]] = {
    "figure": _figures,
    "date": _spans(_DATES),
    "title": _spans(_TITLES),
    "quoted": _spans(_QUOTED, 1),
    "name": _names,
    "person": _spans(_PERSON),
    "office": _spans(_HOLDER, 1),
    "contact": _spans(_CONTACTS),
    "address": _spans(_ADDRESS, 1),
    "clause": _spans(_CLAUSE),
    "titles": _spans(_TITLE_RUN),
    "series": _spans(_SERIES),
}
KINDS: dict[Wanted, tuple[str, ...]] = {
    Wanted.NUMBER: ("figure", "clause"),
    Wanted.DATE: ("date", "clause"),
    Wanted.TITLE: ("title", "quoted", "clause"),
    Wanted.ENTITY: ("name", "quoted", "person", "office", "title", "clause"),
    Wanted.CONTACT: ("contact", "address"),
    Wanted.LIST: ("titles", "series", "clause"),
    Wanted.MEASURES: ("clause",),
    Wanted.YES_NO: ("clause",),
    Wanted.PHRASE: ("clause",),
}
