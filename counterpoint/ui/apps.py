from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "counterpoint.ui"
    label = "ui"
