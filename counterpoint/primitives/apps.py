from django.apps import AppConfig


class PrimitivesConfig(AppConfig):
    name = "counterpoint.primitives"
    label = "primitives"
