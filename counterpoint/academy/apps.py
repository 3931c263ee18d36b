from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "counterpoint.academy"
    label = "academy"

    def ready(self) -> None:
        # Kinds of content, kinds of journal entries, verbs, works of the tick and jobs, evidence, links: each registers
        # itself.
        import counterpoint.academy.catalogue
        import counterpoint.academy.certificates.permitting
        import counterpoint.academy.certificates.ticking
        import counterpoint.academy.connect.grades
        import counterpoint.academy.drill.kinds
        import counterpoint.academy.facts
        import counterpoint.academy.learning.competence
        import counterpoint.academy.learning.morning
        import counterpoint.academy.links
        import counterpoint.academy.practice.ticking
        import counterpoint.academy.verbs
        import counterpoint.academy.works  # noqa: F401
        from counterpoint.academy import guards
        from counterpoint.foundation.api import integrity

        integrity.declare(guards.rules)
