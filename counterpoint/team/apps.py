from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "counterpoint.team"
    label = "team"
