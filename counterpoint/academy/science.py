"""The science that the academy plays, judges and measures with, loaded when it is first used: a web process, a command
or a tick starts without the compiler."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Later(ModuleType):
    """A module that is imported at the first look into it; then it is that module."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(importlib.import_module(self.__name__), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(importlib.import_module(self.__name__), name)


if TYPE_CHECKING:
    from counterpoint.science import advice as advice  # noqa: PLC0414  (told on)
    from counterpoint.science import playing as playing  # noqa: PLC0414  (told on)
    from counterpoint.science import psychometrics as psychometrics  # noqa: PLC0414  (told on)
    from counterpoint.science import replay as replay  # noqa: PLC0414  (told on)
    from counterpoint.science import twin as twin  # noqa: PLC0414  (told on)
else:
    advice, playing, psychometrics, replay, twin = (
        Later(f"counterpoint.science.{name}") for name in ("advice", "playing", "psychometrics", "replay", "twin")
    )
