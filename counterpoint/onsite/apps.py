from django.apps import AppConfig


class OnsiteConfig(AppConfig):
    name = "counterpoint.onsite"
    label = "onsite"
