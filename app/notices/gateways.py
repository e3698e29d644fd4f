"""The adapters: SMS by an HTTP gateway, a work chat's webhook, SMTP mail; each waits so long and no longer, and says how it went."""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from http.client import HTTPException
from urllib.parse import quote_plus, unquote, urlsplit

import orjson

from app.config import Channels
from app.notices.posting import Message, Outcome, failed, post

# Said of a moment, not of the message: too early, too many, a conflict of locks on the other side.
LATER = frozenset({408, 425, 429})
# Answers of a work chat's robot to a request that it understood: busy, and too many a minute.
CHAT_LATER = frozenset({-1, 130101, 410100})


def send_sms(config: Channels, message: Message) -> Outcome:
    """POST of `{reference, to, text}`; the signature is HMAC-SHA256 over `TIMESTAMP.BODY`, the reference also the key of idempotency."""
    body = orjson.dumps({"reference": message.reference, "to": message.to, "text": message.text})
    signature = hmac.new(config.sms_secret.encode(), f"{message.at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Citydesk-Timestamp": str(message.at), "X-Citydesk-Signature": signature, "Idempotency-Key": message.reference}
    try:
        status, answer = post(config.sms_url, body, headers, config.timeout)
    except (OSError, HTTPException) as error:
        return failed(error)
    return judged(status) or Outcome(reference=id_in(answer))


def send_chat(config: Channels, message: Message) -> Outcome:
    """A robot's webhook: milliseconds and base64 of HMAC-SHA256 over `MILLISECONDS\\nSECRET` in the query, as such robots have it."""
    stamp = str(message.at * 1000)
    signed = hmac.new(config.chat_secret.encode(), f"{stamp}\n{config.chat_secret}".encode(), hashlib.sha256).digest()
    joint = "&" if urlsplit(config.chat_url).query else "?"
    url = f"{config.chat_url}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(signed))}"
    words = {"msgtype": "text", "text": {"content": f"@{message.to} {message.text}"}, "at": {"atUserIds": [message.to]}}
    body = orjson.dumps({**words, "msgUuid": message.reference})
    try:
        status, answer = post(url, body, {}, config.timeout)
    except (OSError, HTTPException) as error:
        return failed(error)
    return judged(status) or judged_by_robot(answer)


def judged(status: int) -> Outcome | None:
    if 200 <= status < 300:
        return None
    return Outcome("busy") if status >= 500 or status in LATER else Outcome("refused", final=True)


def judged_by_robot(answer: bytes) -> Outcome:
    """A robot answers 200 and says in `errcode` whether it posted."""
    said = parsed(answer)
    code = said.get("errcode", said.get("code", 0))
    if code == 0:
        return Outcome()
    return Outcome("busy") if code in CHAT_LATER else Outcome("refused", final=True)


def id_in(answer: bytes) -> str | None:
    found = parsed(answer).get("id")
    return str(found)[:100] if isinstance(found, str | int) else None


def parsed(answer: bytes) -> Mapping[str, object]:
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def send_mail(config: Channels, message: Message) -> Outcome:
    """Encrypted from the first byte (smtps) or by STARTTLS; in the clear only where the address says so."""
    parts = urlsplit(config.mail_url)
    host, trust = parts.hostname or "", ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=config.timeout, context=trust)
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=config.timeout)
        with server:
            if parts.scheme == "smtp":
                server.starttls(context=trust)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter(config, message))
    except smtplib.SMTPRecipientsRefused as error:
        permanent = all(code >= 500 for code, _ in error.recipients.values())
        return Outcome("refused" if permanent else "busy", final=permanent)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return Outcome("refused" if error.smtp_code >= 500 else "busy", final=error.smtp_code >= 500)
    except smtplib.SMTPException:
        return Outcome("busy")
    except OSError as error:
        return failed(error)
    return Outcome()


def letter(config: Channels, message: Message) -> EmailMessage:
    """The same Message-ID at every try, by which a mail store recognises a repetition."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = config.mail_from, message.to, message.subject
    made["Message-ID"] = f"<{message.reference}@{config.mail_from.rpartition('@')[2] or 'citydesk'}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.text)
    return made


SEND: Mapping[str, Callable[[Channels, Message], Outcome]] = {"sms": send_sms, "chat": send_chat, "mail": send_mail}
