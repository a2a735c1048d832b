"""What the company changed of its lists of choices. The lists themselves are declared by their entities."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.foundation.records import Stamped

#: So many letters has the longest code that any table keeps, the longest word of an item, of a list.
LONGEST_CODE, LONGEST_WORDS, LONGEST_LABEL = 80, 120, 80


class ChoiceList(Stamped):
    """One list that the company changed or made; its version guards all of its items.

    One of the company's own has a label here, one that a module declares has none. `takes_free_words`
    tells of a list of words whether people may write others than those it holds; none means as declared.
    """

    name = models.CharField(max_length=60)
    takes_free_words = models.BooleanField(null=True)
    label_vi = models.CharField(max_length=LONGEST_LABEL, default="")
    label_en = models.CharField(max_length=LONGEST_LABEL, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="a_list_of_choices_is_kept_once")]


class ChoiceItem(models.Model):
    """One item of a list, as far as it differs from its declaration; an undeclared one is the company's.

    Empty words and an empty tone mean those of the declaration, no position that of the declaration.
    `merged_into` is the code of the item that stands for this one.
    """

    id = models.BigAutoField(primary_key=True)
    list = models.ForeignKey(ChoiceList, models.CASCADE, related_name="items")
    code = models.CharField(max_length=LONGEST_CODE)
    label_vi = models.CharField(max_length=LONGEST_WORDS, default="")
    label_en = models.CharField(max_length=LONGEST_WORDS, default="")
    tone = models.CharField(max_length=10, default="")
    position = models.IntegerField(null=True)
    is_retired = models.BooleanField(default=False)
    merged_into = models.CharField(max_length=LONGEST_CODE, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="a_choice_stands_once_in_its_list"),
            models.CheckConstraint(condition=~Q(code=""), name="a_choice_has_a_code"),
        ]
