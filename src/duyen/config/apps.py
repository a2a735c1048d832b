"""Puts the house together once Django has loaded every table."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from duyen.config.discovery import MODULE_ORDER


class HouseConfig(AppConfig):
    name = "duyen.config"
    label = "house"

    def ready(self) -> None:
        """Read every module's declarations in module order, then check that all names lead somewhere."""
        from duyen.demo import first_run
        from duyen.entities import quick, registry
        from duyen.entities.merging import hangings
        from duyen.entities.personal import holding
        from duyen.entities.reports.checks import check as check_reports
        from duyen.entities.twins.keeping import keep_keys
        from duyen.modules.administration.first_run import DemoOffer, offer_demo

        for module in MODULE_ORDER:
            import_module(f"duyen.modules.{module}.entities")
        registry.check()
        hangings.check()
        holding.check()
        quick.check()
        check_reports()
        keep_keys()
        offer_demo(
            DemoOffer(
                load=lambda password: first_run.load_demo(password=password, say=lambda _line: None),
                first_email=lambda: first_run.demo_sign_ins()[0].email,
            )
        )
