"""Who and where: twelve branches in three regions, with places and people. All invented, the same every time."""

from dataclasses import dataclass, field

import numpy as np

SURNAMES = (  # surname and how the staff number spells it
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 胡hu 朱zhu 高gao 林lin 何he 郭guo 马ma "
    "罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu 董dong 程cheng 曹cao 袁yuan 邓deng 傅fu 沈shen 曾zeng "
    "彭peng 苏su 卢lu 蒋jiang 蔡cai 贾jia 丁ding 魏wei 薛xue 叶ye 潘pan 杜du 戴dai 夏xia 钟zhong 田tian 任ren"
    " 范fan 方fang 石shi 姚yao 谭tan 廖liao 邹zou 熊xiong 金jin "
    "郝hao 孔kong 白bai 崔cui 康kang 毛mao 邱qiu 秦qin 顾gu 侯hou 邵shao 孟meng"
)
GIVEN = (
    "敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 文博 思远 雨桐 子涵 佳怡 晓东 海燕 建华"
    " 立新 春梅 志远 婷婷 嘉宁 一帆 若兰 浩然 梦琪 俊杰 雅琴 国栋 美玲"
)
Hours = dict[int, tuple[tuple[int, int], ...]]
WEEKDAYS: Hours = dict.fromkeys(range(5), ((540, 1020),))
HOURS: dict[str, Hours] = {
    "flagship": WEEKDAYS | {5: ((570, 960),), 6: ((570, 960),)},
    "medium": WEEKDAYS | {5: ((570, 960),)},
    "small": WEEKDAYS,
    "rural": dict.fromkeys(range(5), ((510, 990),)),
}
COUNTERS = {
    "flagship": ("cash",) * 4 + ("non_cash",) * 3 + ("wealth",) * 3 + ("corporate",) * 2,
    "medium": ("cash",) * 2 + ("non_cash",) * 2 + ("wealth",) * 2 + ("corporate",),
    "small": ("cash",) * 2 + ("non_cash", "wealth", "corporate"),
}
DEVICES = {
    "flagship": (("kiosk", 2), ("crs", 4), ("stm", 4), ("printer", 1), ("screen", 1)),
    "medium": (("kiosk", 1), ("crs", 3), ("stm", 2), ("screen", 1)),
    "small": (("kiosk", 1), ("crs", 2), ("stm", 1), ("screen", 1)),
}
STAFF = {
    "flagship": {"teller": 10, "lobby_manager": 3, "wealth_manager": 4, "corporate_manager": 3},
    "medium": {"teller": 6, "lobby_manager": 2, "wealth_manager": 3, "corporate_manager": 2},
    "small": {"teller": 4, "lobby_manager": 1, "wealth_manager": 1, "corporate_manager": 1},
}
CUSTOMERS = {"flagship": 420.0, "medium": 240.0, "small": 120.0}
ZONES = (
    ("entrance", "入口引导区", "entrance"),
    ("waiting", "等候区", "waiting"),
    ("cash", "现金柜台区", "cash"),
    ("desk", "非现金柜台区", "non_cash"),
    ("self", "自助服务区", "self_service"),
    ("wealth", "理财区", "wealth"),
)
ZONE_OF = {"cash": "cash", "non_cash": "desk", "corporate": "desk", "wealth": "wealth"}
DEVICE_NAMES = {
    "kiosk": "取号机",
    "crs": "存取款一体机",
    "stm": "智能柜员机",
    "printer": "填单打印机",
    "screen": "叫号屏",
}
SKILLS = {
    "teller": ("cash", "non_cash"),
    "lobby_manager": ("lobby",),
    "wealth_manager": ("wealth",),
    "corporate_manager": ("corporate", "non_cash"),
    "supervisor": ("cash", "non_cash", "lobby"),
}
REGIONS = (("east", "城东区域"), ("west", "城西区域"), ("river", "滨江区域"))
# code, name, region, size, hours, street
BRANCHES = (
    ("b01", "人民路支行", "east", "flagship", "flagship", "人民路 118 号"),
    ("b02", "解放路支行", "east", "medium", "medium", "解放路 56 号"),
    ("b03", "学府支行", "east", "medium", "medium", "学府街 9 号"),
    ("b04", "东站支行", "east", "small", "small", "站前路 2 号"),
    ("b05", "西湖支行", "west", "flagship", "flagship", "湖滨大道 77 号"),
    ("b06", "文昌支行", "west", "medium", "medium", "文昌街 31 号"),
    ("b07", "科技园支行", "west", "medium", "medium", "创新路 5 号"),
    ("b08", "柳镇支行", "west", "small", "rural", "柳镇中街 12 号"),
    ("b09", "滨江支行", "river", "medium", "medium", "滨江路 200 号"),
    ("b10", "码头支行", "river", "small", "small", "码头巷 3 号"),
    ("b11", "青浦桥支行", "river", "small", "small", "青浦桥 18 号"),
    ("b12", "白塘支行", "river", "small", "rural", "白塘镇 1 号"),
)
# Staff numbers that the tutorial and the sign-in page name.
LEADING = {
    "b01": (
        ("ai01", "艾达", "branch_head"),
        ("sun01", "孙敏", "supervisor"),
        ("ou01", "欧曼", "lobby_manager"),
        ("mei01", "梅静", "teller"),
        ("lan01", "兰若", "wealth_manager"),
        ("guan01", "关志", "corporate_manager"),
    )
}
ABOVE = (
    ("rui91", "芮丽", "regional_manager", "east"),
    ("xi92", "席强", "regional_manager", "west"),
    ("jiang93", "江涛", "regional_manager", "river"),
    ("hua90", "华然", "hq_operations", "hq"),
    ("pei90", "裴琴", "hq_training", "hq"),
    ("gui90", "桂平", "hq_compliance", "hq"),
    ("shen90", "申杰", "auditor", "hq"),
    ("ying90", "应超", "system_admin", "hq"),
)


