"""Names of persons and organisations: their parts, how to address them, and the letters of their avatar."""

from duyen.kernel.names.avatars import hue, initials, organisation_initials, person_initials
from duyen.kernel.names.organisations import LegalForm, OrganisationName, read_organisation
from duyen.kernel.names.persons import Honorific, PersonName, address, clean_name, given_name, read_person

__all__ = [
    "Honorific",
    "LegalForm",
    "OrganisationName",
    "PersonName",
    "address",
    "clean_name",
    "given_name",
    "hue",
    "initials",
    "organisation_initials",
    "person_initials",
    "read_organisation",
    "read_person",
]
