"""Things that tests put into the register of Sun's branch."""

import io
from datetime import date

from counterpoint.foundation.api import files, scoped
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_fault


def where(bank, who="Sun"):
    """Scope, branch and time of an action of a person of the first branch."""
    return {"scope": bank.scope(who), "branch": bank.b01, "now": bank.now}


def kiosk(bank):
    """The branch's only queue kiosk."""
    return asset_add(**where(bank), kind="kiosk", code="kiosk1", papers=Papers(name="一号叫号机"))


def extinguisher(bank, code="fire-01", made=date(2024, 3, 1), **dates):
    """A powder extinguisher."""
    papers = Papers(name="灭火器一号", place="立柱旁", serial="A230", made_on=made, **dates)
    return asset_add(**where(bank), kind="extinguisher_powder", code=code, papers=papers)


def broken(bank, code="kiosk1", **how):
    """A fault of it."""
    return asset_fault(**where(bank), code=code, **how)


def picture(bank, seed=1, now=None, who="Sun"):
    """A stored photo, no two seeds alike."""
    import numpy as np
    from PIL import Image

    cells = np.random.default_rng(seed).integers(0, 255, (9, 12, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(cells).resize((480, 360), Image.Resampling.BILINEAR).save(out, "JPEG", quality=90)
    scope = bank.scope(who)
    with scoped(scope):
        return files.store(
            scope=scope, org_unit=bank.b01, name="photo.jpg", content=out.getvalue(), now=now or bank.now
        )
