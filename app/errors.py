"""The words of refusal. Every refusal says what rule was broken, in Chinese and in English; one table turns them into HTTP."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


def trail_of(error: BaseException) -> str:
    """For the log, kind of error and places in the code only: messages of drivers quote values, and values may be a person's."""
    frames = traceback.extract_tb(error.__traceback__)
    trail = " < ".join(f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
    return f"{type(error).__qualname__} at {trail}"


class Refusal(Exception):
    """A request that can be refused was refused. `code` is stable, `status` is its HTTP meaning, `zh` and `en` are for people."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    title_zh: ClassVar[str] = "请求被拒绝"
    title_en: ClassVar[str] = "Refused"

    def __init__(self, zh: str, en: str, **extra: Any) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en
        self.extra: dict[str, Any] = extra

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class IllFormed(Refusal):
    """The request cannot be read. `errors` maps a field's path to the rules it breaks."""

    code = "ill-formed"
    status = 400
    title_zh = "请求格式不正确"
    title_en = "Ill-formed request"

    def __init__(self, zh: str, en: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(zh, en, **({"errors": dict(errors)} if errors else {}))


class Unauthenticated(Refusal):
    code = "unauthenticated"
    status = 401
    title_zh = "未登录"
    title_en = "Not signed in"


class SecondFactorWanted(Unauthenticated):
    """The password was right and the account asks for a code beside it: none came, or not the right one."""

    code = "second-factor"
    title_zh = "需要动态验证码"
    title_en = "A second factor is needed"


class Forbidden(Refusal):
    code = "forbidden"
    status = 403
    title_zh = "无权执行"
    title_en = "Not yours to do"


class Unseen(Refusal):
    """Absent and not visible are the same answer, so that nothing can be learnt from the difference."""

    code = "unseen"
    status = 404
    title_zh = "未找到"
    title_en = "Not found"

    def __init__(self, zh: str = "未找到，或无权查看。", en: str = "Not found, or not visible to you.") -> None:
        super().__init__(zh, en)


class NotPossible(Refusal):
    """No such edge from here. Carries the present state and what is possible now."""

    code = "not-possible"
    status = 409
    title_zh = "当前状态下不能执行"
    title_en = "Not possible from here"

    def __init__(self, zh: str, en: str, state: str, actions: Sequence[Any] = ()) -> None:
        super().__init__(zh, en, state=state, actions=list(actions))


class Conflict(Refusal):
    code = "conflict"
    status = 409
    title_zh = "与现有数据冲突"
    title_en = "Conflict"


class Stale(Refusal):
    code = "stale"
    status = 412
    title_zh = "版本已过期"
    title_en = "Stale version"


class TooLarge(Refusal):
    code = "too-large"
    status = 413
    title_zh = "内容过大"
    title_en = "Too large"


class UnsupportedMedia(Refusal):
    code = "unsupported-media"
    status = 415
    title_zh = "不支持的内容类型"
    title_en = "Unsupported media type"


class Refused(Refusal):
    """A rule of the domain does not allow it; the sentence is the rule's own."""

    code = "refused"
    status = 422


class KeyReused(Refusal):
    code = "key-reused"
    status = 422
    title_zh = "幂等键已用于另一请求"
    title_en = "Idempotency key reused"


class TooMany(Refusal):
    code = "too-many"
    status = 429
    title_zh = "请求过于频繁"
    title_en = "Too many requests"


class Unavailable(Refusal):
    code = "unavailable"
    status = 503
    title_zh = "服务暂不可用"
    title_en = "Temporarily unavailable"
