"""Put the API together from the registry."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from duyen import __version__
from duyen.entities.calls import declared_calls
from duyen.entities.registry import all_entities
from duyen.surfaces.api import (
    account_routes,
    approval_routes,
    choice_routes,
    custom_field_routes,
    house_routes,
    invitation_routes,
    merge_routes,
    report_routes,
)
from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.auth import BearerToken, BrowserSession
from duyen.surfaces.api.bulk_routes import add_bulk
from duyen.surfaces.api.declared_routes import add_declared
from duyen.surfaces.api.entity_routes import EntityRoutes
from duyen.surfaces.api.export_routes import add_export, add_job_file
from duyen.surfaces.api.file_routes import add_files
from duyen.surfaces.api.hooks import routes as hook_routes
from duyen.surfaces.api.import_routes import add_import
from duyen.surfaces.api.merge_routes import add_merge
from duyen.surfaces.api.openapi import finish
from duyen.surfaces.api.problems import handle_errors
from duyen.surfaces.api.reading import read_json
from duyen.surfaces.api.timeline_routes import add_timeline
from duyen.surfaces.api.twin_routes import add_twins

#: Entities whose calls have a shape of their own in the contract.
_OWN_SHAPE = frozenset({"jobs"})


class StrictParser(Parser):
    """Reads bodies as JSON, and as nothing else."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


class Api(NinjaAPI):
    """The API with its errors and its description in the house's own shape."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words)
        self._description: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        # Worked out once: the declarations do not change while the process lives.
        if self._description is None:
            with translation.override("en"):
                self._description = super().get_openapi_schema(
                    path_prefix=path_prefix or ADDRESS, path_params=path_params
                )
                finish(self._description)
        return self._description


@lru_cache(maxsize=1)
def api() -> NinjaAPI:
    """Make the API once all entities are declared."""
    with translation.override("en"):
        made = Api(
            title="Duyên",
            version=__version__,
            description="Records of a company's customers: read, find, change, and their history.",
            docs_url=None,
            auth=[BearerToken(), BrowserSession()],
            parser=StrictParser(),
            urls_namespace="api",
        )
        handle_errors(made)
        made.add_router("", house_routes.router)
        made.add_router("", account_routes.router)
        made.add_router("", invitation_routes.router)
        made.add_router("", merge_routes.router)
        made.add_router("", approval_routes.router)
        made.add_router("", report_routes.router)
        made.add_router("", hook_routes.router)
        made.add_router("", custom_field_routes.router)
        made.add_router("", choice_routes.router)
        entities = Router()
        add_job_file(entities)
        for entity in all_entities():
            if entity.name not in _OWN_SHAPE:
                routes = EntityRoutes(entity, entities)
                routes.add()
                add_timeline(entity, entities, one=routes.one)
                add_twins(entity, routes.schemas, entities, one=routes.one)
                add_bulk(entity, entities)
                add_export(entity, entities)
                add_import(entity, entities)
                add_merge(entity, entities)
                add_files(entity, entities)
        for call in declared_calls():
            add_declared(call, entities)
        made.add_router("", entities)
        return made