@dataclass(frozen=True)
class PersonPlan:
    """Somebody who works at a branch. `speed` divides service times; minutes are per week."""

    staff_no: str
    name: str
    role: str
    skills: tuple[tuple[str, int], ...] = ()
    speed: float = 1.0
    contract_minutes: int = 2400


@dataclass(frozen=True)
class BranchPlan:
    """A branch with its places and people. `customers` come on an average weekday; counters are numbered from 1."""

    code: str
    name: str
    region: str
    size: str
    address: str
    customers: float
    hours: Hours
    counters: tuple[str, ...]
    devices: tuple[tuple[str, str, str], ...]
    people: tuple[PersonPlan, ...] = field(default=())

    def of_role(self, role: str) -> tuple[PersonPlan, ...]:
        """The people of a role, in order."""
        return tuple(person for person in self.people if person.role == role)


def plans(count: int = 12, *, seed: int = 1, scale: float = 1.0) -> tuple[BranchPlan, ...]:
    """The first `count` branches. `scale` multiplies their customers (small banks for tests)."""
    return tuple(_plan(row, np.random.default_rng([seed, place]), scale) for place, row in enumerate(BRANCHES[:count]))


def _plan(row: tuple[str, ...], random: np.random.Generator, scale: float) -> BranchPlan:
    code, name, region, size, hours, address = row
    customers = CUSTOMERS[size] * scale * float(random.uniform(0.9, 1.1) if code != "b01" else 1.0)
    devices = tuple(
        (f"{kind}{number}", f"{number} 号{DEVICE_NAMES[kind]}", kind)
        for kind, many in DEVICES[size]
        for number in range(1, many + 1)
    )
    people = _people(code, size, random)
    return BranchPlan(code, name, region, size, address, customers, HOURS[hours], COUNTERS[size], devices, people)


def _people(code: str, size: str, random: np.random.Generator) -> tuple[PersonPlan, ...]:
    wanted = ["branch_head", "supervisor", *(role for role, many in STAFF[size].items() for _ in range(many))]
    surnames = [SURNAMES.split()[at] for at in random.permutation(len(SURNAMES.split()))]
    given = [GIVEN.split()[at] for at in random.permutation(len(GIVEN.split()))]
    found = []
    for staff_no, name, role in LEADING.get(code, ()):
        wanted.remove(role)
        found.append(_person(staff_no, name, role, random))
    for role, surname, name in zip(wanted, surnames, given, strict=False):
        found.append(_person(f"{surname[1:]}{code[1:]}", surname[0] + name, role, random))
    return tuple(found)


def _person(staff_no: str, name: str, role: str, random: np.random.Generator) -> PersonPlan:
    levels = tuple((skill, int(random.integers(2, 6))) for skill in SKILLS.get(role, ()))
    speed = round(float(random.uniform(0.9, 1.15)), 2)
    contract = 1920 if role == "teller" and random.uniform() < 0.1 else 2400
    return PersonPlan(staff_no, name, role, levels, speed, contract)
