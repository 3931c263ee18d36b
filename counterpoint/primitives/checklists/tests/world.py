"""A branch with a small checklist, a device and stubbed cases, as the tests of this applet drive it."""

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

from counterpoint.foundation.api import device_create, new_id, scoped, system_scope
from counterpoint.foundation.roles import table
from counterpoint.primitives import checklists
from counterpoint.primitives.content import loader

WALK = Path(__file__).with_name("walk.yaml")
GOOD = {"clean": "yes", "warmth": 21, "light": "all", "extinguisher": "2027-06-01"}


def content_of(folder, **kinds):
    """A folder of definitions beside the package: kind → YAML text."""
    for kind, text in kinds.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / "probe.yaml").write_text(text, encoding="utf-8")
    return folder


def second_version(content, key, before, after):
    """From 24 November a checklist has another text: `after` where `before` stood."""
    file = content / "checklists" / "probe.yaml"
    text = file.read_text()
    start = text.index(f"- key: {key}")
    end = text.find("\n- key: ", start) + 1 or len(text)
    old = text[start:end]
    new = old.replace("version: 1", "version: 2").replace("2026-01-01", "2026-11-24", 1).replace(before, after)
    old = old.replace("effective_from: 2026-01-01", "effective_from: 2026-01-01\n  effective_to: 2026-11-24")
    file.write_text(text[:start] + old + new + text[end:])
    loader.forget()


def picture(number=0, size=(64, 48), *, taken="", offset="", written=""):
    """Bytes of a small photo, another one for every number; with the moments that a camera notes, as it notes them."""
    image = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number % 256))
    notes, out = Image.Exif(), io.BytesIO()
    details = notes.get_ifd(0x8769)
    for place, tag, text in ((notes, 0x0132, written), (details, 0x9003, taken), (details, 0x9011, offset)):
        if text:
            place[tag] = text
    image.save(out, "JPEG", **({"exif": notes} if taken or written else {}))
    return out.getvalue()


def digest_of(content):
    """How pictures are named."""
    return hashlib.sha256(content).hexdigest()


def sent(seq, key=None, at="", **body):
    """An item as a phone sends it."""
    text = json.dumps(body, ensure_ascii=False)
    return checklists.Sent(key or str(new_id()), seq, digest_of(text.encode()), text, at)


class World:
    """Done by Sun at b01 unless said otherwise."""

    def __init__(self, bank, opened):
        self.bank, self.branch, self.now, self.opened = bank, bank.b01, bank.now, opened
        self.scope = bank.scope("Sun")

    def later(self, **delta):
        self.now += timedelta(**delta)

    def machine(self, code="atm-1", kind="atm"):
        root = system_scope(tuple(table()))
        with scoped(root):
            return device_create(scope=root, now=self.now, branch=self.branch, code=code, name=code, kind=kind)

    def start(self, checklist="probe.walk", **more):
        return checklists.round_start(scope=self.scope, org_unit=self.branch, checklist=checklist, now=self.now, **more)

    def put(self, round, item, value, who="Sun", **more):
        return checklists.answer_put(
            scope=self.bank.scope(who), round=round, item=item, value=value, now=self.now, **more
        )

    def photo(self, number=0, **more):
        content = picture(number)
        return checklists.photo_put(
            scope=self.scope, org_unit=self.branch, content=content, now=self.now, **more
        ).digest

    def fill(self, round, **changes):
        """Answer everything that is asked; `changes` replace or, with None, leave out."""
        for item, value in (GOOD | changes).items():
            if value is not None:
                self.put(round, item, value)
        if changes.get("exit", "") is not None:
            self.put(round, "exit", "", files=[self.photo(7)])

    def submit(self, round, **more):
        return checklists.round_submit(scope=self.scope, round=round, now=self.now, **more)

    def sync(self, *items, device="phone-1", who="Sun"):
        batch = checklists.Batch(self.branch.code, tuple(items))
        return checklists.sync(scope=self.bank.scope(who), device=device, batch=batch, now=self.now)

    def detail(self, round):
        return checklists.round_detail(scope=self.scope, round=round)


def case_stub(opened):
    """Cases as a list: `open_case` with the same key opens once."""

    def open_case(call, effect, *, key, source, text):
        known = opened.setdefault(key, SimpleNamespace(id=new_id(), effect=effect, source=source, text=text))
        return known.id

    return open_case
