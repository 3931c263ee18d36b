from django.apps import AppConfig


class RoleConfig(AppConfig):
    name = "counterpoint.role"
    label = "role"
