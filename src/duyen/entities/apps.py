"""The engine as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    name = "duyen.entities"
    label = "entities"

    def ready(self) -> None:
        """Make the engine's kinds of background work known to every process, the worker among them."""
        from duyen.entities.custom.contributing import CustomFields
        from duyen.entities.layouts.reading import FieldSettings
        from duyen.entities.living import contribute
        from duyen.foundation.audit.trail import at_the_end

        import_module("duyen.entities.approvals.telling")
        import_module("duyen.entities.attachments.telling")
        import_module("duyen.entities.importing.running")
        import_module("duyen.entities.bulk.running")
        import_module("duyen.entities.indexes.asking")
        import_module("duyen.entities.converting")
        import_module("duyen.entities.choices.merging")
        import_module("duyen.entities.importing.undoing")
        import_module("duyen.entities.custom.using")
        import_module("duyen.entities.custom.health")
        import_module("duyen.entities.home.keeping")
        import_module("duyen.entities.suggesting.answering")
        import_module("duyen.entities.derived.recounting")
        import_module("duyen.entities.personal.own")
        import_module("duyen.entities.personal.erasing")
        import_module("duyen.entities.personal.copying")
        at_the_end(import_module("duyen.entities.derived.settling").settle)
        contribute(CustomFields())
        import_module("duyen.entities.notices.following").start()
        contribute(FieldSettings())
