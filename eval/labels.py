"""What the measures and types are called on screen and in reports."""

from __future__ import annotations

MEASURES: dict[str, tuple[str, str]] = {
    # name: (label, what it says)
    "right": ("答对", "事实题：160 字以内含可接受的值；清单、措施、比较题：各项齐全；无答案题：拒答"),
    "value_right": ("含正确值", "160 字以内的答案里有可接受的值"),
    "short_right": ("短答案正确", "短答案等于可接受的值，数值按单位换算后比较"),
    "short_exact": ("短答案逐字相同", "短答案与可接受的值逐字相同"),
    "figure_equal": ("数值相等", "答案里有相等的数值，写法不限（1.4万 = 14000）"),
    "verdict_right": ("是否判断正确", "是非题的判断与标注一致"),
    "near_miss": ("误答邻近值", "给出了旁边的错误数值（越低越好）"),
    "item_recall": ("要点召回", "应有的要点说出了几成"),
    "item_precision": ("要点准确", "所列各项中有几成是应有的要点"),
    "complete": ("要点齐全", "应有的要点一项不缺"),
    "char_f1": ("字 F1", "短答案与可接受值按字计算的 F1"),
    "rouge_l": ("ROUGE-L", "答案与证据或可接受值的最长公共子序列"),
    "conciseness": ("简洁", "可接受的值占答案字数的比例"),
    "citation_hit@3": ("引文命中@3", "前三条引文有一条落在证据上"),
    "citation_precision": ("引文准确", "引文中落在证据上的比例"),
    "citation_recall": ("引文召回", "证据中被引文覆盖的比例"),
    "verbatim": ("引文逐字一致", "引文等于原文相应位置的文字"),
    "refused": ("应拒则拒", "无答案的问题被拒答"),
    "false_refusal": ("误拒", "有答案的问题被拒答（越低越好）"),
    "recall@1": ("证据召回@1", "前 1 段覆盖的证据比例"),
    "recall@3": ("证据召回@3", "前 3 段覆盖的证据比例"),
    "recall@5": ("证据召回@5", "前 5 段覆盖的证据比例"),
    "recall@10": ("证据召回@10", "前 10 段覆盖的证据比例"),
    "hit@1": ("段落命中@1", "第 1 段就是证据"),
    "hit@3": ("段落命中@3", "前 3 段里有证据"),
    "hit@5": ("段落命中@5", "前 5 段里有证据"),
    "hit@10": ("段落命中@10", "前 10 段里有证据"),
    "mrr@10": ("MRR@10", "首个证据段落名次的倒数"),
    "ndcg@10": ("nDCG@10", "证据段落排名的折损累计增益"),
    "notice_hit@1": ("通报命中@1", "第 1 篇通报就是证据所在"),
    "notice_mrr@10": ("通报 MRR@10", "首个证据通报名次的倒数"),
    "refusal_precision": ("拒答准确", "拒答的问题里有几成确无答案"),
    "refusal_recall": ("拒答召回", "无答案的问题有几成被拒答"),
    "refusal_f1": ("拒答 F1", "拒答准确与召回的调和平均"),
    "aurc": ("风险—覆盖面积", "风险在覆盖范围上的平均（越低越好）"),
    "ece": ("校准误差", "置信度与正确率的平均差距（越低越好）"),
    "p50_ms": ("耗时中位数", "毫秒"),
    "p95_ms": ("耗时 95 分位", "毫秒"),
    "p99_ms": ("耗时 99 分位", "毫秒"),
    "peak_mb": ("内存峰值", "MB"),
    "errors": ("出错", "没有得到回答的问题数"),
}
KINDS: dict[str, str] = {
    "fact_number": "数字",
    "fact_date": "日期",
    "fact_entity": "机构人员",
    "fact_title": "文件名称",
    "contact": "联系方式",
    "list": "清单",
    "howto_measure": "措施",
    "yes_no": "是非",
    "compare": "比较",
    "no_answer": "无答案",
    "followup": "追问",
}
GROUPINGS: dict[str, str] = {
    "type": "问题类型",
    "split": "分组",
    "unit": "单位",
    "difficulty": "难度",
    "place": "在文件中的位置",
    "wording": "与原文的用词",
}
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "回答",
        (
            "right",
            "value_right",
            "short_right",
            "short_exact",
            "figure_equal",
            "verdict_right",
            "near_miss",
            "item_recall",
            "item_precision",
            "complete",
            "char_f1",
            "rouge_l",
            "conciseness",
        ),
    ),
    ("引文", ("citation_hit@3", "citation_precision", "citation_recall", "verbatim")),
    ("拒答", ("refused", "false_refusal", "refusal_precision", "refusal_recall", "refusal_f1", "aurc", "ece")),
    (
        "检索",
        (
            *("hit@1", "hit@3", "hit@5", "hit@10", "mrr@10", "ndcg@10"),
            *("recall@1", "recall@3", "recall@5", "recall@10", "notice_hit@1", "notice_mrr@10"),
        ),
    ),
    ("开销", ("p50_ms", "p95_ms", "p99_ms", "peak_mb", "errors")),
)
"""The order in which measures are shown."""


def label_of(name: str) -> str:
    """Return the label of a measure; its name if it has none."""
    return MEASURES.get(name, (name, ""))[0]


def group_label(grouping: str, name: str) -> str:
    """Return how a group is called on screen."""
    return KINDS.get(name, name) if grouping == "type" else name


def shown(name: str, value: float) -> str:
    """Return a value of the measure as it is printed: three decimals, or one for times, sizes and counts."""
    if name == "errors":
        return str(int(value))
    return f"{value:.1f}" if name.endswith(("_ms", "_mb")) else f"{value:.3f}"
