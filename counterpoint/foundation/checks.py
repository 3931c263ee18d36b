"""System checks on models: a scoped model cannot lose its scoped manager."""

from typing import Any

from django.core.checks import Error

from counterpoint.foundation.scoped_models import ScopedManager, scoped_models


def check_scoped_models(**_kwargs: Any) -> list[Error]:
    """Default and base manager of every scoped model are the scoped one."""
    return [
        Error(f"{model._meta.label} must inherit its Meta from ScopedModel.Meta.", id="counterpoint.E010")
        for model in scoped_models()
        if model._meta.base_manager_name != "objects" or not isinstance(model._default_manager, ScopedManager)
    ]
