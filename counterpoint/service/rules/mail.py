"""A forwarded e-mail as a complaint: the innermost message's text, sender and date. Standard library only.

Attachments are counted, never opened; HTML is read as text; nothing outside the message is fetched.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape

from counterpoint.service.rules.reading import written

LIMIT = 2 * 2**20
LENGTH = 4000
FORWARDED = re.compile(
    r"^[>\s]*(?:-{2,}.{0,3}(?:forwarded message|original message|原始邮件|原始郵件|转发邮件|轉寄郵件|转发的邮件)[^\n]*"
    r"|begin forwarded message:?|发件人[::][^\n]*|寄件者[::][^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
HEADER = re.compile(
    r"^[>\s*]*(from|发件人|寄件者|寄件人|date|sent|发送时间|日期|时间|寄件日期|to|收件人|收件者|subject|主题|主旨|cc|抄送)\**\s*[::]\s*(.*)$",
    re.IGNORECASE,
)
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "us-ascii": "utf-8", "ascii": "utf-8"}
UNREAD = "\N{REPLACEMENT CHARACTER}"
FROM = frozenset({"from", "发件人", "寄件者", "寄件人"})
TITLE = frozenset({"subject", "主题", "主旨"})
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\s*/?>", re.IGNORECASE)


class Unreadable(ValueError):
    """The file is no e-mail with a text, or too large."""


@dataclass(frozen=True)
class Mail:
    """What a complaint by e-mail says. `contact` is the customer's address; `sent_at` None when the mail has no date;
    `key` is the message's own id or else its digest, so that the same mail forwarded twice is one complaint. `cut`: the
    text went on after `LENGTH` letters."""

    subject: str
    text: str
    contact: str
    sent_at: datetime | None
    attachments: int
    key: str
    cut: bool = False

    @property
    def garbled(self) -> bool:
        """Whether some letters could not be read."""
        return UNREAD in self.text


def parse(content: bytes) -> Mail:
    """Read an .eml. Raises `Unreadable`."""
    if len(content) > LIMIT:
        raise Unreadable("too large")
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        if not message.keys():
            raise Unreadable("no headers")
        inner = _inner(message)
        subject, sender = str(inner.get("Subject") or ""), str(inner.get("From") or "")
        body, attachments = _body(inner)
        key, sent_at = str(inner.get("Message-ID") or "").strip(), _date(inner)
    except (LookupError, UnicodeError, ValueError, AttributeError, TypeError) as wrong:
        raise Unreadable("not readable") from wrong
    quoted = FORWARDED.search(body)
    if quoted:
        found = _headers(body[quoted.start() :])
        sender, subject = found.get("from", sender), found.get("subject", subject)
        body = found["text"] or body[: quoted.start()]
    text = "\n".join(line.lstrip("> ").rstrip() for line in body.splitlines()).strip()
    text = re.sub(r"\n{3,}", "\n\n", written(text))
    if not text:
        raise Unreadable("no text")
    sender = parseaddr(sender)[1] or _line(sender)
    key = key or hashlib.sha256(content).hexdigest()
    return Mail(_line(subject), text[:LENGTH], sender, sent_at, attachments, key[:200], cut=len(text) > LENGTH)


def _inner(message: Message) -> Message:
    """The message attached to a forwarding one, else the message itself."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            if isinstance(payload, list) and payload:
                return payload[0]  # type: ignore[return-value]
    return message


def _body(message: Message) -> tuple[str, int]:
    plain, html, attachments = "", "", 0
    for part in message.walk():
        if part.is_multipart():
            continue
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            attachments += 1
        elif isinstance(part, EmailMessage):
            content = _words(part)
            if part.get_content_subtype() == "html":
                html = html or content
            else:
                plain = plain or content
    return plain or unescape(TAG.sub("", BREAK.sub("\n", html))), attachments


def _words(part: Message) -> str:
    """A part's text. Who names no charset, or one that its bytes break, writes UTF-8, maybe cut, or GB 18030."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(content or "")
    said = str(part.get_content_charset() or "")
    loose = content.decode("utf-8", errors="replace")
    broken = loose.count(UNREAD)
    mostly = 4 * broken <= sum(not letter.isascii() for letter in loose) - broken
    for charset in (WIDER.get(said, said), "utf-8", "" if mostly else "gb18030"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return loose


def _date(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message.get("Date")))
    except (TypeError, ValueError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _headers(quoted: str) -> dict[str, str]:
    """Sender, subject and text of a message quoted in a forwarding one."""
    found: dict[str, str] = {}
    lines = quoted.splitlines()
    start = 0
    for at, line in enumerate(lines[:20]):
        match = HEADER.match(line)
        if match:
            name = match[1].casefold()
            if name in FROM:
                found.setdefault("from", match[2].strip())
            if name in TITLE:
                found.setdefault("subject", match[2].strip())
            start = at + 1
        elif not line.strip(" >") and start:
            break
        elif FORWARDED.match(line):
            start = at + 1
    found["text"] = "\n".join(lines[start:])
    return found


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
