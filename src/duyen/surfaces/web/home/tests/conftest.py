"""What the tests of the start page share with those of the derived pages."""

from duyen.surfaces.web.pages.tests.conftest import browser_of, make_customer, make_customers

__all__ = ["browser_of", "make_customer", "make_customers"]
