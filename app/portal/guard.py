"""What keeps machines from filling the hotline: time, a hidden field, counts by address and by number, and a question when in doubt."""

from __future__ import annotations

from app.api.limits import folded
from app.api.problems import ill_formed
from app.api.words import Words
from app.core.masking import normalise_phone
from app.errors import Refused, TooMany
from app.hotline.public_guard import Recent, recent
from app.portal.draft import Draft
from app.portal.stamp import Stamp, fresh, read, right
from app.web.look import Look

HOUR, DAY, FASTEST = 3600, 24 * 3600, 3
# Registered within the hour: from here on a question, and from here on nothing more. Many citizens share the address of a carrier.
ASK_ADDRESS, MOST_ADDRESS, ASK_UNNAMED = 10, 120, 3
ASK_PHONE, MOST_PHONE_HOUR, MOST_PHONE_DAY = 3, 10, 20
MOST_TRIES = 240
HONEYPOT = "website"
WRONG = Words("答案不对，请再算一次。", "That is not the answer; try once more.")
NONE_RECENT = Recent(0, 0, None)


class Doubt(Refused):
    """The form is shown once more, with all that was typed, and wants to be sent again."""


def bucket(look: Look, kind: str) -> str:
    return f"{kind}{folded(look.request.remote_addr)}"


def stamp_of(look: Look) -> Stamp | None:
    return read(look.system.keyring, look.form.get("key", ""), look.form.get("stamp", ""))


def now_of(look: Look) -> int:
    return int(look.now.timestamp())


def tried(look: Look) -> None:
    """Each sending costs us the looking at photographs, also when nothing comes of it."""
    look.limiter.hit(bucket(look, "try"), MOST_TRIES, HOUR)


def refuse_stale(look: Look, draft: Draft, ours: bool) -> None:
    """A stamp that is not ours, too old or too young: looked at once more by the one who sends."""
    now = now_of(look)
    if not ours:
        draft.stamp = fresh(now, asked=True)
        raise Doubt("请回答最后一题，再提交一次。您填写的内容都在。", "Answer the last question and send it again. All you typed is here.")
    age = now - draft.stamp.at
    if age > DAY or age < 0:
        draft.stamp = fresh(now, draft.stamp.asked)
        raise Doubt("这一页打开已超过一天，请核对后再提交一次。", "This page was opened more than a day ago; check it and send it again.")
    if age < FASTEST:
        raise Doubt("提交得太快了，请核对后再提交一次。", "That was very quick; check it and send it again.")


def registered_before(look: Look, phone: str | None, content: str) -> Recent | None:
    """What this number has registered by itself lately; None for who leaves none."""
    return recent(look.system, normalise_phone(phone), content) if phone else None


def refuse_repeated(draft: Draft, before: Recent | None) -> None:
    if before is not None and before.same is not None:
        draft.earlier = before.same
        raise Doubt("您刚才已经登记过同样的内容，没有重复登记。", "You registered the same a moment ago; it was not registered twice.")


def refuse_flood(look: Look, draft: Draft, before: Recent | None) -> None:
    """Raises TooMany; or Doubt, where the question is put."""
    by_number = before or NONE_RECENT
    if by_number.hour >= MOST_PHONE_HOUR or by_number.day >= MOST_PHONE_DAY:
        zh = "这个号码今天在网上登记得太多了，请稍后再来，急事请拨打 12345。"
        raise TooMany(zh, "This number has registered too much on the web today; come back later or call 12345.", retry_after=HOUR)
    from_here = look.limiter.seen(bucket(look, "put"), HOUR)
    if from_here >= MOST_ADDRESS:
        zh = "您所在的网络登记得太多了，请稍后再来，急事请拨打 12345。"
        raise TooMany(zh, "Too much was registered from your network; come back later or call 12345.", retry_after=HOUR)
    asks = from_here >= (ASK_ADDRESS if before else ASK_UNNAMED) or by_number.hour >= ASK_PHONE or bool(draft.text(HONEYPOT))
    refuse_unanswered(look, draft, asks)


def refuse_unanswered(look: Look, draft: Draft, asks: bool) -> None:
    """Once put, the question stays with the form until it is answered."""
    if not draft.stamp.asked and asks:
        draft.stamp = draft.stamp.put()
        raise Doubt("请回答最后一题，再提交一次。您填写的内容都在。", "Answer the last question and send it again. All you typed is here.")
    if draft.stamp.asked and not right(look.system.keyring, draft.stamp.key, draft.text("answer")):
        raise ill_formed({"answer": [WRONG]})


def put(look: Look) -> None:
    """One more has been registered from this address."""
    look.limiter.hit(bucket(look, "put"), MOST_ADDRESS * 10, HOUR)
