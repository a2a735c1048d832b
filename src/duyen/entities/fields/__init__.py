"""The kinds of field that a declaration is made of."""

from duyen.entities.fields.amount import Amount, Percent
from duyen.entities.fields.base import Field, FieldRefused, Label
from duyen.entities.fields.condition import Condition
from duyen.entities.fields.given import AsGiven
from duyen.entities.fields.link import Link, LinkedRecord
from duyen.entities.fields.lists import ContactPoint, Emails, Phones, Tags
from duyen.entities.fields.options import ChoiceList, Option, WordList
from duyen.entities.fields.places import Addresses, Province, WardField, show_address
from duyen.entities.fields.records import Links, People, Records, Ref
from duyen.entities.fields.score import Score
from duyen.entities.fields.several import Several
from duyen.entities.fields.simple import Choice, Code, Day, Flag, LongText, Moment, Text, Whole
from duyen.entities.fields.tax_code import MASK, TaxCodeField
from duyen.entities.fields.units import Units
from duyen.entities.fields.when import When

__all__ = [
    "MASK",
    "Addresses",
    "Amount",
    "AsGiven",
    "Choice",
    "ChoiceList",
    "Code",
    "Condition",
    "ContactPoint",
    "Day",
    "Emails",
    "Field",
    "FieldRefused",
    "Flag",
    "Label",
    "Link",
    "LinkedRecord",
    "Links",
    "LongText",
    "Moment",
    "Option",
    "People",
    "Percent",
    "Phones",
    "Province",
    "Records",
    "Ref",
    "Score",
    "Several",
    "Tags",
    "TaxCodeField",
    "Text",
    "Units",
    "WardField",
    "When",
    "Whole",
    "WordList",
    "show_address",
]
