"""The addresses of the start page and of suggestions."""

from __future__ import annotations

from django.urls import URLPattern, path

from duyen.surfaces.web.home import arranging, own_tiles, pages, suggestions

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("home/figures", pages.figures, name="home_figures"),
    path("home/arrange", arranging.arranging, name="home_arrange"),
    path("home/tiles/<str:name>", pages.tile, name="home_tile"),
    path("home/tiles/<str:name>/tick/<int:record_id>", pages.tick, name="home_tick"),
    path("home/tiles/<str:name>/menu", arranging.menu, name="home_tile_menu"),
    path("suggestions", suggestions.show, name="suggestions"),
    path("suggestions/answers/<int:answer_id>/withdraw", suggestions.take_back, name="suggestion_withdraw"),
    path("suggestions/<str:rule>/<int:record_id>/<slug:step>", suggestions.answer, name="suggestion_step"),
]
own_tiles.contribute()
