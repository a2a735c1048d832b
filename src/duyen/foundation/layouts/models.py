"""How forms and pages of records are arranged, and what their fields are called and asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.foundation.records import Stamped

#: So many letters have the name of a field or section, and its help, at most.
LONGEST_LABEL, LONGEST_HELP = 80, 300


class Layout(Stamped):
    """The form and the page of one entity: for the people of one role, or for everybody.

    `form` is a list of sections: objects with `key`, `vi`, `en` and `lines`, lists of lists of names.
    `hidden` are fields that stand on no form. `tabs` and `panels` are names in their order, with a minus
    before those that are not shown.
    """

    entity = models.CharField(max_length=60)
    role = models.ForeignKey("org.Role", models.CASCADE, null=True, related_name="+")
    form = models.JSONField(default=list)
    hidden = models.JSONField(default=list)
    tabs = models.JSONField(default=list)
    panels = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "role"], name="a_role_has_one_layout_of_an_entity", nulls_distinct=False
            ),
        ]


class FieldSetting(Stamped):
    """What one field of one entity is called, explained by, and whether it is required.

    Empty words mean those of the declaration; what the declaration requires stays required.
    """

    entity = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    label_vi = models.CharField(max_length=LONGEST_LABEL, default="")
    label_en = models.CharField(max_length=LONGEST_LABEL, default="")
    help_vi = models.CharField(max_length=LONGEST_HELP, default="")
    help_en = models.CharField(max_length=LONGEST_HELP, default="")
    is_required = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "field"], name="a_field_is_set_once"),
            models.CheckConstraint(condition=~Q(field=""), name="a_field_setting_names_its_field"),
        ]
