from django.apps import AppConfig
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class FoundationConfig(AppConfig):
    name = "counterpoint.foundation"
    label = "foundation"

    def ready(self) -> None:
        from counterpoint.foundation import guards, integrity
        from counterpoint.foundation.checks import check_scoped_models
        from counterpoint.foundation.policy import check_policies
        from counterpoint.foundation.scoped_models import tap

        def install_tap(connection: object, **_kwargs: object) -> None:
            wrappers = connection.execute_wrappers  # type: ignore[attr-defined]
            if tap not in wrappers:
                wrappers.append(tap)

        connection_created.connect(install_tap, weak=False, dispatch_uid="counterpoint-tap")
        integrity.declare(guards.rules)
        pre_migrate.connect(integrity.lift, sender=self, dispatch_uid="counterpoint-triggers-lifted")
        post_migrate.connect(integrity.install, sender=self, dispatch_uid="counterpoint-triggers")
        register(check_policies)
        register(check_scoped_models)
