"""What a question asks about a rule, and the words by which a sentence of a policy text answers such a question."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CUES = {
    "consequence": (
        r"怎么处理|会怎[么样]|怎么办|受.{0,4}处罚|后果|怎么罚|怎样处|被怎么|看待|罚|处置|处分|追究",
        r"处罚|罚款|责令|追究|追责|问责|解除|不予|取消|禁止|处以|处\d|暂停|撤销|警告|吊销|视作|视为|不再|作废|列入|退回|追回|不按|赔",
    ),
    "permission": (
        r"能不能|可不可以|可以.{0,14}吗|能.{0,14}吗|允许|准不准|行不行|是否可|要不要|照.{0,6}吗|需不需要|还能|会不会|可否|能否|必须.{0,10}吗|"
        r"得.{0,8}吗|用不用",
        r"可以|不得|应当|必须|允许|禁止|不能|无需|无须|不可|只能|可在|可将|可按|可由|不再|不予|暂停|严禁|不容许",
    ),
    "requirement": (
        r"要求|条件|资格|什么样|必须|怎么做|做到什么|才能|才有|门槛|凭什么|需要|得有什么|要有什么",
        r"应当|必须|须|需要|要求|条件|具备|符合|不得|要有|应具|满足|适用|凭|为依据",
    ),
    "eligible": (
        r"哪些人|什么人|谁能|谁可以|谁有|资格|哪种人|哪类|发给|对象|哪些企业|哪些单位|哪些学生|赶得上|适用于谁",
        r"凡|均可|都可以|都能|对象|户籍|年满|符合|满\d|条件|适用|可以申请|可申请|的个人|人员",
    ),
    "excluded": (
        r"不能|领不到|吃闭门羹|不行|借不到|拿不到|除外|禁止|不许|不让|不准|排除",
        r"不予|不得|不享受|不受理|除外|不适用|不列入|不容许|禁止|严禁|不包括|不计|不可",
    ),
    "breach": (
        r"逾期|过期|忘了|没赶上|不合要求|违规|违反|骗|造假|作假|虚假|不按|不公示|拒不|假[^期日]|乱",
        r"逾期|违反|未按|不按|拒不|虚假|骗取|弄虚作假|不履行|不履约|不认真|失实|违约",
    ),
    "reason": (
        r"为什么|为何|凭什么|理由|原因|目的|作用|意义|图什么",
        r"为了|为进一步|为贯彻|由于|因为|鉴于|旨在|有利于|作用|以便|目的|因此|从而|解释|回应|考虑到|避免|减少|便于|防止|就是要|现象|意味着",
    ),
    "meaning": (
        r"什么意思|是指|指的?是?什么|什么叫|指什么|怎么理解|指什么样|定义|啥意思|才算|指哪|怎么解释|怎么算|算什么|算作|被算",
        r"是指|指的是|所称|是一种|是对|属于|称为|均属",
    ),
    "time": (
        r"什么时候|哪[一]?[天年月日]|何时|多久|多长时间|期限|时限|截止|时间|到哪|几号|几月|时点|哪段|缓冲",
        r"\d{1,2}[年月日]|之日起|有效期|工作日|个月|期限|期间|年底|月底|前[,。]|时限|[一二三四五六七八九十]+[个年日]",
    ),
    "until": (
        r"失效|有效|到哪[一]?[天日年]|截止|为止|到什么时候|延长|执行到",
        r"有效期|施行|至\d{4}年|至.{0,6}[日底止]|截至|为止|执行至|过渡期|[日底]前",
    ),
    "place": (
        r"哪里|哪儿|在哪|去哪|到哪[里儿]|什么地方|何处|何地|哪个窗口|打到|上哪",
        r"(?:在|到|至|向|去|往)[^,。]{2,24}(?:处|所|中心|窗口|位置|地|站|厅|平台|账户|街道|机构|部门|上|内)|地址|窗口|位置|账户|所在地|登录",
    ),
    "actor": (
        r"谁|由哪|哪个部门|哪个单位|哪个团体|哪家|哪个机构|什么部门",
        r"由[^,。]{2,24}|负责|牵头|承担|应[^,。]{2,20}申请|主管|本人|对象|委托",
    ),
    "amount": (
        r"多少钱|多少|几块|标准|补贴|补助|罚款|收费|优惠|怎么补",
        r"\d[\d,.]*(?:万|亿)?元|\d%|标准|倍|免|[一二三四五六七八九十百千]+(?:万)?元",
    ),
    "most": (r"最多|最高|封顶|上限|顶多|借到多少|贷到多少", r"最高|上限|不超过|限额|最多|封顶|可贷|以内"),
    "way": (
        r"怎么(?!处理|罚|看待|回事|样)|如何|怎样|咋",
        r"应当|可以|可|通过|采取|按照|按|由|向|需|要|提交|实行|给予|予以",
    ),
    "application": (
        r"申请|领取|手续|怎么走|去办|报名|办理|填表|怎么领|怎么拿|拿到手|要过|流程|补手续|递",
        r"申请|登录|办理|提交|携带|持|凭|窗口|材料|步骤|流程|受理|小程序|领取|填报|登记|预约",
    ),
    "benefit": (
        r"优惠|照顾|支持|奖励|政策|好处|扶持|服务",
        r"给予|减免|免|奖励|补贴|补助|支持|优先|提供|可享|不超过|发放",
    ),
    "several": (
        r"哪几|哪些|哪[两三四五六七八九十]|几种|几项|几条|分别|都送|都包括|包括|各种",
        r"、[^、。]{1,30}、|分别|包括|[二两三四五六七八九十\d][种项类个]|一是|\(一\)",
    ),
}
NAMES = tuple(_CUES)
CLAUSAL = frozenset(NAMES) - {"breach", "time", "until", "place", "actor", "amount", "most", "several"}
"""What takes a clause to tell, not a value."""


@functools.cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {name: (re.compile(asked), re.compile(told)) for name, (asked, told) in _CUES.items()}


def asked_cues(folded: str) -> tuple[str, ...]:
    """Return the names of what a folded question asks about a rule; several may hold, or none.

    >>> asked_cues("逾期不申报会怎么处理?")
    ('consequence', 'breach')
    """
    return tuple(name for name, (asked, _) in _patterns().items() if asked.search(folded))


def tells(name: str, folded: str) -> bool:
    """Whether a folded sentence has words that answer what is asked under `name`.

    >>> tells("meaning", "所称年满,是指达到规定年龄的次月。"), tells("meaning", "津贴按月发放。")
    (True, False)
    """
    return _patterns()[name][1].search(folded) is not None
