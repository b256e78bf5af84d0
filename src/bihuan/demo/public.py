"""A bulletin, and what people asked: one question answered for everybody, a tip-off and a clue still open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ASKED = (
    (26 * HOUR, "question", "991027101", "web", "从外县回来要不要报备，报到哪里？", "孙女士 19900009001"),  # data
    (7 * HOUR, "tip_off", "991027102", "phone", "村口小卖部天天有人聚着打牌，劝也不听。", ""),  # data
    (70 * MINUTE, "clue", "991027103", "wechat", "物流园夜里有冷链车卸货，没见登记。", "不愿留名"),  # data
)
WORDS = """我县累计报告病例均已转运至定点医院，密切接触者已落实管控。请进入公共场所佩戴口罩，返乡提前向村（社区）报备。
咨询、举报可在本页提交，24小时内答复。"""  # data


def play(do: Callable[..., Any], now: datetime) -> None:
    """Play it, each act at its own instant."""
    for ago, kind, area, channel, words, contact in ASKED:
        do("office", "receive_enquiry", now - ago, kind=kind, area=area, channel=channel, words=words, contact=contact)
    with scoped(Scope(EVERYWHERE)):
        first = public_reads.enquiries(Scope(EVERYWHERE)).filter(kind="question").first()
    if first:
        answer = "要。提前一天向村（社区）报备，到家当天登记；电话在各村公告栏，也可以在本页查。"  # data
        do("office", "answer_enquiry", now - 25 * HOUR, enquiry=first.id, answer=answer, show=True)
    at = now - 2 * HOUR
    do("commander", "publish_bulletin", at, as_of=at - 20 * MINUTE, words=WORDS)
